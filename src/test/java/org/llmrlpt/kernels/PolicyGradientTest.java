package org.llmrlpt.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.llmrlpt.kernels.Closeness.assertClose;
import static org.llmrlpt.kernels.Closeness.assertSameBits;
import static org.llmrlpt.kernels.RandomNumbers.gaussian;

import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.llmrlpt.device.Tensor;
import org.llmrlpt.kernels.cpu.Workers;

public class PolicyGradientTest {
    private static final Surrogate PLAIN = new Surrogate(0.2f, 0.28f, 0f, 1f);

    static Stream<Named<Kernels>> sets() {
        return TestedKernels.all();
    }

    @ParameterizedTest
    @MethodSource("sets")
    void gradientsAgreeWithFiniteDifferences(Kernels kernels) {
        int rows = 9;
        int width = 5;
        int vocabulary = 12;
        float[] h = gaussian("h", rows * width);
        float[] w = gaussian("w", vocabulary * width);
        int[] targets = RandomNumbers.ints("targets", rows, vocabulary);
        targets[4] = -1;
        for (Surrogate surrogate : new Surrogate[] {PLAIN, new Surrogate(0.2f, 0.28f, 0.3f, 0.7f)}) {
            float[] tokens = tokens(h, w, targets, surrogate, width);
            PolicyGradientReference reference = new PolicyGradientReference(w, targets, tokens, surrogate, width);
            Result got = train(kernels, h, w, targets, tokens, surrogate, width);
            double[] statistics = reference.statistics(Closeness.doubles(h));
            assertTrue(sum(statistics, SurrogateStatistics.CLIPPED_LOW) > 0, "some token is clipped below");
            assertTrue(sum(statistics, SurrogateStatistics.CLIPPED_HIGH) > 0, "some token is clipped above");
            assertClose("statistics", statistics, got.statistics, 1e-5, 1e-6);
            assertClose("dH", FiniteDifferences.gradient(h, reference::lossOfH), got.dH, 1e-5, 1e-6);
            double[] center = Closeness.doubles(h);
            assertClose("dW", FiniteDifferences.gradient(w, at -> reference.lossOfW(center, at)), got.dW, 1e-5, 1e-6);
            assertSameBits("statistics of evaluation", got.statistics,
                evaluate(kernels, h, w, targets, tokens, surrogate, width));
        }
    }

    @ParameterizedTest
    @MethodSource("sets")
    void manyRowsWithGapsAgreeWithDoublePrecision(Kernels kernels) {
        int rows = 400;
        int width = 8;
        int vocabulary = 61;
        float[] h = gaussian("h", rows * width);
        float[] w = gaussian("w", vocabulary * width);
        int[] targets = withGaps(RandomNumbers.ints("targets", rows, vocabulary));
        float[] tokens = tokens(h, w, targets, PLAIN, width);
        Result got = train(kernels, h, w, targets, tokens, PLAIN, width);
        PolicyGradientReference reference = new PolicyGradientReference(w, targets, tokens, PLAIN, width);
        assertClose("statistics", reference.statistics(Closeness.doubles(h)), got.statistics, 1e-5, 1e-6);
        for (int r = 0; r < rows; r++) {
            if (targets[r] < 0) {
                assertClose("dH of a row without a token", new double[width],
                    Arrays.copyOfRange(got.dH, r * width, (r + 1) * width), 0, 0);
            }
        }
    }

    /** At a ratio of 1 the surrogate's gradient is that of -A log p. */
    @ParameterizedTest
    @MethodSource("sets")
    void onPolicyWithAdvantageOneTheGradientIsCrossEntropys(Kernels kernels) {
        int rows = 20;
        int vocabulary = 50;
        float[] logits = gaussian("logits", rows * vocabulary);
        float[] w = PolicyHeadTest.identity(vocabulary);
        int[] targets = RandomNumbers.ints("targets", rows, vocabulary);
        float[] tokens = tokens(logits, w, targets, PLAIN, vocabulary);
        float[] logP = column(evaluate(kernels, logits, w, targets, tokens, PLAIN, vocabulary),
            SurrogateStatistics.LOG_P);
        for (int r = 0; r < rows; r++) {
            tokens[r * SampledTokens.COLUMNS + SampledTokens.OLD_LOG_P] = logP[r];
            tokens[r * SampledTokens.COLUMNS + SampledTokens.ADVANTAGE] = 1;
            tokens[r * SampledTokens.COLUMNS + SampledTokens.WEIGHT] = 1f / rows;
        }
        PolicyHeadTest.Result crossEntropy = PolicyHeadTest.train(kernels, logits, w, targets, 1f / rows,
            Shaping.CROSS_ENTROPY, vocabulary);
        Result got = train(kernels, logits, w, targets, tokens, PLAIN, vocabulary);
        assertClose("dlogits", Closeness.doubles(crossEntropy.dH()), got.dH, 1e-5, 1e-8);
        assertClose("nll", crossEntropy.column(RowStatistics.NLL), negated(logP), 1e-6, 1e-7);
        assertClose("entropy", crossEntropy.column(RowStatistics.ENTROPY),
            column(got.statistics, SurrogateStatistics.ENTROPY), 1e-6, 1e-6);
    }

