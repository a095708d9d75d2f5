package org.llmrlpt.rl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.llmrlpt.cli.Commandline;
import org.llmrlpt.cli.KernelSets;
import org.llmrlpt.cli.Silent;
import org.llmrlpt.config.Binder;
import org.llmrlpt.config.RlSettings;
import org.llmrlpt.files.AtomicFolder;
import org.llmrlpt.files.JsonFile;
import org.llmrlpt.files.JsonLines;
import org.llmrlpt.files.RunFolder;
import org.llmrlpt.tasks.Tasks;
import org.llmrlpt.train.SavedModel;

/**
 * The stage as a user runs it, on a model so small that a step takes milliseconds. It solves nothing: what it is
 * rewarded for is to end its answers, by the over-length penalty.
 */
@Tag("programs")
class RlTest {
    private static final String[] SMALL = {"rl", "task=addition", "prompts=3", "group=4", "max-new-tokens=24",
        "reward.overlong-buffer=24", "steps=4", "evaluate.problems=3", "evaluate.samples=2", "evaluate.every=0",
        "checkpoint.every=0", "sample.every=0", "micro-batch=256", "slots=5", "optimizer.lr=1e-2"};

    @TempDir
    private static Path folder;
    private static Path policy;
    private final Commandline commands = new Commandline();

    @BeforeAll
    static void trainAPolicy() {
        policy = folder.resolve("policy");
        new Commandline().succeed("pretrain", "run=" + policy, "model.layers=2", "model.width=16", "model.heads=2",
            "model.kv-heads=1", "model.head-width=8", "model.ffn=24", "length=96", "batch=8", "steps=40",
            "optimizer.lr=1e-2", "data.builtin-megabytes=0.05", "evaluate.every=0", "evaluate.tokens=256",
            "sample.every=0", "checkpoint.every=0");
    }

