package org.llmrlpt.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.llmrlpt.cli.Commandline;
import org.llmrlpt.files.JsonLines;

/** Training with FP16 products does what training with FP32 products does. */
@Tag("fallback")
class HalfTrainingTest {
    private static final int STEPS = 8;

    @TempDir
    Path folder;

    @Test
    void trainingOnTensorCoresFollowsFp32() {
        double[] single = losses("fp32");
        double[] half = losses("fp16");
        assertTrue(single[STEPS - 1] < single[0] - 0.5, "it learns: " + single[0] + " to " + single[STEPS - 1]);
        for (int i = 0; i < STEPS; i++) {
            assertEquals(single[i], half[i], 1e-2, "NLL of step " + (i + 1));
        }
        assertTrue(single[STEPS - 1] != half[STEPS - 1], "the products are others");
    }

    private double[] losses(String products) {
        Path run = folder.resolve(products);
        new Commandline().succeed("pretrain", "device=gpu", "device.matmul=" + products, "run=" + run,
            "model.layers=1", "model.width=32", "model.heads=2", "model.kv-heads=1", "model.head-width=16",
            "model.ffn=48", "length=24", "batch=2", "steps=" + STEPS, "optimizer.lr=1e-2", "schedule.warmup=2",
            "data.builtin-megabytes=0.02", "evaluate.tokens=48", "sample.every=0");
        double[] losses = JsonLines.read(run.resolve("metrics.jsonl")).stream()
            .filter(n -> n.path("split").asText().equals("train")).mapToDouble(n -> n.path("nll").asDouble()).toArray();
        assertEquals(STEPS, losses.length);
        return losses;
    }
}
