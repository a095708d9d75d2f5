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
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.llmrlpt.files.JsonFile;
import org.llmrlpt.files.JsonLines;

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
    @Tag("programs")
    void samplesAreJudgedKeptAndAddedUp() throws IOException {
        Path run = folder.resolve("run");
        commands.succeed("pretrain", "run=" + run, "data.builtin=sums", "data.builtin-level=2", "steps=3",
            "model.layers=1", "model.width=16", "model.heads=2", "model.kv-heads=2", "model.head-width=8",
            "model.ffn=16", "length=16", "batch=4", "data.builtin-megabytes=0.02", "evaluate.tokens=64",
            "sample.every=0", "device=cpu");
        String[] measure = {"eval", "checkpoint=" + run, "task=sums", "task.level=2", "samples=4", "temperature=1",
            "max-new-tokens=4", "problems=8", "device=cpu", "--json", "output=" + folder.resolve("a")};
        JsonNode result = json(measure);
        assertEquals(8, result.get("problems").intValue());
        List<JsonNode> samples = JsonLines.read(folder.resolve("a/samples.jsonl"));
        assertEquals(4 * 8, samples.size());
        int right = 0;
        for (JsonNode s : samples) {
            boolean correct = s.get("ending").asText().equals("stopped")
                && s.get("completion").asText().strip().equals(s.get("reference").asText());
            assertEquals(correct, s.get("correct").booleanValue(), s.toString());
            right += correct ? 1 : 0;
        }
        assertEquals((double) right / samples.size(), result.get("avg").doubleValue(), 1e-12);
        assertEquals(result.get("avg").doubleValue(), result.at("/pass_at_k/1/value").doubleValue(), 1e-12);
        for (String field : List.of("/cons", "/pass_at_k/4/low", "/pass_at_k/4/high", "/response_length")) {
            assertTrue(result.at(field).isNumber(), field);
        }
        assertEquals(result, JsonFile.readObject(folder.resolve("a/results.json")));
        commands.refuse(parts("output"), measure);
        measure[measure.length - 1] = "output=" + folder.resolve("b");
        commands.succeed(Stream.concat(Stream.of(measure), Stream.of("slots=3")).toArray(String[]::new));
        assertEquals(samples, JsonLines.read(folder.resolve("b/samples.jsonl")), "whatever runs beside a sample");
        measure[measure.length - 1] = "output=" + folder.resolve("c");
        measure[6] = "max-new-tokens=99";
        commands.refuse(parts("'max-new-tokens'", "16 tokens"), measure);
        assertFalse(Files.exists(folder.resolve("c")), "nothing is left behind");
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
