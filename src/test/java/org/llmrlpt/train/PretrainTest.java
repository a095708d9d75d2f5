package org.llmrlpt.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.llmrlpt.cli.Commandline;
import org.llmrlpt.cli.KernelSets;
import org.llmrlpt.cli.Silent;
import org.llmrlpt.config.Binder;
import org.llmrlpt.config.DataSettings;
import org.llmrlpt.config.PretrainSettings;
import org.llmrlpt.data.prepare.PreparationProgress;
import org.llmrlpt.files.AtomicFolder;
import org.llmrlpt.files.JsonFile;
import org.llmrlpt.files.JsonLines;
import org.llmrlpt.files.RunFolder;
import org.llmrlpt.files.TensorSource;

/** The stage as a user runs it, on a model so small that a step takes milliseconds. */
@Tag("programs")
class PretrainTest {
    private static final String[] SMALL = {"pretrain", "model.layers=2", "model.width=16", "model.heads=2",
        "model.kv-heads=1", "model.head-width=8", "model.ffn=24", "length=16", "batch=4", "data.builtin-megabytes=0.05",
        "evaluate.every=0", "evaluate.tokens=256", "sample.every=0", "checkpoint.every=0"};

    @TempDir
    private Path folder;
    private final Commandline commands = new Commandline();

    private String[] small(String run, String... more) {
        List<String> args = new ArrayList<>(Arrays.asList(SMALL));
        args.add("run=" + folder.resolve(run));
        for (String m : more) {
            String name = m.substring(0, m.indexOf('=') + 1);
            args.removeIf(a -> a.startsWith(name));
            args.add(m);
        }
        return args.toArray(String[]::new);
    }

    private List<JsonNode> metrics(String run, String split) {
        return JsonLines.read(folder.resolve(run).resolve("metrics.jsonl")).stream()
            .filter(m -> m.get("split").asText().equals(split)).toList();
    }

    private byte[] weights(String run, int step) throws IOException {
        return Files.readAllBytes(checkpoint(run, step).resolve("model.safetensors"));
    }

    private Path checkpoint(String run, int step) {
        return folder.resolve(run).resolve("checkpoints").resolve(String.format("step-%06d", step));
    }

    @Test
    void aRunLearnsAndLeavesFilesThatPeopleCanOpen() {
        String shown = commands.succeed(small("a", "steps=60", "optimizer.lr=1e-2", "sample.every=30",
            "sample.tokens=8",
            "evaluate.every=20", "checkpoint.every=20"));
        List<JsonNode> train = metrics("a", "train");
        assertEquals(60, train.size());
        double first = train.getFirst().get("nll").asDouble();
        double last = train.getLast().get("nll").asDouble();
        assertTrue(last < first - 1, first + " to " + last);
        for (String field : new String[] {"step", "split", "nll", "entropy", "grad_norm", "lr", "tokens_per_second",
            "perplexity", "bits_per_byte", "top_k_mass", "target_probability", "rank_one_accuracy", "loss"}) {
            assertTrue(train.getFirst().has(field), field);
        }
        assertEquals(List.of(20, 40, 60), metrics("a", "validation").stream().map(m -> m.get("step").asInt()).toList());
        JsonNode summary = JsonFile.readObject(folder.resolve("a/summary.json"));
        assertEquals(60, summary.get("steps").asInt());
        assertTrue(summary.get("validation_nll").asDouble() < first);
        assertTrue(summary.get("entropy").asDouble() > 0);
        assertTrue(summary.get("tokens_per_second").asDouble() > 0);
        assertEquals("0.01", JsonFile.readObject(folder.resolve("a/config.json")).get("optimizer.lr").asText());
        assertTrue(Files.exists(folder.resolve("a/samples/step-000030.txt")));
        assertFalse(Files.exists(checkpoint("a", 20)), "only the newest two are kept");
        assertTrue(Files.exists(checkpoint("a", 40)) && Files.exists(checkpoint("a", 60)));
        assertTrue(shown.contains("parameters") && shown.contains("memory") && shown.contains("next:"), shown);
    }

