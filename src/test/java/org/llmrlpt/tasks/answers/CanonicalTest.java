package org.llmrlpt.tasks.answers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CanonicalTest {
    /** Answers of a row are equal to each other, and to none of another row. */
    static List<List<String>> classes() {
        return List.of(
            List.of("42", "42.", " 42 ", "42.0", "$42$", "\\$42", "+42", "42%", "42\\%", "42 apples", "\\boxed{42}",
                "42\\text{ cm}^2", "x = 42", "$x=42$", "42 miles per hour", "\\text{42}", "84/2", "\\frac{84}{2}",
                    "6*7",
                "6 \\cdot 7", "6\\times7", "|-42|", "{42}", "42^\\circ", "42°", "42^{\\circ}", "42 \\text{ degrees}"),
            List.of("1234567", "1,234,567", "1,\\!234,\\!567", "1{,}234{,}567", "1234567.00", "\\$1,234,567"),
            List.of("0.5", ".5", "1/2", "\\frac12", "\\frac{1}{2}", "\\dfrac{1}{2}", "\\tfrac 12", "0.50", "2/4",
                "2^{-1}",
                "-(-1/2)", "\\frac{-1}{-2}", "5e-1", "50/100"),
            List.of("0.333"), List.of("1/3", "\\frac13", "2/6"),
            List.of("9/5", "1\\frac{4}{5}", "1 4/5", "1\\frac45", "1.8", "1 \\frac{4}{5}"),
            List.of("-9/5", "-1\\frac{4}{5}", "-1.8", "−1.8"),
            List.of("4/5*x", "\\frac{4x}{5}", "\\frac{4}{5}x", "0.8x", "x\\cdot\\frac45"),
            List.of("2\\sqrt{2}", "\\sqrt{8}", "\\sqrt8", "2\\cdot\\sqrt 2", "4/\\sqrt2", "\\frac{4}{\\sqrt{2}}",
                "\\sqrt2\\cdot\\sqrt4", "8^{1/2}", "2√2", "sqrt(8)", "\\sqrt{2}+\\sqrt{2}"),
            List.of("\\sqrt{2}-1", "-1+\\sqrt2", "\\frac{1}{1+\\sqrt{2}}", "\\frac{1}{\\sqrt2+1}"),
            List.of("2", "\\sqrt[3]{8}", "8^{1/3}", "\\sqrt{4}", "\\frac{x+1}{x+1}\\cdot 2"),
            List.of("\\frac{\\pi}{6}", "\\pi/6", "π/6", "\\frac16\\pi", "pi/6"),
            List.of("6+9i", "9i+6", "3(2+3i)", "6 + 9 i"), List.of("6-9i"),
            List.of("-1", "i^2", "(3+4i)/(-3-4i)"),
            List.of("x^2+2x+1", "(x+1)^2", "1+2x+x^2", "x^{2}+2\\cdot x+1", "(1+x)(x+1)"),
            List.of("y=2x+3", "2x+3", "3+2x", "f = 3 + 2x"),
            List.of("x^2+y^2=4", "4=x^2+y^2", "x^2+y^2-4=0", "2x^2+2y^2=8"),
            List.of("x<5", "x < 5"), List.of("x\\le5", "x \\leq 5", "x<=5", "x ≤ 5"),
            List.of("(3,4]", "( 3 , 4 ]", "\\left(3,4\\right]", "x\\in(3,4]"), List.of("(3,4)"), List.of("[3,4]"),
            List.of("(4,3)"),
            List.of("(0,\\infty)", "(0, ∞)", "(0, \\infty)"),
            List.of("(-\\infty,2)\\cup(3,\\infty)", "(3,\\infty) \\cup (-\\infty,2)"),
            List.of("1,-2", "-2, 1", "\\{-2,1\\}", "1 and -2", "-2 \\text{ or } 1", "x=1 or x=-2", "1;-2"),
            List.of("1\\pm\\sqrt{2}", "1+\\sqrt2, 1-\\sqrt2", "\\{1-\\sqrt{2},1+\\sqrt{2}\\}"),
            List.of("\\pm 3", "3,-3", "-3 or 3"),
            List.of("\\begin{pmatrix} 1/2 & 0 \\\\ 0 & 1 \\end{pmatrix}",
                "\\begin{pmatrix}\\frac12&0\\\\0&1\\end{pmatrix}",
                    "\\begin{bmatrix} .5 & 0 \\\\ 0 & 1 \\\\ \\end{bmatrix}"),
            List.of("\\begin{pmatrix} 1/2 \\\\ 0 \\\\ 0 \\\\ 1 \\end{pmatrix}"),
            List.of("52_8", "52_{8}"), List.of("52"), List.of("52_9"),
            List.of("\\text{Evelyn}", "Evelyn", "evelyn", "\\mathrm{Evelyn}", "\\text{ Evelyn}"), List.of("Navin"),
            List.of("\\text{(C)}", "C", "(C)", "\\textbf{(C)}"), List.of("(D)"), List.of("c"),
            List.of("3 5 9"), List.of("359"), List.of("9 5 3"), List.of("north east", "North  east"),
            List.of("\\sin^2 x", "\\sin(x)^2", "(\\sin x)^2"), List.of("\\sin x^2"),
            List.of("10!", "3628800"), List.of("10080", "10,080", "10,\\!080"), List.of("(10,80)"),
            List.of("2x", "x+x"), List.of("x^x"), List.of("0", "-0", "0.0", "x-x", "0/7"));
    }

    @ParameterizedTest
    @MethodSource("classes")
    void equalAnswersHaveOneForm(List<String> equal) {
        for (String answer : equal) {
            assertEquals(Canonical.of(equal.getFirst()), Canonical.of(answer), equal.getFirst() + " and " + answer);
        }
    }

    @Test
    void differentAnswersHaveDifferentForms() {
        List<List<String>> classes = classes();
        for (int i = 0; i < classes.size(); i++) {
            for (int j = 0; j < i; j++) {
                assertNotEquals(Canonical.of(classes.get(i).getFirst()), Canonical.of(classes.get(j).getFirst()),
                    classes.get(i) + " and " + classes.get(j));
            }
        }
    }

    @Test
    void theFormOfAFormIsItself() {
        List<String> unlike = new ArrayList<>();
        classes().forEach(c -> c.forEach(a -> {
            String form = Canonical.of(a);
            if (!form.startsWith("matrix") && !form.equals(Canonical.of(form))) {
                unlike.add(form + " -> " + Canonical.of(form));
            }
        }));
        assertEquals(List.of(), unlike);
    }

    @Test
    void numbersAreToldFromOtherAnswers() {
        for (String number : List.of("1", "-2.5", "3/4", "$1,000", "5 cm", "\\sqrt{16}")) {
            assertTrue(Canonical.isNumber(number), number);
        }
        for (String other : List.of("", "x", "\\pi", "\\sqrt2", "(1,2)", "1,2", "north", "3 4 5", "1+i", "1/0", "#")) {
            assertFalse(Canonical.isNumber(other), other);
        }
    }

    @Test
    void emptyAnswersHaveEmptyForms() {
        for (String empty : List.of("", " ", "$$", "\\", "{}")) {
            assertEquals("", Canonical.of(empty), empty);
        }
    }

    @Test
    void bracesAreCounted() {
        assertTrue(Canonical.isBalanced("\\frac{1}{2} \\{"));
        assertFalse(Canonical.isBalanced("\\frac{1}{2"));
        assertFalse(Canonical.isBalanced("}{"));
    }
}