    private String[] small(String run, String... more) {
        List<String> args = new ArrayList<>(Arrays.asList(SMALL));
        args.add("run=" + folder.resolve(run));
        args.add("checkpoint=" + policy);
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

    private Path checkpoint(String run, int step) {
        return folder.resolve(run).resolve("checkpoints").resolve(String.format("step-%06d", step));
    }

    private byte[] weights(String run, int step) throws IOException {
        return Files.readAllBytes(checkpoint(run, step).resolve("model.safetensors"));
    }

    @Test
    void aRunLearnsWhatItIsRewardedForAndLeavesFilesThatPeopleCanRead() {
        String shown = commands.succeed(small("learns", "steps=40", "evaluate.every=20", "sample.every=20",
            "checkpoint.every=20", "prompts=8", "checkpoint.keep=1"));
        List<JsonNode> train = metrics("learns", "train");
        assertEquals(40, train.size());
        double before = mean(train.subList(0, 5), "reward_mean");
        double after = mean(train.subList(35, 40), "reward_mean");
        assertTrue(after > before + 0.2, before + " to " + after);
        for (String field : new String[] {"reward_mean", "reward_std", "uniform_groups", "entropy", "clipped_low",
            "clipped_high", "response_length_mean", "response_length_min", "response_length_max", "truncated",
            "grad_norm", "lr", "rollout_tokens_per_second", "training_tokens_per_second", "seconds_generate",
            "seconds_train", "log_prob_difference_max", "groups_dropped", "rounds", "surrogate_loss"}) {
            assertTrue(train.getFirst().has(field), field);
        }
        assertTrue(train.stream().allMatch(m -> m.get("log_prob_difference_max").asDouble() < 1e-4),
            "sampling and training agree");
        assertEquals(List.of(0, 20, 40), metrics("learns", "evaluation").stream().map(m -> m.get("step").asInt())
            .toList());
        JsonNode answer = JsonLines.read(folder.resolve("learns/samples/step-000020.jsonl")).getFirst();
        assertTrue(answer.has("prompt") && answer.has("completion") && answer.has("reward"));
        assertEquals(40, JsonFile.readObject(folder.resolve("learns/summary.json")).get("steps").asInt());
        assertTrue(Files.exists(checkpoint("learns", 40).resolve("config.json")));
        assertTrue(Files.exists(folder.resolve("learns/report.html")));
        assertFalse(Files.exists(checkpoint("learns", 20)), "only the newest is kept");
        assertTrue(shown.contains("held-out") && shown.contains("next:"), shown);
    }

    private static double mean(List<JsonNode> lines, String field) {
        return lines.stream().mapToDouble(m -> m.get(field).asDouble()).average().orElseThrow();
    }

    @Test
    void threadsChangeNoBit() throws IOException {
        commands.succeed(small("one", "threads=1"));
        commands.succeed(small("two", "threads=2"));
        assertArrayEquals(weights("one", 4), weights("two", 4));
    }

    /** A run is stopped by deleting what came after one of its checkpoints, as a crash would. */
    @Test
    void aResumedRunEndsWithTheBitsOfAnUndisturbedOne() throws IOException {
        String[] settings = {"steps=6", "checkpoint.every=2", "checkpoint.keep=9", "updates=2", "kl=0.05",
            "mask-truncated=true", "max-new-tokens=0:16,3:24", "evaluate.every=3"};
        commands.succeed(small("whole", settings));
        commands.succeed(small("broken", settings));
        AtomicFolder.delete(checkpoint("broken", 6));
        AtomicFolder.delete(checkpoint("broken", 4));
        Files.delete(folder.resolve("broken/summary.json"));
        commands.succeed("rl", "resume=" + folder.resolve("broken"));
        assertArrayEquals(weights("whole", 6), weights("broken", 6));
        assertArrayEquals(Files.readAllBytes(checkpoint("whole", 6).resolve("trainer/optimizer.safetensors")),
            Files.readAllBytes(checkpoint("broken", 6).resolve("trainer/optimizer.safetensors")));
        for (String field : new String[] {"reward_mean", "entropy", "kl", "grad_norm"}) {
            assertEquals(metrics("whole", "train").stream().map(m -> m.get(field)).toList(),
                metrics("broken", "train").stream().map(m -> m.get(field)).toList(), field);
        }
        assertEquals(metrics("whole", "evaluation").stream().map(m -> m.get("avg")).toList(),
            metrics("broken", "evaluation").stream().map(m -> m.get("avg")).toList());
        assertTrue(metrics("whole", "train").stream().limit(3)
            .allMatch(m -> m.get("response_length_max").asInt() <= 16), "answers are short in the first stage");
    }

    @Test
    void aStopSignalInTheMiddleOfSamplingLosesNothing() throws IOException {
        AtomicInteger asked = new AtomicInteger();
        assertTrue(train("undisturbed", () -> asked.incrementAndGet() < 0));
        // An evaluation, four steps, an evaluation: this is in the second step.
        int some = asked.getAndSet(0) * 3 / 8;
        assertFalse(train("stopped", () -> asked.incrementAndGet() > some));
        commands.succeed("rl", "resume=" + folder.resolve("stopped"));
        assertArrayEquals(weights("undisturbed", 4), weights("stopped", 4));
    }

    /** Whether the run came to its end. */
    private boolean train(String name, BooleanSupplier stop) throws IOException {
        RlSettings settings = Binder.bind(RlSettings.class, Commandline.settings(small(name)));
        try (RunFolder run = RunFolder.create(folder.resolve(name), Binder.unbind(settings));
                GrpoTrainer trainer = new GrpoTrainer(settings, run, SavedModel.open(settings.checkpoint()),
                    Tasks.open(settings.task(), settings.seed()), KernelSets.choose(settings.device()), new Silent())) {
            return trainer.run(stop);
        }
    }

    @Test
    void withoutAnyDifferenceOfRewardsNothingIsLearnedAndTheCapHolds() throws IOException {
        commands.succeed(small("uniform", "steps=2", "reward.overlong-buffer=0", "dynamic-sampling.rounds=3"));
        for (JsonNode m : metrics("uniform", "train")) {
            assertEquals(3, m.get("rounds").asInt());
            assertEquals(9, m.get("groups_dropped").asInt());
            assertEquals(1, m.get("uniform_groups").asDouble());
            assertEquals(0, m.get("updates").asInt());
        }
        Path first = SavedModel.open(policy.toString()).folder();
        assertArrayEquals(Files.readAllBytes(first.resolve("model.safetensors")), weights("uniform", 2));
    }

    /** A divergence of next to no weight has all groups computed in full: what is left out does not matter. */
    @Test
    void withoutDynamicSamplingUniformGroupsCountButHaveNoBackwardPass() {
        String[] settings = {"steps=4", "dynamic-sampling=false", "prompts=6", "reward.overlong-buffer=2"};
        commands.succeed(small("static", settings));
        commands.succeed(small("full", Stream.concat(Arrays.stream(settings), Stream.of("kl=1e-30"))
            .toArray(String[]::new)));
        List<JsonNode> some = metrics("static", "train");
        List<JsonNode> all = metrics("full", "train");
        for (int i = 0; i < some.size(); i++) {
            JsonNode m = some.get(i);
            JsonNode full = all.get(i);
            assertEquals(6, m.get("groups_kept").asInt());
            assertEquals(1, m.get("updates").asInt());
            assertEquals(0, full.get("positions_forward_only").asInt());
            assertEquals(full.get("tokens_trained").asInt(), m.get("tokens_trained").asInt());
            for (String field : new String[] {"grad_norm", "surrogate_loss", "entropy", "ratio_mean"}) {
                double expected = full.get(field).asDouble();
                assertEquals(expected, m.get(field).asDouble(), 1e-4 * Math.abs(expected) + 1e-6, field);
            }
        }
        assertTrue(some.stream().anyMatch(m -> m.get("positions_forward_only").asInt() > 0
            && m.get("grad_norm").asDouble() > 0), "a step of both kinds");
    }

    @Test
    void theLossAndTheAdvantagesAreThoseAskedFor() throws IOException {
        commands.succeed(small("usual", "steps=1"));
        commands.succeed(small("loss", "steps=1", "loss=seq-mean-token-sum-norm"));
        commands.succeed(small("advantages", "steps=1", "advantage.std=none"));
        double usual = metrics("usual", "train").getFirst().get("grad_norm").asDouble();
        for (String other : new String[] {"loss", "advantages"}) {
            assertNotEquals(usual, metrics(other, "train").getFirst().get("grad_norm").asDouble(), 1e-3 * usual);
        }
    }

    /** The run that it began from may go on. */
    @Test
    void aRunRemembersTheCheckpointItBeganFromWhereverItWasNamed() throws IOException {
        Path config = Files.writeString(folder.resolve("begin.json"),
            "{\"checkpoint\": \"" + policy.toString().replace("\\", "\\\\") + "\"}");
        String[] settings = small("named-in-file", "steps=1", "config=" + config);
        commands.succeed(Arrays.stream(settings).filter(s -> !s.startsWith("checkpoint=")).toArray(String[]::new));
        assertEquals(SavedModel.open(policy.toString()).folder().toString(),
            JsonFile.readObject(folder.resolve("named-in-file/config.json")).get("checkpoint").asText());
    }

    @Test
    void logProbabilitiesThatDifferStopTheRun() {
        commands.refuse(new String[] {"log-probability", "max-log-prob-difference"},
            small("differs", "max-log-prob-difference=0"));
        commands.succeed("rl", "resume=" + folder.resolve("differs"), "max-log-prob-difference=1");
    }

    @Test
    void aTaskThatHoldsNoProblemOutAndARunOfAnotherCommandAreRefused() throws IOException {
        Path one = Files.writeString(folder.resolve("one.jsonl"), "{\"question\": \"1+1\", \"answer\": \"2\"}\n");
        commands.refuse(new String[] {"one.jsonl", "task.held-out"}, small("bad", "task=" + one,
            "task.held-out-fraction=0"));
        assertFalse(Files.exists(folder.resolve("bad")));
        commands.refuse(new String[] {"not a run of rl", "'model'"}, "rl", "resume=" + policy);
        commands.refuse(new String[] {"neither a checkpoint"}, small("bad", "checkpoint=" + folder));
    }

    @Test
    void aResumedRunWantsTheSameProblems() throws IOException {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < 30; i++) {
            lines.append("{\"question\": \"1+").append(i).append("\", \"answer\": \"").append(1 + i).append("\"}\n");
        }
        Path file = Files.writeString(folder.resolve("sums.jsonl"), lines);
        commands.succeed(small("of-file", "task=" + file, "task.held-out-fraction=0.3", "steps=1"));
        Files.delete(folder.resolve("of-file/summary.json"));
        commands.succeed("rl", "resume=" + folder.resolve("of-file"));
        Files.writeString(file, lines.toString().replace("\"answer\": \"3\"", "\"answer\": \"4\""));
        commands.refuse(new String[] {"sums.jsonl", "same file"}, "rl", "resume=" + folder.resolve("of-file"));
        commands.refuse(new String[] {"not a run of midtrain"}, "midtrain", "resume=" + policy);
    }

