package org.llmrlpt.tasks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.llmrlpt.tasks.TaskTest.settings;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.llmrlpt.config.UserError;

class FileTaskTest {
    private static final String GSM8K = "src/test/resources/gsm8k/test.jsonl";
    private static final String MATH = "src/test/resources/math500/test.jsonl";

    @TempDir
    Path folder;

    private Path file(String... lines) throws IOException {
        return Files.write(folder.resolve("task.jsonl"), List.of(lines));
    }

    private static String refused(Path file, String... pairs) {
        String[] all = new String[pairs.length + 2];
        all[0] = "task";
        all[1] = file.toString();
        System.arraycopy(pairs, 0, all, 2, pairs.length);
        return assertThrows(UserError.class, () -> Tasks.openWhole(settings(all))).getMessage();
    }

    @ParameterizedTest
    @ValueSource(strings = {GSM8K, MATH, "src/test/resources/gsm8k/train.jsonl.gz"})
    void referencesAreAllRightAndOthersAreNotButByAccident(String name) {
        Task task = Tasks.openWhole(settings("task", name));
        List<Problem> problems = task.test(Integer.MAX_VALUE);
        ReferenceCheck check = ReferenceCheck.of(problems, task.verifier());
        assertTrue(check.problems() >= 30);
        assertEquals(1.0, check.referenceAccuracy());
        assertTrue(check.shuffledAccuracy() <= 0.1, "" + check);
        assertTrue(check.accidentalAccuracy() <= 0.05, "" + check);
    }

    /** The whole worked solutions, as the data sets give them, are right for their own problem and for no other. */
    @ParameterizedTest
    @ValueSource(strings = {GSM8K, MATH})
    void workedSolutionsAreRight(String name) throws IOException {
        Task task = Tasks.openWhole(settings("task", name));
        List<Problem> problems = task.test(Integer.MAX_VALUE);
        List<String> lines = Files.readAllLines(Path.of(name));
        int accidents = 0;
        for (int i = 0; i < lines.size(); i++) {
            JsonNode line = new ObjectMapper().readTree(lines.get(i));
            String solution = line.path(name.equals(MATH) ? "solution" : "answer").asText();
            assertTrue(task.verifier().verify(problems.get(i), solution, false).correct(), solution);
            Problem other = problems.get((i + 1) % lines.size());
            accidents += task.verifier().verify(other, solution, false).correct() ? 1 : 0;
        }
        assertTrue(accidents <= 2, "accidents: " + accidents);
    }

    @Test
    void promptsFollowTheTemplate() throws IOException {
        Path file = file("{\"question\": \"Why?\", \"answer\": 6}");
        assertEquals("Question: Why?\nAnswer:", Tasks.openWhole(settings("task", file.toString())).test(1).getFirst()
            .prompt());
        assertEquals("Q Why? A\n", Tasks.openWhole(settings("task", file.toString(), "task.template",
            "Q {problem} A\\n")).test(1).getFirst().prompt());
        Path plain = file("{\"prompt\": \"23+58=\", \"answer\": \"81\"}");
        Problem problem = Tasks.openWhole(settings("task", plain.toString())).test(1).getFirst();
        assertEquals(new Problem("1", "23+58=", "81", 0, Split.TEST), problem);
    }

    @Test
    void anyFieldsCanBeNamed() throws IOException {
        Path file = file("{\"in\": \"1+1\", \"out\": \"It is \\\\boxed{2}.\", \"id\": 7, \"level\": 3}", "",
            "{\"in\": \"1+2\", \"out\": \"\\\\boxed{3}\", \"id\": \"x\"}");
        Task task = Tasks.openWhole(settings("task", file.toString(), "task.prompt-field", "in", "task.answer-field",
            "out",
            "task.template", "{problem}"));
        assertEquals(List.of(new Problem("7", "1+1", "2", 3, Split.TEST), new Problem("x", "1+2", "3", 0, Split.TEST)),
            task.test(9));
    }

