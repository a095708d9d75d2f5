package org.llmrlpt.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.llmrlpt.cli.Commandline;
import org.llmrlpt.files.JsonLines;
import org.llmrlpt.kernels.TestedKernels;

/**
 * The whole way once, on whatever runtime the tests have: train, go on, reinforce, measure, write text. On the
 * fallback gpu kernels take it too, in strict mode, where every broken rule of TornadoVM is an exception.
 */
class EndToEndTest {
    private static final String FALLBACK_MODE = "llmrlpt.fallback";

    @TempDir
    private Path folder;
    private final Commandline commands = new Commandline();

    static Stream<String> devices() {
        return TestedKernels.isFallback() ? Stream.of("cpu", "gpu") : Stream.of("auto");
    }

    @ParameterizedTest
    @MethodSource("devices")
    void aModelIsTrainedResumedReinforcedMeasuredAndWrites(String device) throws IOException {
        String before = System.getProperty(FALLBACK_MODE, "fast");
        System.setProperty(FALLBACK_MODE, device.equals("gpu") ? "strict" : before);
        try {
            wholeWay("device=" + device);
        } finally {
            System.setProperty(FALLBACK_MODE, before);
        }
    }

    private void wholeWay(String device) throws IOException {
        Path run = folder.resolve("run");
        commands.succeed("pretrain", device, "run=" + run, "model.layers=1", "model.width=16", "model.heads=2",
            "model.kv-heads=1", "model.head-width=8", "model.ffn=24", "length=16", "batch=2", "tokens-per-step=64",
            "data.builtin=sums", "data.builtin-level=1", "data.builtin-megabytes=0.02", "evaluate.every=0",
            "evaluate.tokens=64", "sample.every=0", "steps=4", "checkpoint.every=2", "optimizer.lr=1e-2",
            "schedule.warmup=0", "objective.beta=0.25", "objective.lambda-tail=-0.1");
        Files.delete(run.resolve("summary.json"));
        commands.succeed("pretrain", "resume=" + run);
        List<JsonNode> train = steps(run);
        assertEquals(4, train.size());
        assertTrue(train.getLast().get("nll").asDouble() < train.getFirst().get("nll").asDouble(), train.toString());

        Path reinforced = folder.resolve("rl");
        commands.succeed("rl", device, "checkpoint=" + run, "run=" + reinforced, "task=sums", "task.level=1", "steps=1",
            "prompts=2", "group=2", "max-new-tokens=4", "reward.overlong-buffer=4", "dynamic-sampling=false", "kl=0.1",
            "slots=4", "micro-batch=32", "evaluate.problems=2", "evaluate.samples=1", "optimizer.lr=1e-2");
        JsonNode step = steps(reinforced).getFirst();
        assertEquals(1, step.get("updates").asInt());
        assertTrue(step.get("log_prob_difference_max").asDouble() < 1e-4, "sampling and training agree: " + step);

        Path text = Files.writeString(folder.resolve("text.txt"), "12 + 30 = 42\n".repeat(20));
        String measured = commands.succeed("eval", device, "model=" + reinforced, "data=" + text, "tokens=64",
            "--json");
        assertTrue(measured.contains("\"nll\":"), measured);
        String judged = commands.succeed("eval", device, "model=" + reinforced, "task=sums", "task.level=1",
            "problems=2", "samples=2", "max-new-tokens=3", "output=" + reinforced.resolveSibling("judged"), "--json");
        assertTrue(judged.contains("\"avg\":"), judged);
        String written = commands.succeed("generate", device, "model=" + reinforced, "prompt=12", "tokens=3",
            "temperature=0");
        assertTrue(written.startsWith("12") && written.length() > 3, written);
    }

    private static List<JsonNode> steps(Path run) {
        return JsonLines.read(run.resolve("metrics.jsonl")).stream()
            .filter(m -> m.get("split").asText().equals("train")).toList();
    }
}
