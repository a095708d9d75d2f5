package org.llmrlpt.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.llmrlpt.config.Binder;
import org.llmrlpt.config.PretrainSettings;
import org.llmrlpt.config.UserError;

class MainTest {
    private final CommandLineHarness main = new CommandLineHarness();

    private void refuses(String sentence, String... args) {
        assertEquals(2, main.run(args), main.err());
        assertEquals("llm-rlpt: " + sentence + System.lineSeparator(), main.err());
        assertTrue(main.ran.isEmpty());
    }

    @Test
    void aSettingMayBeWrittenInThreeForms() {
        for (List<String> form : List.of(List.of("--objective.beta", "-0.25"), List.of("--objective.beta=-0.25"),
                List.of("objective.beta=-0.25"))) {
            String[] args = {"pretrain", form.getFirst(), form.getLast()};
            assertEquals(0, main.run(form.size() == 1 ? new String[] {"pretrain", form.getFirst()} : args), main.err());
            assertEquals(-0.25, main.pretrain().training().objective().beta());
        }
    }

    @Test
    void theFormsMixAndValuesMayHoldAnything() {
        assertEquals(0, main.run("data", "prepare", "--count", "5", "name=a b=c --d @e ${f} 'g'"), main.err());
        assertEquals(new CommandLineHarness.Small(5, "a b=c --d @e ${f} 'g'"), main.ran.getFirst());
    }

    @Test
    void commandsMayHaveTwoWordsAndShareTheirFirstWithAnother() {
        assertEquals(0, main.run("bench", "count=1"), main.err());
        assertEquals(0, main.run("bench", "train", "count=2"), main.err());
        assertEquals(0, main.run("data", "train-tokenizer"), main.err());
        assertEquals(List.of(new CommandLineHarness.Small(1, null), new CommandLineHarness.Small(2, null),
            new CommandLineHarness.Small(3, null)), main.ran);
    }

    @Test
    void theHelpOfACommandNamesEverySettingWithItsHelpAndDefault() {
        assertEquals(0, main.run("pretrain", "--help"));
        String help = main.out().replaceAll("\\s+", " ");
        for (Binder.Setting setting : Binder.settings(PretrainSettings.class)) {
            assertTrue(help.contains("--" + setting.name() + "="), setting.name());
            assertTrue(help.contains(setting.help().replaceAll("\\s+", " ")), setting.name());
            if (!setting.or().isEmpty()) {
                assertTrue(help.contains("[" + setting.or() + "]"), setting.name());
            }
        }
        assertTrue(help.contains("--config=FILE"));
        assertTrue(main.out().lines().allMatch(line -> line.length() <= 120));
        assertTrue(main.ran.isEmpty());
    }

    @Test
    void percentSignsAndGroupsAppearInTheHelpAsTheyAre() {
        assertEquals(0, main.run("data", "prepare", "-h"));
        assertTrue(main.out().contains("how many; 50% of all [3]"), main.out());
        assertEquals(0, main.run("--help"));
        assertTrue(main.out().contains("does pretrain at 100%."), main.out());
        assertEquals(0, main.run("data", "--help"));
        assertTrue(main.out().contains("train-tokenizer") && main.out().contains("prepare"), main.out());
        assertFalse(main.out().contains("%%"));
    }

    @Test
    void withoutACommandTheHelpIsShownAndTheCodeIs2() {
        assertEquals(2, main.run());
        assertTrue(main.out().contains("Commands:"));
        assertEquals(2, main.run("data"));
        assertTrue(main.out().contains("prepare"));
    }

    @Test
    void theVersionIsOneLine() {
        assertEquals(0, main.run("--version"));
        assertEquals(1, main.out().lines().count());
        assertTrue(main.out().startsWith("llm-rlpt "));
    }

    @Test
    void unknownCommandsAreRefusedWithASuggestion() {
        refuses("there is no command 'pretain' (did you mean 'pretrain'?); the commands are pretrain, data, bench",
            "pretain");
        refuses("there is no command 'data prepar' (did you mean 'data prepare'?); the commands are data prepare, "
            + "data train-tokenizer", "data", "prepar");
        refuses("argument 'trian' is not a setting (did you mean 'bench train'?): write NAME=VALUE, or see llm-rlpt "
            + "bench --help", "bench", "trian");
    }

    @Test
    void unknownSettingsAreRefusedWithASuggestionInEveryForm() {
        String sentence = "there is no setting 'objective.bta' (did you mean 'objective.beta'?); llm-rlpt pretrain "
            + "--help lists all of them";
        refuses(sentence, "pretrain", "--objective.bta", "1");
        refuses(sentence, "pretrain", "--objective.bta=1");
        refuses(sentence, "pretrain", "objective.bta=1");
    }

    @Test
    void settingsWithoutValueOrGivenTwiceAreRefused() {
        refuses("setting 'count' needs a value", "bench", "--count");
        refuses("setting 'count' is given twice: keep one of the two", "bench", "count=1", "--count", "2");
        refuses("setting 'count' is given twice: keep one of the two", "bench", "count=1", "count=2");
        refuses("setting 'count' is given twice: keep one of the two", "bench", "--count=1", "--count=2");
        refuses("setting 'count' must be a whole number, not 'x'", "bench", "count=x");
    }

    @Test
    void anEmptyValueAsOfAnUnsetVariableIsRefused() {
        refuses("setting 'name' needs a value: give it one or leave it out", "bench", "name=");
    }

    @Test
    void theExitCodeOfTheCommandIsThePrograms() {
        assertEquals(7, new CommandLineHarness((settings, console) -> 7).run("bench"));
    }

    @Test
    void aUsersMistakeIsOneSentenceAndCode2() {
        CommandLineHarness failing = new CommandLineHarness((settings, console) -> {
            throw new UserError("the file x is empty: give another");
        });
        assertEquals(2, failing.run("bench"));
        assertEquals("llm-rlpt: the file x is empty: give another" + System.lineSeparator(), failing.err());
    }

    @Test
    void aBugShowsItsStackTraceAndCode1() {
        CommandLineHarness failing = new CommandLineHarness((settings, console) -> {
            throw new IllegalStateException("impossible");
        });
        assertEquals(1, failing.run("bench"));
        assertTrue(failing.err().startsWith("llm-rlpt: this is a bug in LLM-RLPT: "), failing.err());
        assertTrue(failing.err().contains("\tat " + MainTest.class.getName()), failing.err());
    }
}
