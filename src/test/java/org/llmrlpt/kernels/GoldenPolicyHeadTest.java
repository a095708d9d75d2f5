package org.llmrlpt.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.llmrlpt.kernels.Closeness.assertClose;

import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The policy head against the golden vectors. */
class GoldenPolicyHeadTest {
    /** With W the identity, h are the logits and dH is their gradient, row by row. */
    @ParameterizedTest
    @MethodSource("org.llmrlpt.kernels.TestedKernels#all")
    void lossStatisticsAndLogitGradientsAgreeWithTheGoldenVectors(Kernels kernels) {
        for (Golden golden : TestedKernels.affordable(Golden.cases("gpo_loss"))) {
            int rows = golden.shape("logits")[0];
            int vocabulary = golden.shape("logits")[1];
            int[] targets = golden.ints("targets");
            long counted = Arrays.stream(targets).filter(t -> t >= 0).count();
            Shaping shaping = new Shaping((float) golden.config("beta"), (float) golden.config("lambda_head"),
                (float) golden.config("lambda_tail"), (int) golden.config("k"));
            PolicyHeadTest.Result got = PolicyHeadTest.train(kernels, golden.floats("logits"),
                PolicyHeadTest.identity(vocabulary), targets,
                counted == 0 ? 0f : 1f / counted, shaping, vocabulary);
            String name = golden + ": ";
            double objective = Arrays.stream(got.column(RowStatistics.OBJECTIVE)).sum();
            double loss = golden.expected("loss")[0];
            assertEquals(loss, counted == 0 ? 0 : -objective / counted, 1e-6 * Math.max(1, Math.abs(loss)),
                name + "loss");
            assertClose(name + "objective", golden.expected("objective"), got.floats(RowStatistics.OBJECTIVE));
            assertClose(name + "entropy", golden.expected("entropy"), got.floats(RowStatistics.ENTROPY), 1e-6, 1e-6);
            assertClose(name + "nll", golden.expected("nll"), got.floats(RowStatistics.NLL), 1e-6, 1e-7);
            assertClose(name + "topk_mass", golden.expected("topk_mass"), got.floats(RowStatistics.TOP_K_MASS));
            for (int r = 0; r < rows; r++) {
                assertEquals(targets[r] >= 0 ? 1 : 0, got.column(RowStatistics.COUNTED)[r], name + "counted");
                assertEquals(golden.expectedInts("target_in_topk")[r], got.column(RowStatistics.TARGET_IN_TOP_K)[r],
                    name + "target_in_topk");
                if (targets[r] >= 0) {
                    assertEquals(Math.exp(-golden.expected("nll")[r]),
                        got.column(RowStatistics.TARGET_PROBABILITY)[r], 1e-6, name + "p_x");
                }
            }
            double[] want = golden.expected("dlogits");
            assertClose(name + "dlogits", want, got.dH());
            for (int r = 0; r < rows; r++) {
                double[] wantRow = Arrays.copyOfRange(want, r * vocabulary, (r + 1) * vocabulary);
                if (Arrays.stream(wantRow).map(Math::abs).max().orElse(0) >= 1e-30) {
                    assertClose(name + "dlogits of row " + r, wantRow,
                        Arrays.copyOfRange(got.dH(), r * vocabulary, (r + 1) * vocabulary), 1e-4, 0);
                }
            }
        }
    }
}
