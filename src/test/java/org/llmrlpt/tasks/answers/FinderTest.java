package org.llmrlpt.tasks.answers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FinderTest {
    @Test
    void theLastBoxCountsWithItsNestedBraces() {
        assertEquals("\\frac{1}{\\sqrt{2}}", Finder.BOXED.find("\\boxed{3} or \\boxed{\\frac{1}{\\sqrt{2}}}.", false));
        assertEquals("\\{1,2\\}", Finder.BOXED.find("\\boxed {\\{1,2\\}}", false));
        assertEquals("5", Finder.BOXED.find("\\fbox{5} so", false));
        assertNull(Finder.BOXED.find("\\boxed{\\frac{1}{2}", false));
        assertNull(Finder.BOXED.find("\\boxed{3} then \\boxed{", false), "the last one is the answer, and has no end");
        assertNull(Finder.BOXED.find("\\boxed 5", false));
        assertNull(Finder.BOXED.find("\\boxed{ }", false));
    }

    @Test
    void hashesMarksAndEqualsSignsHoldToTheEndOfTheLine() {
        assertEquals("72", Finder.HASHES.find("a #### 1\nb\n#### 72\nmore", false));
        assertEquals("72", Finder.MARK.find("Answer: 1\nThe final ANSWER is: 72\nmore", false));
        assertEquals("72", Finder.MARK.find("**Answer:** 72", false));
        assertEquals("72", Finder.MARK.find("answer = 72", false));
        assertNull(Finder.MARK.find("answer 72", false));
        assertEquals("81", Finder.EQUALS.find("1+1=2, 23+58=81\n", false));
        assertNull(Finder.EQUALS.find("1+1=", false));
    }

    @Test
    void linesAndWholeTextsAreStripped() {
        assertEquals("last", Finder.LAST_LINE.find("first\n last \n\n", false));
        assertEquals("a\nb", Finder.WHOLE.find(" a\nb\n", false));
        assertNull(Finder.WHOLE.find(" \n", false));
    }

    @Test
    void whateverStandsLastCounts() {
        assertEquals("3", Finder.ANY.find("#### 1\nAnswer: 2\n\\boxed{3}", false));
        assertEquals("2", Finder.ANY.find("\\boxed{3}\n#### 1\nAnswer: 2", false));
        assertEquals("1", Finder.ANY.find("Answer: 2\n\\boxed{3}\n#### 1", false));
        assertEquals("5", Finder.ANY.find("The answer is \\boxed{5}. Done", false));
        assertEquals("7", Finder.ANY.find("so we get\n7\n", false));
    }

    @Test
    void anAnswerThatReachesToTheCutIsNone() {
        assertNull(Finder.MARK.find("Answer: 4", true));
        assertEquals("4", Finder.MARK.find("Answer: 4\n", true));
        assertNull(Finder.HASHES.find("#### 4", true));
        assertNull(Finder.EQUALS.find("2+2=4", true));
        assertEquals("4", Finder.BOXED.find("\\boxed{4}", true), "a box shows that it is complete");
        assertNull(Finder.WHOLE.find("4", true));
        assertNull(Finder.LAST_LINE.find("a\n4", true));
        assertEquals("4", Finder.LAST_LINE.find("a\n4\n", true));
    }

    @ParameterizedTest
    @EnumSource
    void everyFinderFindsWhatItStates(Finder finder) {
        for (String answer : new String[] {"42", "\\frac{1}{2}", "3 5 9"}) {
            assertEquals(answer, finder.find(finder.state(answer), false));
        }
    }
}
