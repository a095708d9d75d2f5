package org.llmrlpt.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.llmrlpt.cli.Commandline;
import org.llmrlpt.files.AtomicFolder;
import org.llmrlpt.files.JsonFile;
import org.llmrlpt.files.JsonLines;

/** Mid-training as a user runs it, from a checkpoint of a model that takes milliseconds for a step. */
@Tag("programs")
class MidtrainTest {
    private static final String[] QUIET = {"evaluate.every=0", "evaluate.tokens=256", "sample.every=0",
        "checkpoint.every=0", "data.builtin-megabytes=0.05", "batch=4"};
    private static final int PRETRAINED = 30;

    @TempDir
    private static Path folder;
    private static Path first;
    private static Path text;
    private final Commandline commands = new Commandline();

    @BeforeAll
    static void pretrain() throws IOException {
        first = folder.resolve("first");
        text = Files.writeString(folder.resolve("fox.txt"), "the quick brown fox jumps over the lazy dog. "
            .repeat(300));
        new Commandline().succeed(with("pretrain", "run=" + first, "model.layers=2", "model.width=16", "model.heads=2",
            "model.kv-heads=1", "model.head-width=8", "model.ffn=24", "length=16", "steps=" + PRETRAINED,
            "optimizer.lr=1e-2"));
    }

    private static String[] with(String... args) {
        List<String> all = new ArrayList<>(Arrays.asList(args));
        all.addAll(Arrays.asList(QUIET));
        for (String arg : args) {
            String name = arg.substring(0, arg.indexOf('=') + 1);
            all.removeIf(a -> !name.isEmpty() && a.startsWith(name) && !a.equals(arg));
        }
        return all.toArray(String[]::new);
    }

    private String[] mid(String run, String... more) {
        List<String> args = new ArrayList<>(List.of("midtrain", "run=" + folder.resolve(run), "checkpoint=" + first));
        args.addAll(Arrays.asList(more));
        return with(args.toArray(String[]::new));
    }

    private static Path checkpoint(String run, int step) {
        return folder.resolve(run).resolve("checkpoints").resolve(String.format("step-%06d", step));
    }

    private static byte[] weights(String run, int step) throws IOException {
        return Files.readAllBytes(checkpoint(run, step).resolve("model.safetensors"));
    }

    private static List<JsonNode> metrics(String run) {
        return JsonLines.read(folder.resolve(run).resolve("metrics.jsonl")).stream()
            .filter(m -> m.get("split").asText().equals("train")).toList();
    }

    @Test
    void withoutAStepTheWeightsAreTheCheckpoints() throws IOException {
        commands.succeed(mid("unchanged", "steps=0"));
        assertArrayEquals(weights("first", PRETRAINED), weights("unchanged", 0));
    }

    @Test
    void sequencesGetLongerTheRopeBaseLargerAndTheLearningRateFalls() {
        commands.succeed(mid("longer", "steps=10", "length=32", "model.rope-base=1e6",
            "data=" + text + ":0.7,builtin:0.3"));
        List<JsonNode> lines = metrics("longer");
        assertEquals(3e-4 - 2.7e-4 / 10, lines.getFirst().get("lr").asDouble(), 1e-9);
        assertEquals(3e-5, lines.getLast().get("lr").asDouble(), 1e-9);
        JsonNode config = JsonFile.readObject(checkpoint("longer", 10).resolve("config.json"));
        assertEquals(32, config.get("max_position_embeddings").asInt());
        assertTrue(config.toString().contains("1000000"), config.toString());
    }

    @Test
    void aContinuedOptimizerKeepsItsMomentsAndAFreshOneDoesNot() throws IOException {
        String[] settings = {"steps=1", "schedule=constant"};
        commands.succeed(mid("fresh", settings));
        commands.succeed(mid("continued", "steps=1", "schedule=constant", "optimizer.state=continued"));
        assertFalse(Arrays.equals(weights("fresh", 1), weights("continued", 1)));
        long updates = JsonFile.readObject(checkpoint("continued", 1).resolve("trainer/state.json")).get("counters")
            .get("updates").asLong();
        assertEquals(PRETRAINED + 1, updates);
    }

    @Test
    void aResumedRunEndsWithTheBitsOfAnUndisturbedOne() throws IOException {
        String[] settings = {"steps=9", "checkpoint.every=4", "checkpoint.keep=9", "optimizer.state=continued",
            "data=" + text + ":2,builtin"};
        commands.succeed(mid("whole", settings));
        commands.succeed(mid("broken", settings));
        AtomicFolder.delete(checkpoint("broken", 9));
        AtomicFolder.delete(checkpoint("broken", 8));
        Files.delete(folder.resolve("broken/summary.json"));
        commands.succeed("midtrain", "resume=" + folder.resolve("broken"));
        assertArrayEquals(weights("whole", 9), weights("broken", 9));
        assertArrayEquals(Files.readAllBytes(checkpoint("whole", 9).resolve("trainer/optimizer.safetensors")),
            Files.readAllBytes(checkpoint("broken", 9).resolve("trainer/optimizer.safetensors")));
    }

    @Test
    void mistakesAreAnsweredByASentence() throws IOException {
        commands.refuse(new String[] {"checkpoint"}, "midtrain", "steps=1");
        commands.refuse(new String[] {"no folder"}, "midtrain", "checkpoint=" + folder.resolve("nothing"));
        commands.refuse(new String[] {"'model'"}, mid("bad", "model=models/tiny.json"));
        commands.refuse(new String[] {"model.rope-base"}, mid("bad", "model.layers=3"));
        commands.refuse(new String[] {"'data'", "above 0"}, mid("bad", "data=" + text + ":0,builtin:1"));
        commands.succeed("data", "train-tokenizer", "data=" + text, "vocabulary=300",
            "output=" + folder.resolve("bpe"));
        commands.succeed("data", "prepare", "data=" + text, "tokenizer=" + folder.resolve("bpe"),
            "output=" + folder.resolve("prepared"));
        commands.refuse(new String[] {"another tokenizer"}, mid("bad", "data=" + folder.resolve("prepared")));
        assertFalse(Files.exists(folder.resolve("bad")), "nothing is left behind");
    }
}
