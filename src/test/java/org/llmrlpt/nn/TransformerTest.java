package org.llmrlpt.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.llmrlpt.kernels.Closeness.assertClose;
import static org.llmrlpt.kernels.Closeness.assertSameBits;
import static org.llmrlpt.kernels.Closeness.doubles;

import java.util.Arrays;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.llmrlpt.config.ModelShape;
import org.llmrlpt.data.Batch;
import org.llmrlpt.eval.TokenStatistics;
import org.llmrlpt.kernels.Kernels;
import org.llmrlpt.kernels.Shaping;
import org.llmrlpt.kernels.TestedKernels;
import org.llmrlpt.kernels.cpu.CpuKernels;
import org.llmrlpt.kernels.cpu.Workers;
import org.llmrlpt.random.RandomStream;

class TransformerTest {
    /** The real TornadoVM compiles every layer's kernels anew, and one layer has all of them. */
    private static final int LAYERS = TestedKernels.isFallback() ? 2 : 1;
    private static final ModelShape SHAPE = new ModelShape(LAYERS, 24, 4, 2, 6, 20, 37, true, true, 10000, 1e-6, 16);
    private static final Shaping SHAPED = new Shaping(-0.25f, 0.1f, -0.1f, 5);

    /** Along a random direction d: (L(w + e d) - L(w - e d)) / 2e = g d. */
    @ParameterizedTest
    @MethodSource("org.llmrlpt.kernels.TestedKernels#all")
    void theGradientOfAWholeModelAgreesWithFiniteDifferences(Kernels kernels) {
        try (ModelHarness h = new ModelHarness(kernels, SHAPE, Shaping.CROSS_ENTROPY, 3, 10)) {
            h.initialise(1);
            Batch batch = randomBatch(3, 10);
            float[] weights = h.weights();
            h.train(batch, batch.counted());
            float[] gradient = h.gradients();
            double norm = 0;
            for (float g : gradient) {
                norm += (double) g * g;
            }
            norm = Math.sqrt(norm);
            RandomStream random = RandomStream.of(1, "direction");
            for (int trial = 0; trial < 3; trial++) {
                // Near the gradient itself, where the slope stands out of float32's rounding.
                double slope = 0;
                float[] direction = new float[weights.length];
                for (int i = 0; i < weights.length; i++) {
                    direction[i] = (float) (gradient[i] / norm * (0.5 + random.nextDouble()));
                    slope += (double) gradient[i] * direction[i];
                }
                double step = 4e-3;
                double above = loss(h, weights, direction, step, batch);
                double below = loss(h, weights, direction, -step, batch);
                assertEquals(slope, (above - below) / (2 * step), 0.005 * slope);
            }
        }
    }

    private static double loss(ModelHarness h, float[] weights, float[] direction, double step, Batch batch) {
        float[] moved = new float[weights.length];
        for (int i = 0; i < moved.length; i++) {
            moved[i] = (float) (weights[i] + step * direction[i]);
        }
        h.weights(moved);
        return h.train(batch, batch.counted()).nll();
    }

    @ParameterizedTest
    @MethodSource("org.llmrlpt.kernels.TestedKernels#all")
    void splittingABatchIntoMicroBatchesChangesNothing(Kernels kernels) {
        Batch whole = randomBatch(4, 8);
        whole.targets()[3] = -1;
        whole.targets()[30] = -1;
        float[] together;
        double nll;
        try (ModelHarness h = new ModelHarness(kernels, SHAPE, SHAPED, 4, 8)) {
            h.initialise(1);
            nll = h.train(whole, whole.counted()).nll();
            together = h.gradients();
        }
        try (ModelHarness h = new ModelHarness(kernels, SHAPE, SHAPED, 1, 8)) {
            h.initialise(1);
            double sum = 0;
            for (int r = 0; r < 4; r++) {
                Batch one = ModelHarness.batch(1, 8, Arrays.copyOfRange(whole.tokens(), r * 8, r * 8 + 8),
                    Arrays.copyOfRange(whole.targets(), r * 8, r * 8 + 8));
                TokenStatistics s = h.train(one, whole.counted());
                sum += s.nll() * s.count();
            }
            assertEquals(nll, sum / whole.counted(), 1e-6);
            assertClose("gradients", doubles(together), h.gradients());
        }
    }

    /** Two documents in one row against each alone in a row. */
    @ParameterizedTest
    @MethodSource("org.llmrlpt.kernels.TestedKernels#all")
    void packedDocumentsDoNotSeeEachOther(Kernels kernels) {
        Batch alone = randomBatch(2, 8);
        Batch packed = new Batch(1, 16);
        System.arraycopy(alone.tokens(), 0, packed.tokens(), 0, 16);
        System.arraycopy(alone.targets(), 0, packed.targets(), 0, 16);
        Arrays.setAll(packed.positions(), i -> i % 8);
        Arrays.setAll(packed.starts(), i -> i / 8 * 8);
        float[] separate;
        float[] separateGradients;
        try (ModelHarness h = new ModelHarness(kernels, SHAPE, SHAPED, 2, 8)) {
            h.initialise(1);
            separate = h.logits(alone);
            h.train(alone, 16);
            separateGradients = h.gradients();
        }
        try (ModelHarness h = new ModelHarness(kernels, SHAPE, SHAPED, 1, 16)) {
            h.initialise(1);
            assertClose("logits", doubles(separate), h.logits(packed));
            h.train(packed, 16);
            assertClose("gradients", doubles(separateGradients), h.gradients());
        }
    }

    @Test
    @Tag("fallback")
    void theNumberOfThreadsChangesNoBit() {
        float[] one = gradientsWith(1);
        assertSameBits("two threads", one, gradientsWith(2));
        assertSameBits("three threads", one, gradientsWith(3));
    }

    private static float[] gradientsWith(int threads) {
        int before = Workers.threads();
        Workers.use(threads);
        try (ModelHarness h = new ModelHarness(new CpuKernels(), SHAPE, SHAPED, 5, 16)) {
            h.initialise(1);
            Batch batch = randomBatch(5, 16);
            h.train(batch, batch.counted());
            return h.gradients();
        } finally {
            Workers.use(before);
        }
    }

    private static Batch randomBatch(int rows, int length) {
        RandomStream random = RandomStream.of(5, "tokens");
        int[] tokens = new int[rows * length];
        int[] targets = new int[rows * length];
        Arrays.setAll(tokens, i -> random.nextInt(SHAPE.vocabulary()));
        Arrays.setAll(targets, i -> random.nextInt(SHAPE.vocabulary()));
        return ModelHarness.batch(rows, length, tokens, targets);
    }
}