    @Test
    void aShareOfTheFileIsHeldOutByItsText() throws IOException {
        Path twice = Files.write(folder.resolve("twice.jsonl"),
            (Files.readString(Path.of(GSM8K)) + Files.readString(Path.of(GSM8K))).getBytes());
        Task task = Tasks.open(settings("task", twice.toString(), "task.held-out-fraction", "0.3"), 1);
        Set<String> test = new HashSet<>();
        task.test(1000).forEach(p -> test.add(p.prompt()));
        assertTrue(test.size() > 8 && test.size() < 30, "held out: " + test.size());
        Set<String> training = new HashSet<>();
        int size = 120 - task.test(1000).size();
        List<Problem> pass = LongStream.range(0, size).mapToObj(task::training).toList();
        pass.forEach(p -> training.add(p.prompt()));
        assertEquals(60, test.size() + training.size(), "every problem once per pass, on one side only");
        assertTrue(training.stream().noneMatch(test::contains));
        List<Problem> second = LongStream.range(size, 2L * size).mapToObj(task::training).toList();
        assertNotEquals(pass, second, "the next pass has another order");
        assertEquals(new HashSet<>(pass), new HashSet<>(second));
    }

    @Test
    void problemsOfAHeldOutFileAreNotTrainedOn() throws IOException {
        Path heldOut = Files.write(folder.resolve("held.jsonl"), Files.readAllLines(Path.of(GSM8K)).subList(0, 20));
        Task task = Tasks.open(settings("task", GSM8K, "task.held-out", heldOut.toString()), 1);
        List<Problem> test = task.test(1000);
        assertEquals(20, test.size());
        for (int n = 0; n < 120; n++) {
            String prompt = task.training(n).prompt();
            assertFalse(test.stream().anyMatch(p -> p.prompt().equals(prompt)));
        }
        assertEquals(5, new HashSet<>(task.test(5)).size());
        assertTrue(assertThrows(UserError.class, () -> Tasks.openWhole(settings("task",
            GSM8K)).training(0)).getMessage()
            .contains("held out"));
    }

    @Test
    void faultsOfTheFileAreToldWithTheirLine() throws IOException {
        assertTrue(refused(file("{\"text\": \"a\"}")).contains("task.prompt-field"));
        assertTrue(refused(file("{\"question\": \"a\"}")).contains("task.answer-field"));
        assertTrue(refused(file("{\"question\": \"a\", \"answer\": \"1\"}", "{\"question\": \"a\"}")).contains(":2 "));
        assertTrue(refused(file("{\"question\": \"a\", \"answer\": [1]}")).contains(":1 "));
        assertTrue(refused(file("{\"question\": \"a\", \"answer\": \" \"}")).contains(":1 "));
        assertTrue(refused(file("{\"question\": \"a\", \"answer\": \"1\"}"), "task.prompt-field",
            "q").contains("\"q\""));
        assertTrue(refused(file("{\"question\": \"a\", \"answer\": \"#### 1\"}",
            "{\"question\": \"b\", \"answer\": \"1\"}"))
            .contains(":2 has no answer after ####"));
        assertTrue(refused(file("{\"question\": \"a\", \"answer\": \"#### one and a bit\"}")).contains("not a number"));
        assertTrue(refused(file("{\"question\": \"a\", \"answer\": \"\\\\frac{1}{2\"}")).contains("cannot be parsed"));
        assertTrue(refused(file("{\"question\": \"a\", \"answer\": \"north\"}"), "task.compare", "number")
            .contains("not a number"));
        assertTrue(refused(file("{\"question\": ")).contains(":1 is not valid JSON"));
        assertTrue(refused(file("[1]")).contains("not a JSON object"));
        assertTrue(refused(file("", " ")).contains("no problems"));
        assertTrue(refused(Files.write(folder.resolve("a.jsonl.gz"), new byte[] {1, 2, 3})).contains(".gz"));
        assertTrue(refused(Files.write(folder.resolve("b.jsonl"), new byte[] {'{', (byte) 0xff, '}', '\n'}))
            .contains("UTF-8"));
    }

    @Test
    void aByteOrderMarkIsNoPartOfTheFirstLine() throws IOException {
        Path file = file("\uFEFF{\"question\": \"a\", \"answer\": \"1\"}");
        assertEquals("1", Tasks.openWhole(settings("task", file.toString())).test(1).getFirst().answer());
    }

    @Test
    void textAnswersCanBeComparedExactly() throws IOException {
        Path file = file("{\"question\": \"a\", \"answer\": \"\\\\frac{1}{2\"}");
        Task task = Tasks.openWhole(settings("task", file.toString(), "task.compare", "exact", "task.find", "whole"));
        Problem problem = task.test(1).getFirst();
        assertTrue(task.verifier().verify(problem, "\\frac{1}{2", false).correct());
        assertFalse(task.verifier().verify(problem, "0.5", false).correct());
    }
}