    @ParameterizedTest
    @MethodSource("sets")
    void nearlyCertainTokensKeepTheirDigits(Kernels kernels) {
        int vocabulary = 5000;
        float[] logits = new float[vocabulary];
        logits[3] = 25f;                 // 5000 others of e^-25: 7e-8 together, each lost beside 1 in single precision
        float[] tokens = new float[] {0, 1, 1, 0};
        Result got = train(kernels, new float[] {1}, logits, new int[] {3}, tokens, PLAIN, 1);
        double others = (vocabulary - 1) * Math.exp(-25);
        assertEquals(-others, got.statistics[SurrogateStatistics.LOG_P], 1e-4 * others);
        assertEquals(others * 26, got.statistics[SurrogateStatistics.ENTROPY], 1e-4 * others * 26);
        assertEquals(-others, got.dW[3], 1e-4 * others);
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
        Surrogate surrogate = new Surrogate(0.2f, 0.28f, 0.1f, 0.9f);
        float[] tokens = tokens(h, w, targets, surrogate, width);
        int threads = Workers.threads();
        try {
            Workers.use(1);
            Result one = train(kernels, h, w, targets, tokens, surrogate, width);
            for (int n = 2; n <= 3; n++) {
                Workers.use(n);
                Result many = train(kernels, h, w, targets, tokens, surrogate, width);
                assertSameBits("statistics", one.statistics, many.statistics);
                assertSameBits("dH", one.dH, many.dH);
                assertSameBits("dW", one.dW, many.dW);
            }
        } finally {
            Workers.use(threads);
        }
    }

    /** What a training pass leaves. */
    public record Result(float[] statistics, float[] dH, float[] dW) {
        /** One of {@link SurrogateStatistics} for all rows. */
        public float[] column(int column) {
            return PolicyGradientTest.column(statistics, column);
        }
    }

    /** Runs the head with its gradients. */
    public static Result train(Kernels kernels, float[] h, float[] w, int[] targets, float[] tokens,
        Surrogate surrogate, int width) {
        try (KernelHarness harness = new KernelHarness(kernels)) {
            int rows = targets.length;
            Tensor hIn = harness.input("h", rows, width, h);
            Tensor wIn = harness.input("w", w.length / width, width, w);
            Tensor targetsIn = harness.ints("targets", targets);
            Tensor tokensIn = harness.input("tokens", rows, SampledTokens.COLUMNS, tokens);
            Tensor statistics = harness.output("statistics", rows, SurrogateStatistics.COLUMNS);
            Tensor dH = harness.output("dH", rows, width);
            float[] nonsense = new float[w.length];
            Arrays.fill(nonsense, Float.NaN);
            Tensor dW = harness.inOut("dW", w.length / width, width, nonsense);
            harness.run((k, p) ->
                k.policyGradient(p, hIn, wIn, targetsIn, tokensIn, surrogate, statistics, dH, dW, false));
            return new Result(harness.values(statistics), harness.values(dH), harness.values(dW));
        }
    }

    private static float[] evaluate(Kernels kernels, float[] h, float[] w, int[] targets, float[] tokens,
        Surrogate surrogate, int width) {
        try (KernelHarness harness = new KernelHarness(kernels)) {
            Tensor hIn = harness.input("h", targets.length, width, h);
            Tensor wIn = harness.input("w", w.length / width, width, w);
            Tensor targetsIn = harness.ints("targets", targets);
            Tensor tokensIn = harness.input("tokens", targets.length, SampledTokens.COLUMNS, tokens);
            Tensor statistics = harness.output("statistics", targets.length, SurrogateStatistics.COLUMNS);
            harness.run((k, p) ->
                k.policyGradient(p, hIn, wIn, targetsIn, tokensIn, surrogate, statistics, null, null, false));
            return harness.values(statistics);
        }
    }

    /** Advantages and weights of random size, and old log-probabilities not far from the new ones. */
    private static float[] tokens(float[] h, float[] w, int[] targets, Surrogate surrogate, int width) {
        float[] random = gaussian("tokens", targets.length * SampledTokens.COLUMNS);
        float[] tokens = new float[random.length];
        double[] now = new PolicyGradientReference(w, targets, tokens, surrogate, width)
            .statistics(Closeness.doubles(h));
        for (int r = 0; r < targets.length; r++) {
            int at = r * SampledTokens.COLUMNS;
            double logP = now[r * SurrogateStatistics.COLUMNS + SurrogateStatistics.LOG_P];
            tokens[at + SampledTokens.OLD_LOG_P] = (float) (logP + 0.4 * random[at]);
            tokens[at + SampledTokens.ADVANTAGE] = random[at + 1];
            tokens[at + SampledTokens.WEIGHT] = 0.1f + Math.abs(random[at + 2]);
            tokens[at + SampledTokens.REFERENCE_LOG_P] = (float) (logP + 0.2 * random[at + 3]);
        }
        return tokens;
    }

    private static float[] column(float[] statistics, int column) {
        float[] values = new float[statistics.length / SurrogateStatistics.COLUMNS];
        for (int r = 0; r < values.length; r++) {
            values[r] = statistics[r * SurrogateStatistics.COLUMNS + column];
        }
        return values;
    }

    private static double sum(double[] statistics, int column) {
        double sum = 0;
        for (int at = column; at < statistics.length; at += SurrogateStatistics.COLUMNS) {
            sum += statistics[at];
        }
        return sum;
    }

    private static float[] negated(float[] values) {
        float[] negated = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            negated[i] = -values[i];
        }
        return negated;
    }

    /** About a third of the rows without a token. */
    private static int[] withGaps(int[] targets) {
        int[] gaps = RandomNumbers.ints("gaps", targets.length, 3);
        for (int r = 0; r < targets.length; r++) {
            targets[r] = gaps[r] == 0 ? -1 : targets[r];
        }
        return targets;
    }
}