    @Test
    void mistakesAreAnsweredByASentence() {
        commands.refuse(new String[] {"'group'", "between 2"}, small("bad", "group=1"));
        commands.refuse(new String[] {"'max-new-tokens'", "96"}, small("bad", "max-new-tokens=96"));
        commands.refuse(new String[] {"'max-new-tokens'", "0:512"}, small("bad", "max-new-tokens=5:16"));
        commands.refuse(new String[] {"'length'", "96"}, small("bad", "length=97"));
        commands.refuse(new String[] {"nosuchtask"}, small("bad", "task=nosuchtask"));
        commands.refuse(new String[] {"checkpoint"}, "rl", "task=addition", "run=" + folder.resolve("bad"));
        commands.refuse(new String[] {"no folder"}, small("bad", "checkpoint=" + folder.resolve("nothing")));
        assertFalse(Files.exists(folder.resolve("bad")), "nothing is left behind");
    }

    @Test
    void aProfileShowsSamplingAndTraining() {
        String shown = commands.succeed(small("profiled", "steps=2", "profile=true"));
        assertTrue(shown.contains("linear_backward_weight") && shown.contains("decode_attention"), shown);
        JsonNode operations = JsonFile.readObject(folder.resolve("profiled").resolve("profile.json"))
            .get("operations");
        assertTrue(operations.findValuesAsText("operation").containsAll(List.of("policy_gradient", "sample", "adamw")));
    }
}