    @Test
    void threadsChangeNoBit() throws IOException {
        commands.succeed(small("one", "steps=5", "threads=1"));
        commands.succeed(small("two", "steps=5", "threads=2"));
        assertArrayEquals(weights("one", 5), weights("two", 5));
    }

    /** A run is stopped by deleting what came after one of its checkpoints, as a crash would. */
    @Test
    void aResumedRunEndsWithTheBitsOfAnUndisturbedOne() throws IOException {
        String[] settings = {"steps=12", "checkpoint.every=5", "checkpoint.keep=9", "objective.beta=-0.25",
            "objective.lambda-tail=-0.1", "objective.k=10", "tokens-per-step=128"};
        commands.succeed(small("whole", settings));
        commands.succeed(small("broken", settings));
        AtomicFolder.delete(checkpoint("broken", 12));
        AtomicFolder.delete(checkpoint("broken", 10));
        Files.delete(folder.resolve("broken/summary.json"));
        commands.succeed("pretrain", "resume=" + folder.resolve("broken"));
        assertArrayEquals(weights("whole", 12), weights("broken", 12));
        assertArrayEquals(Files.readAllBytes(checkpoint("whole", 12).resolve("trainer/optimizer.safetensors")),
            Files.readAllBytes(checkpoint("broken", 12).resolve("trainer/optimizer.safetensors")));
        assertEquals(metrics("whole", "train").stream().map(m -> m.get("nll")).toList(),
            metrics("broken", "train").stream().map(m -> m.get("nll")).toList());
    }

    @Test
    void aRunGoesOnToTheSameBitsWithAnotherNumberOfThreadsAndNearlyTheSameNumbersWithTheOtherKernels()
        throws IOException {
        String[] settings = {"steps=6", "checkpoint.every=4", "threads=2"};
        for (String run : List.of("whole", "threads", "kernels")) {
            commands.succeed(small(run, settings));
        }
        for (String run : List.of("threads", "kernels")) {
            AtomicFolder.delete(checkpoint(run, 6));
            Files.delete(folder.resolve(run).resolve("summary.json"));
        }
        commands.succeed("pretrain", "resume=" + folder.resolve("threads"), "threads=3");
        assertArrayEquals(weights("whole", 6), weights("threads", 6));
        commands.succeed("pretrain", "resume=" + folder.resolve("kernels"), "device=gpu");
        for (int step = 4; step < 6; step++) {
            assertEquals(metrics("whole", "train").get(step).get("nll").asDouble(),
                metrics("kernels", "train").get(step).get("nll").asDouble(), 1e-5);
        }
    }

    @Test
    void aResumedRunKeepsItsSettings() {
        commands.succeed(small("r", "steps=2"));
        commands.refuse(new String[] {"'seed'", "resumed"}, "pretrain", "resume=" + folder.resolve("r"), "seed=2");
        commands.refuse(new String[] {"nothing", "no run"}, "pretrain", "resume=" + folder.resolve("nothing"));
    }

    /** What messages advise someone whose run stopped, and what another device may need. */
    @Test
    void aResumedRunTakesTheSettingsThatDoNotSayWhatItLearns() throws IOException {
        commands.succeed(small("r", "steps=2"));
        Files.delete(folder.resolve("r/summary.json"));
        commands.succeed("pretrain", "resume=" + folder.resolve("r"), "check-finite=false",
            "memory.checkpoint-layers=true", "device.cuda-graphs=false", "device=cpu", "threads=1", "profile=true");
    }

    @Test
    void aRunIsResumedWithoutItsModelFile() throws IOException {
        Path model = Files.writeString(folder.resolve("m.json"), "{\"layers\": 1, \"width\": 8, \"heads\": 2, "
            + "\"kv-heads\": 1, \"head-width\": 4, \"ffn\": 8}");
        commands.succeed("pretrain", "run=" + folder.resolve("moved"), "model=" + model, "steps=2", "length=8",
            "batch=2",
            "data.builtin-megabytes=0.02", "sample.every=0", "evaluate.tokens=64");
        Files.delete(model);
        Files.delete(folder.resolve("moved/summary.json"));
        commands.succeed("pretrain", "resume=" + folder.resolve("moved"));
        JsonNode summary = JsonFile.readObject(folder.resolve("moved/summary.json"));
        assertTrue(summary.get("tokens_per_second").asDouble() > 0, "the time of the first part is remembered");
    }

