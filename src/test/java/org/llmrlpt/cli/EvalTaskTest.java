package org.llmrlpt.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code eval} on problems. */
class EvalTaskTest {
    private static final String GSM8K = "task=src/test/resources/gsm8k/test.jsonl";
    private static final String MATH = "task=src/test/resources/math500/test.jsonl";

    @TempDir
    private Path folder;
    private final Commandline commands = new Commandline();

    private JsonNode json(String... args) throws IOException {
        List<String> lines = commands.succeed(args).strip().lines().toList();
        return new ObjectMapper().readTree(lines.getLast());
    }

    private static String[] parts(String... parts) {
        return parts;
    }

    @Test
    void referencesOfTaskFilesAreChecked() throws IOException {
        for (String task : List.of(GSM8K, MATH, "task=countdown")) {
            JsonNode result = json("eval", task, "check-references=true", "--json");
            assertEquals(1.0, result.get("reference_accuracy").doubleValue());
            assertTrue(result.get("shuffled_accuracy").doubleValue() < 0.1, result.toString());
            assertTrue(result.get("problems").intValue() >= 60);
        }
        assertTrue(commands.succeed("eval", GSM8K, "check-references=true", "problems=7").contains("7 problems"));
    }

    @Test
    void oneProblemHasNoOtherToBeShuffledWith() throws IOException {
        JsonNode result = json("eval", GSM8K, "problems=1", "check-references=true", "--json");
        assertEquals(1.0, result.get("reference_accuracy").doubleValue());
        assertTrue(result.get("shuffled_accuracy").isNull());
    }

    @Test
    void mistakesAreToldInOneSentence() throws IOException {
        Path file = Files.writeString(folder.resolve("t.jsonl"), "{\"question\": \"a\", \"answer\": \"1\"}\n");
        Path bad = Files.writeString(folder.resolve("b.jsonl"), "{\"question\": \"a\", \"answer\": \"\\\\frac{1\"}\n");
        commands.refuse(parts("data=FILE", "task=NAME"), "eval");
        commands.refuse(parts("'task' is missing"), "eval", "check-references=true");
        commands.refuse(parts("'poetry'", "arithmetic"), "eval", "task=poetry", "check-references=true");
        commands.refuse(parts("t.jsonl:1", "\"solution\"", "task.answer-field"), "eval", "task=" + file,
            "task.answer-field=solution", "check-references=true");
        commands.refuse(parts("b.jsonl:1", "cannot be parsed"), "eval", "task=" + bad, "check-references=true");
        commands.refuse(parts("'data'", "'task'"), "eval", "task=" + file, "data=" + file);
        commands.refuse(parts("'checkpoint'", "'model'"), "eval", "task=" + file, "model=a", "checkpoint=b");
        commands.refuse(parts("task.find", "boxed"), "eval", "task=" + file, "task.find=somewhere");
        commands.refuse(parts("missing-folder"), "eval", "task=" + file, "checkpoint=missing-folder",
            "output=" + folder.resolve("out"));
        assertFalse(Files.exists(folder.resolve("out")), "nothing is left behind");
    }
}
