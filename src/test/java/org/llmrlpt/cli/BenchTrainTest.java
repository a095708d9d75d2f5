package org.llmrlpt.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("programs")
class BenchTrainTest {
    private static final List<String> SMALL = List.of("model.layers=2", "model.width=16", "model.heads=2",
        "model.kv-heads=1", "model.head-width=8", "model.ffn=24", "length=16", "batch=4");

    @TempDir
    private Path folder;
    private final Commandline commands = new Commandline();

    private JsonNode bench(String... more) throws Exception {
        List<String> args = new ArrayList<>(List.of("bench", "train", "--json", "warmup=1", "warmup-seconds=0"));
        args.addAll(List.of(more));
        return new ObjectMapper().readTree(
            commands.succeed(args.toArray(String[]::new)).lines().toList().getLast());
    }

    private static String[] with(List<String> some, String... more) {
        List<String> all = new ArrayList<>(some);
        all.addAll(List.of(more));
        return all.toArray(String[]::new);
    }

    @Test
    void theLastLineIsAnObjectWithRatePhasesMemoryAndParameters() throws Exception {
        JsonNode shown = bench(with(SMALL, "steps=3", "tokens-per-step=128"));
        double total = shown.at("/ms_per_step/total").asDouble();
        assertEquals(128 / (total / 1e3), shown.get("tokens_per_second").asDouble(), 1e-6);
        double parts = shown.at("/ms_per_step/data").asDouble() + shown.at("/ms_per_step/forward_backward").asDouble()
            + shown.at("/ms_per_step/update").asDouble();
        assertTrue(parts > 0.2 * total && parts < 5 * total, shown.toString());
        assertTrue(shown.get("peak_memory_bytes").asLong() > shown.get("planned_memory_bytes").asLong(),
            shown.toString());
        assertEquals(3, shown.get("steps").asInt());
        assertEquals(257 * 16 + 2 * (16 * (16 + 16) + 16 * 16 + 3 * 16 * 24 + 2 * 16 + 2 * 8) + 16,
            shown.get("parameters").asInt());
    }

    @Test
    void aRunsConfigIsUnderstoodWhole() throws Exception {
        Path run = folder.resolve("run");
        List<String> args = new ArrayList<>(List.of("pretrain"));
        args.addAll(SMALL);
        args.addAll(List.of("run=" + run, "steps=2", "data.builtin-megabytes=0.05", "evaluate.tokens=64",
            "sample.tokens=2", "objective.beta=-0.25", "checkpoint.keep=1"));
        commands.succeed(args.toArray(String[]::new));
        JsonNode shown = bench("config=" + run.resolve("config.json"), "evaluate.every=7", "resume=nowhere");
        assertEquals(2, shown.get("steps").asInt(), "the config's steps");
        assertEquals(64, shown.get("tokens_per_step").asInt());
        assertFalse(Files.exists(Path.of("nowhere")));
    }

    @Test
    void namesThatNoStageHasAreRefused() {
        commands.refuse(new String[] {"evaluate.evry", "did you mean"}, "bench", "train", "evaluate.evry=7");
    }

    @Test
    void randomTokensAreAsManyAsTheTokenizerHas() throws Exception {
        Path tokenizer = folder.resolve("tokenizer");
        Path text = Files.writeString(folder.resolve("text.txt"), "aaaa bbbb aaaa bbbb abab ".repeat(50));
        commands.succeed("data", "train-tokenizer", "data=" + text, "vocabulary=260", "output=" + tokenizer);
        JsonNode shown = bench(with(SMALL, "steps=1", "tokenizer=" + tokenizer));
        JsonNode bytes = bench(with(SMALL, "steps=1"));
        assertTrue(shown.get("parameters").asInt() > bytes.get("parameters").asInt(), shown + " " + bytes);
    }
}