    /** Stopped between every two questions whether to stop: in validations, in samples and between steps. */
    @Test
    void whereverARunIsStoppedItsMetricsHaveEachStepOnce() throws IOException {
        String[] settings = {"steps=2", "evaluate.every=1", "sample.every=1", "sample.tokens=3", "checkpoint.every=1"};
        AtomicInteger asked = new AtomicInteger();
        assertTrue(train("undisturbed", () -> asked.incrementAndGet() < 0, settings));
        for (int last = asked.get() - 1; last > 0; last--) {
            int some = last;
            asked.set(0);
            assertFalse(train("stopped-" + last, () -> asked.incrementAndGet() > some, settings));
            commands.succeed("pretrain", "resume=" + folder.resolve("stopped-" + last));
            for (String split : new String[] {"train", "validation"}) {
                assertEquals(List.of(1, 2), metrics("stopped-" + last, split).stream().map(m -> m.get("step").asInt())
                    .toList(), split + ", stopped after " + last);
            }
            assertArrayEquals(weights("undisturbed", 2), weights("stopped-" + last, 2));
        }
    }

    /** Whether the run came to its end. */
    private boolean train(String name, BooleanSupplier stop, String... more) {
        PretrainSettings settings = Binder.bind(PretrainSettings.class, Commandline.settings(small(name, more)));
        DataSettings text = settings.training().data();
        try (RunFolder run = RunFolder.create(folder.resolve(name), Binder.unbind(settings));
                Pretrainer trainer = new Pretrainer(settings, run, TrainingData.corpus(text, 1, run.path(), 1,
                    PreparationProgress.NONE), KernelSets.choose(settings.training().device()), Beginning.random(),
                    new Silent())) {
            return trainer.run(stop);
        }
    }

    @Test
    void damagedTokensOfARunAreNamedWithTheirRemedy() throws IOException {
        commands.succeed(small("hurt", "steps=1"));
        Files.delete(folder.resolve("hurt/summary.json"));
        Path data = folder.resolve("hurt/data");
        Files.delete(data.resolve("index.json"));
        commands.refuse(new String[] {data.toString(), "delete that folder"}, "pretrain",
            "resume=" + folder.resolve("hurt"));
        AtomicFolder.delete(data);
        commands.succeed("pretrain", "resume=" + folder.resolve("hurt"));
    }

    @Test
    void aPageDoesNotReplaceAFileThatIsNone() throws IOException {
        commands.succeed(small("kept", "steps=1"));
        Path metrics = folder.resolve("kept/metrics.jsonl");
        byte[] before = Files.readAllBytes(metrics);
        commands.refuse(new String[] {"metrics.jsonl", "output"}, "report", "run=" + folder.resolve("kept"),
            "output=" + metrics);
        assertArrayEquals(before, Files.readAllBytes(metrics));
    }

    @Test
    void settingsThatWouldHaveNoEffectAreRefused() throws IOException {
        Path text = Files.writeString(folder.resolve("a.txt"), "some text\n".repeat(100));
        commands.refuse(new String[] {"data.validation-fraction"}, small("a", "data.validation-fraction=0.1"));
        commands.refuse(new String[] {"data.builtin"}, small("a", "data=" + text, "data.builtin=sums"));
        commands.refuse(new String[] {"device.cuda-graphs"}, small("a", "device.cuda-graphs=true", "profile=true"));
        commands.refuse(new String[] {"'device'"}, small("a", "device=99999999999:0"));
    }

    @Test
    void aSequenceOfOneTokenLeavesASampleNoRoom() {
        commands.refuse(new String[] {"'length'", "sample.every=0"}, small("short", "steps=1", "length=1",
            "sample.every=1"));
    }

