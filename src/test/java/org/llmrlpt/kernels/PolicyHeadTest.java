package org.llmrlpt.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.llmrlpt.kernels.Closeness.assertClose;
import static org.llmrlpt.kernels.Closeness.assertSameBits;
import static org.llmrlpt.kernels.RandomNumbers.gaussian;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.llmrlpt.device.Tensor;
import org.llmrlpt.kernels.cpu.Workers;

class PolicyHeadTest {
    record Result(float[] statistics, float[] dH, float[] dW) {
        double[] column(int c) {
            double[] values = new double[statistics.length / RowStatistics.COLUMNS];
            for (int r = 0; r < values.length; r++) {
                values[r] = statistics[r * RowStatistics.COLUMNS + c];
            }
            return values;
        }

        float[] floats(int c) {
            double[] values = column(c);
            float[] narrow = new float[values.length];
            for (int r = 0; r < values.length; r++) {
                narrow[r] = (float) values[r];
            }
            return narrow;
        }
    }

    static Stream<Named<Kernels>> sets() {
        return TestedKernels.all();
    }

    @ParameterizedTest
    @MethodSource("sets")
    void productsAndGradientsAgreeWithDoublePrecision(Kernels kernels) {
        for (int[] shape : new int[][] {{1, 3, 5}, {17, 24, 100}, {50, 40, 333}, {1100, 8, 20}}) {
            int rows = shape[0];
            int width = shape[1];
            int vocabulary = shape[2];
            float[] h = gaussian("h", rows * width);
            float[] w = gaussian("w", vocabulary * width);
            for (int[] targets : List.of(RandomNumbers.ints("targets", rows, vocabulary),
                withGaps(RandomNumbers.ints("targets", rows, vocabulary)))) {
                Shaping shaping = new Shaping(-0.25f, 0.1f, -0.1f, 10);
                float[] before = gaussian("dW", vocabulary * width);
                Result got = train(kernels, h, w, targets, 0.01f, shaping, width, before);
                PolicyHeadReference want = new PolicyHeadReference(h, w, targets, 0.01f, shaping, width, before);
                assertClose("statistics", want.statistics, got.statistics, 1e-5, 1e-5);
                assertClose("dH", want.dH, got.dH, 1e-5, 1e-7);
                assertClose("dW", want.dW, got.dW, 1e-5, 1e-7);
                assertSameBits("statistics of evaluation", got.statistics,
                    evaluate(kernels, h, w, targets, shaping, width));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("sets")
    void withoutRewardsForOthersTheGradientIsCrossEntropys(Kernels kernels) {
        int rows = 40;
        int vocabulary = 130;
        float[] logits = gaussian("logits", rows * vocabulary);
        int[] targets = RandomNumbers.ints("targets", rows, vocabulary);
        Result got = train(kernels, logits, identity(vocabulary), targets, 1f / rows, Shaping.CROSS_ENTROPY,
            vocabulary);
        double[] want = new double[rows * vocabulary];
        for (int r = 0; r < rows; r++) {
            double sum = 0;
            for (int i = 0; i < vocabulary; i++) {
                sum += Math.exp(logits[r * vocabulary + i]);
            }
            for (int i = 0; i < vocabulary; i++) {
                double p = Math.exp(logits[r * vocabulary + i]) / sum;
                want[r * vocabulary + i] = (p - (i == targets[r] ? 1 : 0)) / rows;
            }
            assertEquals(1, got.column(RowStatistics.OBJECTIVE)[r], 1e-6);
            assertEquals(Math.log(sum) - logits[r * vocabulary + targets[r]], got.column(RowStatistics.NLL)[r], 1e-5);
        }
        assertClose("dlogits", want, got.dH, 1e-6, 0);
    }

    @ParameterizedTest
    @MethodSource("sets")
    void amongEqualLogitsTheLowestIdRanksFirst(Kernels kernels) {
        int vocabulary = 40;
        float[] logits = new float[4 * vocabulary];
        for (int r = 0; r < 4; r++) {
            logits[r * vocabulary + 7] = 1;
            logits[r * vocabulary + 21] = r == 3 ? -0f : 1;
        }
        Shaping shaping = new Shaping(0f, 0.1f, -0.1f, 3);
        Result got = train(kernels, logits, identity(vocabulary), new int[] {7, 21, 0, 1}, 1f, shaping, vocabulary);
        assertEquals(List.of(1.0, 0.0, 0.0, 0.0),
            Arrays.stream(got.column(RowStatistics.RANK_ONE)).boxed().toList());
        assertEquals(List.of(1.0, 1.0, 1.0, 1.0),
            Arrays.stream(got.column(RowStatistics.TARGET_IN_TOP_K)).boxed().toList());
    }

    @ParameterizedTest
    @MethodSource("sets")
    void nearlyCertainRowsKeepTheirEntropyAndGradient(Kernels kernels) {
        int vocabulary = 5000;
        float[] logits = new float[2 * vocabulary];
        logits[3] = 25f;                 // 5000 others of e^-25: 7e-8 together, each lost beside 1 in single precision
        logits[vocabulary + 4] = 14f;    // another token than the target takes nearly all
        int[] targets = {3, 100};
        Shaping shaping = new Shaping(0.5f, 0.1f, -0.1f, 10);
        float[] w = new float[vocabulary * 2];
        float[] h = {1, 0, 0, 1};
        for (int i = 0; i < vocabulary; i++) {
            w[2 * i] = logits[i];
            w[2 * i + 1] = logits[vocabulary + i];
        }
        Result got = train(kernels, h, w, targets, 1f, shaping, 2);
        PolicyHeadReference want = new PolicyHeadReference(h, w, targets, 1f, shaping, 2, new float[w.length]);
        for (int r = 0; r < 2; r++) {
            assertEquals(want.statistics[r * 8 + RowStatistics.ENTROPY],
                got.column(RowStatistics.ENTROPY)[r], 1e-6, "entropy");
            assertEquals(want.statistics[r * 8 + RowStatistics.NLL], got.column(RowStatistics.NLL)[r],
                1e-6 * Math.max(1e-1, want.statistics[r * 8 + RowStatistics.NLL]), "nll");
        }
        assertClose("dH of the certain row", Arrays.copyOf(want.dH, 2), Arrays.copyOf(got.dH, 2), 1e-4, 0);
    }

    @ParameterizedTest
    @MethodSource("sets")
    void theBitsDoNotDependOnTheNumberOfThreads(Kernels kernels) {
        int rows = 400;
        int width = 20;
        int vocabulary = 75;
        float[] h = gaussian("h", rows * width);
        float[] w = gaussian("w", vocabulary * width);
        int[] targets = withGaps(RandomNumbers.ints("targets", rows, vocabulary));
        Shaping shaping = new Shaping(0.5f, 0f, -0.1f, 10);
        int threads = Workers.threads();
        try {
            Workers.use(1);
            Result one = train(kernels, h, w, targets, 0.01f, shaping, width);
            for (int n = 2; n <= 3; n++) {
                Workers.use(n);
                Result many = train(kernels, h, w, targets, 0.01f, shaping, width);
                assertSameBits("statistics", one.statistics, many.statistics);
                assertSameBits("dH", one.dH, many.dH);
                assertSameBits("dW", one.dW, many.dW);
            }
        } finally {
            Workers.use(threads);
        }
    }

    @ParameterizedTest
    @MethodSource("sets")
    void withoutATargetTheGradientIsZero(Kernels kernels) {
        float[] w = gaussian("w", 50 * 4);
        Result r = train(kernels, gaussian("h", 3 * 4), w, new int[] {-1, -1, -1}, 1f, new Shaping(0f, 0f, 0f, 5), 4);
        assertSameBits("dW", new float[w.length], r.dW);
        assertSameBits("dH", new float[3 * 4], r.dH);
    }

    @ParameterizedTest
    @MethodSource("sets")
    void aRowThatIsNotANumberSpoilsItselfOnly(Kernels kernels) {
        int vocabulary = 50;
        float[] h = gaussian("h", 3 * 4);
        h[5] = Float.NaN;
        float[] w = gaussian("w", vocabulary * 4);
        float[] statistics = evaluate(kernels, h, w, new int[] {1, 2, 3}, new Shaping(0.5f, 0f, -0.1f, 5), 4);
        assertTrue(Float.isFinite(statistics[RowStatistics.NLL]));
        assertTrue(Float.isNaN(statistics[RowStatistics.COLUMNS + RowStatistics.NLL]));
        assertTrue(Float.isFinite(statistics[2 * RowStatistics.COLUMNS + RowStatistics.NLL]));
    }

    /** Overwrites dW. */
    static Result train(Kernels kernels, float[] h, float[] w, int[] targets, float scale, Shaping shaping,
        int width) {
        float[] nonsense = new float[w.length];
        Arrays.fill(nonsense, Float.NaN);
        return train(kernels, h, w, targets, scale, shaping, width, nonsense, false);
    }

    /** Adds to {@code before}. */
    static Result train(Kernels kernels, float[] h, float[] w, int[] targets, float scale, Shaping shaping,
        int width, float[] before) {
        return train(kernels, h, w, targets, scale, shaping, width, before, true);
    }

    private static Result train(Kernels kernels, float[] h, float[] w, int[] targets, float scale, Shaping shaping,
        int width, float[] before, boolean accumulate) {
        try (KernelHarness harness = new KernelHarness(kernels)) {
            int rows = targets.length;
            Tensor hIn = harness.input("h", rows, width, h);
            Tensor wIn = harness.input("w", w.length / width, width, w);
            Tensor targetsIn = harness.ints("targets", targets);
            Tensor scaleIn = harness.input("scale", 1, 1, scale);
            Tensor statistics = harness.output("statistics", rows, RowStatistics.COLUMNS);
            Tensor dH = harness.output("dH", rows, width);
            Tensor dW = harness.inOut("dW", w.length / width, width, before);
            harness.run((k, p) ->
                k.policyHead(p, hIn, wIn, targetsIn, scaleIn, shaping, statistics, dH, dW, accumulate));
            return new Result(harness.values(statistics), harness.values(dH), harness.values(dW));
        }
    }

    private static float[] evaluate(Kernels kernels, float[] h, float[] w, int[] targets, Shaping shaping, int width) {
        try (KernelHarness harness = new KernelHarness(kernels)) {
            Tensor hIn = harness.input("h", targets.length, width, h);
            Tensor wIn = harness.input("w", w.length / width, width, w);
            Tensor targetsIn = harness.ints("targets", targets);
            Tensor scaleIn = harness.input("scale", 1, 1, 1f);
            Tensor statistics = harness.output("statistics", targets.length, RowStatistics.COLUMNS);
            harness.run((k, p) ->
                k.policyHead(p, hIn, wIn, targetsIn, scaleIn, shaping, statistics, null, null, false));
            return harness.values(statistics);
        }
    }

    /** About a third of the rows without a target. */
    private static int[] withGaps(int[] targets) {
        int[] gaps = RandomNumbers.ints("gaps", targets.length, 3);
        for (int r = 0; r < targets.length; r++) {
            targets[r] = gaps[r] == 0 ? -1 : targets[r];
        }
        return targets;
    }

    static float[] identity(int n) {
        float[] matrix = new float[n * n];
        for (int i = 0; i < n; i++) {
            matrix[i * n + i] = 1;
        }
        return matrix;
    }
}
