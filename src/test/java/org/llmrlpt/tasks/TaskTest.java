package org.llmrlpt.tasks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.llmrlpt.config.Binder;
import org.llmrlpt.config.TaskSettings;
import org.llmrlpt.config.UserError;
import org.llmrlpt.data.builtin.BuiltinTasks;

class TaskTest {
    static TaskSettings settings(String... pairs) {
        Map<String, String> map = new java.util.LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            map.put(pairs[i], pairs[i + 1]);
        }
        return Binder.bind(TaskSettings.class, map);
    }

    static List<String> names() {
        return BuiltinTasks.names();
    }

    @ParameterizedTest
    @MethodSource("names")
    void theReferenceAnswersAreRightAndOthersOnlyByAccident(String name) {
        Task task = Tasks.open(settings("task", name), 1);
        ReferenceCheck check = ReferenceCheck.of(task.test(400), task.verifier());
        assertEquals(1.0, check.referenceAccuracy());
        assertEquals(check.accidentalAccuracy(), check.shuffledAccuracy(),
            0.02 + 4 * Math.sqrt(check.accidentalAccuracy() / check.problems()));
    }

    @ParameterizedTest
    @MethodSource("names")
    void testProblemsDifferAndAreNeverTrainedOn(String name) {
        Task task = Tasks.open(settings("task", name, "task.level", "1-2"), 7);
        List<Problem> test = task.test(200);
        Set<String> ids = test.stream().map(Problem::id).collect(Collectors.toSet());
        assertEquals(test.size(), ids.size());
        assertTrue(test.size() >= 15, "problems: " + test.size());
        assertEquals(test, Tasks.open(settings("task", name, "task.level", "1-2"), 8).test(200), "whatever the seed");
        assertEquals(test.subList(0, 10), task.test(10));
        for (long n = 0; n < 3000; n++) {
            Problem problem = task.training(n);
            assertFalse(ids.contains(problem.id()), problem.id());
            assertEquals(Split.TRAIN, problem.split());
            assertTrue(problem.level() <= 2);
        }
    }

    /** The claim that matters: what a model was pre-trained on never asks what it is measured with. */
    @Test
    void noSeedsBuiltInTextAsksATestProblem() {
        for (String name : List.of("builtin", "sums", "sums-carry")) {
            Set<String> test = new HashSet<>();
            Tasks.open(settings("task", name), 1).test(3000).forEach(p -> test.add(p.prompt()));
            String end = name.equals("builtin") ? "\n" : "=";
            assertTrue(test.stream().allMatch(p -> p.indexOf(end) == p.length() - 1));
            for (long seed = 1; seed <= 3; seed++) {
                for (String document : BuiltinTasks.named(name, null, false, seed).documents(1 << 18)) {
                    assertFalse(test.contains(document.substring(0, document.indexOf(end) + 1)), document);
                }
            }
        }
    }

    @Test
    void trainingProblemsFollowFromSeedAndNumber() {
        for (TaskSettings settings : List.of(settings("task", "arithmetic"), file("gsm8k/test.jsonl"))) {
            Task task = Tasks.open(settings, 3);
            List<Problem> some = LongStream.range(100, 120).mapToObj(task::training).toList();
            assertEquals(some, LongStream.range(100, 120).mapToObj(Tasks.open(settings, 3)::training).toList());
            assertNotEquals(some, LongStream.range(100, 120).mapToObj(Tasks.open(settings, 4)::training).toList());
        }
    }

    private static TaskSettings file(String name) {
        return settings("task", "src/test/resources/" + name);
    }

    @Test
    void additionsOfTwoDigitsHaveTheFormOfTrl() {
        Task plain = Tasks.open(settings("task", "sums", "task.level", "2"), 1);
        Task carry = Tasks.open(settings("task", "sums-carry", "task.level", "2"), 1);
        for (int n = 0; n < 100; n++) {
            Problem p = plain.training(n);
            assertTrue(p.prompt().matches("\\d\\d\\+\\d\\d="), p.prompt());
            int a = Integer.parseInt(p.prompt().substring(0, 2));
            int b = Integer.parseInt(p.prompt().substring(3, 5));
            assertEquals("" + (a + b), p.answer());
            Problem c = carry.training(n);
            a = Integer.parseInt(c.prompt().substring(0, 2));
            b = Integer.parseInt(c.prompt().substring(3, 5));
            int ones = a % 10 + b % 10;
            assertEquals(ones + "," + (a / 10 + b / 10 + ones / 10) + "," + (a + b), c.answer());
        }
        Problem p = new Problem("", "23+58=", "81", 2, Split.TRAIN);
        assertTrue(plain.verifier().verify(p, "81", false).correct());
        assertFalse(plain.verifier().verify(p, "81", true).correct(), "a completion without its end is not right");
        assertFalse(plain.verifier().verify(p, "=81", false).correct());
        assertFalse(plain.verifier().verify(p, "081", false).correct(), "exactly the answer");
    }

    @Test
    void workedSolutionsAreRight() {
        Task task = Tasks.open(settings("task", "builtin"), 1);
        BuiltinTasks problems = BuiltinTasks.all(false, 1);
        for (int n = 0; n < 300; n++) {
            assertTrue(task.verifier().verify(task.training(n), problems.problem(n).solution(), false).correct());
        }
    }

    @Test
    void countdownTakesEveryExpressionThatUsesTheNumbersOnce() {
        Task task = Tasks.open(settings("task", "countdown", "task.level", "3"), 1);
        Verifier verifier = task.verifier();
        Problem p = new Problem("countdown 2 3 4 14", "Make 14 from 2 3 4.\n", "(3+4)*2", 2, Split.TEST);
        Verdict reference = verifier.verify(p, "Answer: (3+4)*2", false);
        assertTrue(reference.correct());
        for (String right : List.of("2*(4+3)", "2 * (3 + 4) = 14", "(4+3)×2", "3*4+2", "2+4*3")) {
            assertEquals(reference, verifier.verify(p, "7*2=14.\nAnswer: " + right, false), right);
        }
        for (String wrong : List.of("14", "7*2", "(3+4)*2*1", "(3+4)*2+0", "2+3+4", "(3+4)*(4-2)", "3+4*2")) {
            assertEquals(new Verdict(false, wrong), verifier.verify(p, "Answer: " + wrong, false));
        }
        assertEquals(Verdict.NONE, verifier.verify(p, "(3+4)*2", false), "it must be marked as the answer");
        assertEquals(Verdict.NONE, verifier.verify(p, "Answer: (3+4)*2", true), "the cut may have taken a digit");
        assertEquals(Verdict.NONE, verifier.verify(p, "Answer: =14", false));
    }

    @Test
    void answersOfOneValueVoteTogether() {
        Problem p = new Problem("", "", "0.5", 0, Split.TEST);
        Verifier verifier = Tasks.open(settings("task", "addition", "task.compare", "math"), 1).verifier();
        assertEquals(new Verdict(true, "1/2"), verifier.verify(p, "Answer: \\frac12", false));
        assertEquals(new Verdict(false, "1/3"), verifier.verify(p, "Answer: 2/6", false));
        assertNull(verifier.verify(p, "no idea", false).answer());
    }

    @ParameterizedTest
    @ValueSource(strings = {"aritmetic", "addition,poetry", "", "missing.jsonl", "addition,sums"})
    void unknownTasksAreRefusedInASentence(String name) {
        UserError e = assertThrows(UserError.class, () -> Tasks.open(new TaskSettings(name, null, null, null, null,
            TaskSettings.Find.AUTO, TaskSettings.Compare.AUTO, null, 0.1, true), 1));
        assertTrue(e.getMessage().contains("'" + name + "'"), e.getMessage());
    }

    @Test
    void settingsThatDoNotFitTheTaskAreRefused() {
        for (String[] wrong : new String[][] {{"addition", "task.level", "5"}, {"addition", "task.level", "two"},
            {"addition", "task.level", "3-1"}, {"addition", "task.prompt-field", "q"}, {"addition", "task.template",
                "q"},
            {"src/test/resources/gsm8k/test.jsonl", "task.level", "2"},
            {"src/test/resources/gsm8k/test.jsonl", "task.template", "no place"}}) {
            assertThrows(UserError.class, () -> Tasks.open(settings("task", wrong[0], wrong[1], wrong[2]), 1),
                wrong[2]);
        }
        assertThrows(UserError.class, () -> Tasks.open(settings(), 1));
    }
}
