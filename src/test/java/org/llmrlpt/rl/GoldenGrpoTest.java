package org.llmrlpt.rl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.llmrlpt.kernels.Closeness.assertClose;

import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.llmrlpt.config.RlSettings.AdvantageStd;
import org.llmrlpt.kernels.Golden;
import org.llmrlpt.kernels.Kernels;
import org.llmrlpt.kernels.PolicyGradientTest;
import org.llmrlpt.kernels.SampledTokens;
import org.llmrlpt.kernels.Surrogate;
import org.llmrlpt.kernels.SurrogateStatistics;

/** Advantages, dynamic filter and clipped surrogate against the golden vectors. */
class GoldenGrpoTest {
    @ParameterizedTest
    @MethodSource("org.llmrlpt.kernels.TestedKernels#all")
    void advantagesLossAndGradientAgreeWithTheGoldenVectors(Kernels kernels) {
        for (Golden golden : Golden.cases("grpo")) {
            int groups = golden.shape("rewards")[0];
            int size = golden.shape("rewards")[1];
            double[] advantages = new double[groups * size];
            boolean[] keep = new boolean[groups];
            for (int g = 0; g < groups; g++) {
                double[] group = group(golden, g * size, size);
                System.arraycopy(Advantages.of(group, AdvantageStd.POPULATION), 0, advantages, g * size, size);
                keep[g] = !Advantages.allEqual(group);
                assertEquals(golden.expectedInts("keep_group")[g], keep[g] ? 1 : 0, golden + ": keep_group");
            }
            assertClose(golden + ": advantages", golden.expected("advantages"), floats(advantages), 1e-6, 1e-9);
            boolean[] all = new boolean[groups];
            Arrays.fill(all, true);
            check(kernels, golden, "all.", advantages, all, size);
            check(kernels, golden, "filtered.", advantages, keep, size);
        }
    }

    private static double[] group(Golden golden, int from, int size) {
        float[] rewards = golden.floats("rewards");
        double[] group = new double[size];
        Arrays.setAll(group, i -> rewards[from + i]);
        return group;
    }

    /**
     * A vocabulary of two gives each token any log-probability below 0. The vectors' are not all below 0, so all are
     * lowered by 1, which leaves every ratio as it is.
     */
    private static void check(Kernels kernels, Golden golden, String part, double[] advantages, boolean[] kept,
        int size) {
        float[] now = golden.floats("logp_new");
        float[] old = golden.floats("logp_old");
        float[] mask = golden.floats("mask");
        int length = golden.shape("logp_new")[1];
        float[] logits = new float[2 * now.length];
        float[] tokens = new float[now.length * SampledTokens.COLUMNS];
        int[] targets = new int[now.length];
        double counted = 0;
        for (int i = 0; i < now.length; i++) {
            targets[i] = mask[i] != 0 && kept[i / length / size] ? 0 : -1;
            counted += targets[i] + 1;
        }
        assertEquals(golden.expectedInts(part + "tokens")[0], (int) counted, golden + ": tokens");
        for (int i = 0; i < now.length; i++) {
            double p = Math.exp(now[i] - 1);
            logits[2 * i] = (float) Math.log(p / (1 - p));
            int at = i * SampledTokens.COLUMNS;
            tokens[at + SampledTokens.OLD_LOG_P] = old[i] - 1;
            tokens[at + SampledTokens.ADVANTAGE] = (float) advantages[i / length];
            tokens[at + SampledTokens.WEIGHT] = (float) (1 / Math.max(1, counted));
        }
        Surrogate surrogate = new Surrogate((float) golden.config("eps_low"), (float) golden.config("eps_high"), 0, 1);
        PolicyGradientTest.Result got = PolicyGradientTest.train(kernels, logits, new float[] {1, 0, 0, 1}, targets,
            tokens, surrogate, 2);
        assertClose(golden + ": loss", golden.expected(part + "loss"),
            new float[] {(float) sum(got.column(SurrogateStatistics.LOSS))});
        float[] slopes = new float[now.length];
        for (int i = 0; i < now.length; i++) {
            slopes[i] = (float) (got.dH()[2 * i] / (1 - Math.exp(now[i] - 1)));
        }
        assertClose(golden + ": dlogp_new", golden.expected(part + "dlogp_new"), slopes);
        double clipped = sum(got.column(SurrogateStatistics.CLIPPED_LOW))
            + sum(got.column(SurrogateStatistics.CLIPPED_HIGH));
        assertEquals(golden.expected(part + "clip_fraction")[0], clipped / Math.max(1, counted), 1e-9,
            golden + ": clip_fraction");
    }

    private static double sum(float[] values) {
        double sum = 0;
        for (float v : values) {
            sum += v;
        }
        return sum;
    }

    private static float[] floats(double[] values) {
        float[] narrow = new float[values.length];
        for (int i = 0; i < narrow.length; i++) {
            narrow[i] = (float) values[i];
        }
        return narrow;
    }
}