    @Test
    void noStepsLeaveTheInitialCheckpoint() {
        commands.succeed(small("none", "steps=0"));
        assertTrue(Files.exists(checkpoint("none", 0).resolve("model.safetensors")));
    }

    @Test
    void aSecondRunOfTheSameNameIsRefusedAndChangesNothing() throws IOException {
        commands.succeed(small("same", "steps=1"));
        byte[] before = Files.readAllBytes(folder.resolve("same/metrics.jsonl"));
        commands.refuse(new String[] {"same", "resume"}, small("same", "steps=1"));
        assertArrayEquals(before, Files.readAllBytes(folder.resolve("same/metrics.jsonl")));
    }

    @Test
    void theFirstLossThatIsNotANumberStopsTheRun() {
        commands.refuse(new String[] {"not a finite number", "check-finite=false"},
            small("nan", "steps=200", "optimizer.lr=10", "optimizer.clip=0", "schedule=constant", "schedule.warmup=0",
                "optimizer.weight-decay=10"));
    }

    @Test
    void aReplayHoldsTheFirstWeightsAndBatches() {
        commands.succeed(small("replay", "steps=3", "debug.replay=2", "tokens-per-step=128"));
        try (TensorSource batches = TensorSource.open(folder.resolve("replay/replay/batches.safetensors"))) {
            assertEquals(List.of(2L, 8L, 16L), batches.info("inputs").shape());
            assertEquals(List.of(2L, 8L, 16L), batches.info("targets").shape());
        }
        assertTrue(Files.exists(folder.resolve("replay/replay/initial/model.safetensors")));
        AtomicFolder.delete(folder.resolve("replay/checkpoints"));
        commands.succeed("pretrain", "resume=" + folder.resolve("replay"));
        assertTrue(Files.exists(folder.resolve("replay/replay/initial/config.json")));
    }

    @Test
    void evalAndGenerateReadWhatPretrainWrote() throws IOException {
        commands.succeed(small("m", "steps=30", "optimizer.lr=1e-2"));
        Path text = Files.writeString(folder.resolve("text.txt"), "12 + 30 = 42\n".repeat(40));
        String run = folder.resolve("m").toString();
        JsonNode measured = new ObjectMapper().readTree(
            commands.succeed("eval", "model=" + run, "data=" + text, "--json"));
        assertTrue(measured.get("nll").asDouble() > 0 && measured.get("nll_standard_error").asDouble() > 0);
        assertEquals(measured.get("nll").asDouble() / Math.log(2), measured.get("bits_per_byte").asDouble(), 0.02);
        String greedy = commands.succeed("generate", "model=" + run, "prompt=12 +", "tokens=8", "temperature=0");
        assertTrue(greedy.startsWith("12 +"), greedy);
        assertEquals(greedy, commands.succeed("generate", "model=" + run, "prompt=12 +", "tokens=8", "temperature=0"));
        assertEquals(greedy, commands.succeed("generate", "checkpoint=" + run, "prompt=12 +", "tokens=8",
            "temperature=0"));
        assertEquals(greedy, commands.succeed("generate", "model=" + run, "prompt=12 +", "tokens=8", "top-k=1"));
        String drawn = commands.succeed("generate", "model=" + run, "prompt=12 +", "tokens=8", "seed=3", "top-p=0.9");
        assertEquals(drawn, commands.succeed("generate", "model=" + run, "prompt=12 +", "tokens=8", "seed=3",
            "top-p=0.9"));
    }

    @Test
    void preparedDataTrainsLikeTheTextItWasMadeFrom() throws IOException {
        Path text = Files.writeString(folder.resolve("book.txt"), "the quick brown fox jumps over the lazy dog. "
            .repeat(300));
        commands.succeed("data", "prepare", "data=" + text, "output=" + folder.resolve("prepared"));
        commands.succeed(small("direct", "steps=3", "data=" + text));
        commands.succeed(small("prepared-run", "steps=3", "data=" + folder.resolve("prepared")));
        assertArrayEquals(weights("direct", 3), weights("prepared-run", 3));
    }
}
