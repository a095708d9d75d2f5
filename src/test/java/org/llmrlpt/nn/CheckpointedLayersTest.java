package org.llmrlpt.nn;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.llmrlpt.kernels.Closeness.assertSameBits;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.llmrlpt.config.ModelShape;
import org.llmrlpt.data.Batch;
import org.llmrlpt.device.ArenaKind;
import org.llmrlpt.kernels.Kernels;
import org.llmrlpt.kernels.Shaping;
import org.llmrlpt.kernels.cpu.CpuKernels;
import org.llmrlpt.random.RandomStream;

class CheckpointedLayersTest {
    private static final Shaping SHAPED = new Shaping(-0.25f, 0.1f, -0.1f, 5);

    private static ModelShape shape(boolean qkNorm) {
        return new ModelShape(3, 24, 4, 2, 6, 20, 37, true, qkNorm, 10000, 1e-6, 16);
    }

    @ParameterizedTest
    @MethodSource("org.llmrlpt.kernels.TestedKernels#all")
    void layersThatAreComputedAgainGiveTheSameBits(Kernels kernels) {
        for (boolean qkNorm : List.of(true, false)) {
            float[] kept = gradients(kernels, shape(qkNorm), 0);
            for (int checkpointed : List.of(1, 3)) {
                assertSameBits("gradients with " + checkpointed + " layers computed again", kept,
                    gradients(kernels, shape(qkNorm), checkpointed));
            }
        }
    }

    private static float[] gradients(Kernels kernels, ModelShape shape, int checkpointed) {
        try (ModelHarness h = new ModelHarness(kernels, shape, SHAPED, 2, 12, checkpointed)) {
            h.initialise(3);
            Batch batch = batch();
            double nll = h.train(batch, batch.counted()).nll();
            float[] gradients = h.gradients();
            float[] withNll = Arrays.copyOf(gradients, gradients.length + 1);
            withNll[gradients.length] = (float) nll;
            return withNll;
        }
    }

    private static Batch batch() {
        RandomStream random = RandomStream.of(5, "tokens");
        return ModelHarness.batch(2, 12, ints(random), ints(random));
    }

    private static int[] ints(RandomStream random) {
        int[] some = new int[24];
        Arrays.setAll(some, i -> random.nextInt(37));
        return some;
    }

    @Test
    @EnabledIf("org.llmrlpt.kernels.TestedKernels#isFallback")
    void eachLayerThatIsComputedAgainButTheLastLowersTheMemoryPlan() {
        ModelShape shape = new ModelShape(4, 24, 4, 2, 6, 64, 37, true, true, 10000, 1e-6, 64);
        long[] bytes = new long[5];
        for (int n = 0; n <= 4; n++) {
            try (ModelHarness h = new ModelHarness(new CpuKernels(), shape, SHAPED, 8, 64, n)) {
                bytes[n] = h.session().memoryPlan().bytes(ArenaKind.ACTIVATIONS);
            }
        }
        for (int n = 1; n < 4; n++) {
            assertTrue(bytes[n] < bytes[n - 1], Arrays.toString(bytes));
        }
        assertTrue(bytes[4] <= bytes[3], Arrays.toString(bytes));
        assertTrue(bytes[4] < 0.6 * bytes[0], Arrays.toString(bytes));
    }
}
