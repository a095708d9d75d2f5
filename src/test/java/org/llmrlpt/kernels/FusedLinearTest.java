package org.llmrlpt.kernels;

import static org.llmrlpt.kernels.Closeness.assertClose;
import static org.llmrlpt.kernels.Closeness.assertSameBits;
import static org.llmrlpt.kernels.Closeness.doubles;
import static org.llmrlpt.kernels.RandomNumbers.gaussian;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.llmrlpt.device.Tensor;
import org.llmrlpt.kernels.KernelHarness.Layout;
import org.llmrlpt.kernels.cpu.CpuKernels;

/** Products together with what follows them: the same numbers, to the bit, as one after the other. */
class FusedLinearTest {
    /** Rows R, width C, half of the rows of the first weights F. */
    private static final int[][] SHAPES = {{1, 1, 1}, {3, 5, 7}, {20, 17, 32}, {50, 64, 48}, {65, 33, 64}};
    /**
     * For the cpu kernels: several tasks of rows and of columns, several parts of the sum, panels packed in several
     * chunks of columns and of the sum, a wide product.
     */
    private static final int[][] LARGE_SHAPES = {{500, 40, 1120}, {430, 900, 96}, {750, 1040, 1056}, {130, 24, 2080},
        {300, 40, 1063}};

    @ParameterizedTest
    @MethodSource("org.llmrlpt.kernels.TestedKernels#all")
    void agreesWithItsDefinitionAndWithTheSeparateTasks(Kernels kernels) {
        for (int[] shape : SHAPES) {
            check(kernels, shape, Layout.CONTIGUOUS);
        }
    }

    @Test
    void agreesWithTheSeparateTasksHoweverItIsCut() {
        for (int[] shape : LARGE_SHAPES) {
            check(new CpuKernels(), shape, Layout.STRIDED);
        }
    }

    private static void check(Kernels kernels, int[] shape, Layout layout) {
        int r = shape[0];
        int c = shape[1];
        int f = shape[2];
        float[] xs = gaussian("x", r * c);
        float[] ups = gaussian("gateUp", 2 * f * c);
        float[] downs = gaussian("down", c * f);
        float[] dYs = gaussian("dY", r * c);
        try (KernelHarness h = new KernelHarness(kernels)) {
            Tensor x = h.input("x", r, c, layout, xs);
            Tensor wGateUp = h.input("wGateUp", 2 * f, c, ups);
            Tensor wDown = h.input("wDown", c, f, downs);
            Tensor dY = h.input("dY", r, c, layout, dYs);
            Tensor fused = h.inOut("gateUp, again", 3 * r, f, new float[3 * r * f]);
            Tensor gateUp = fused.matrix("gateUp", 0, r, 2 * f);
            Tensor again = fused.rows(2 * r, r);
            Tensor out = h.output("out", r, f, layout);
            Tensor y = h.output("y", r, c, layout);
            Tensor forward = h.output("forward", r, 2 * f);
            Tensor plain = h.inOut("plain gateUp, again", 3 * r, f, new float[3 * r * f]);
            Tensor plainGateUp = plain.matrix("plain gateUp", 0, r, 2 * f);
            Tensor plainAgain = plain.rows(2 * r, r);
            Tensor plainOut = h.output("plainOut", r, f, layout);
            Tensor plainY = h.output("plainY", r, c, layout);
            Tensor plainForward = h.output("plainForward", r, 2 * f);
            Tensor zeros = h.input("zeros", r, 2 * f, new float[2 * r * f]);
            h.run((k, p) -> {
                k.linearSwiGlu(p, x, wGateUp, gateUp, out);
                k.linearAdd(p, out, wDown, x, y);
                k.add(p, gateUp, zeros, forward);
                k.linearBackwardSwiGlu(p, dY, wDown, gateUp, again);
                k.linear(p, x, wGateUp, plainGateUp);
                k.swiGlu(p, plainGateUp, plainOut);
                k.linear(p, plainOut, wDown, plainY);
                k.add(p, x, plainY, plainY);
                k.add(p, plainGateUp, zeros, plainForward);
                k.linearBackwardInput(p, dY, wDown, plainAgain, false);
                k.swiGluBackward(p, plainGateUp, plainAgain, plainGateUp, plainAgain);
            });
            String name = " of " + Arrays.toString(shape) + " " + layout;
            assertSameBits("gateUp" + name, h.values(plainForward), h.values(forward));
            assertSameBits("out" + name, h.values(plainOut), h.values(out));
            assertSameBits("y" + name, h.values(plainY), h.values(y));
            assertSameBits("dGateUp and out again" + name, h.values(plain), h.values(fused));
            assertSameBits("out again" + name, h.values(out),
                Arrays.copyOfRange(h.values(fused), 2 * r * f, 3 * r * f));
            double[] wantGateUp = References.linear(doubles(xs), doubles(ups), r, 2 * f, c);
            double[] wantOut = References.swiGlu(wantGateUp, f);
            assertClose("gateUp" + name, wantGateUp, h.values(forward));
            assertClose("out" + name, wantOut, h.values(out));
            assertClose("y" + name, References.sum(References.linear(wantOut, doubles(downs), r, c, f), xs),
                h.values(y));
        }
    }
}
