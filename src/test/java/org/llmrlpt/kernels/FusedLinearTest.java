package org.llmrlpt.kernels;

import static org.llmrlpt.kernels.Closeness.assertClose;
import static org.llmrlpt.kernels.Closeness.assertSameBits;
import static org.llmrlpt.kernels.Closeness.doubles;
import static org.llmrlpt.kernels.RandomNumbers.gaussian;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.llmrlpt.device.Tensor;
import org.llmrlpt.kernels.KernelHarness.Layout;
import org.llmrlpt.kernels.cpu.CpuKernels;

/** Products together with what follows them: the same numbers, to the bit, as one after the other. */
class FusedLinearTest {
    /** Rows R, width C, feed-forward width F. */
    private static final int[][] SHAPES = {{1, 1, 1}, {3, 5, 7}, {20, 17, 32}, {50, 64, 48}, {65, 33, 64}};
    /**
     * For the cpu kernels: several tasks of rows and of columns, several parts of the sum, panels packed in several
     * chunks of columns and of the sum, a wide product.
     */
    private static final int[][] LARGE_SHAPES = {{500, 40, 1120}, {430, 900, 96}, {600, 1040, 1056}, {600, 1056, 1040},
        {130, 4100, 24}, {130, 24, 4100}, {300, 40, 1063}};

    @ParameterizedTest
    @MethodSource("org.llmrlpt.kernels.TestedKernels#all")
    void agreesWithItsDefinitionAndWithTheSeparateTasks(Kernels kernels) {
        for (int[] shape : SHAPES) {
            check(kernels, shape, Layout.CONTIGUOUS);
        }
    }

    @Test
    @EnabledIf("org.llmrlpt.kernels.TestedKernels#isFallback")
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
        float[] ws = gaussian("w", c * f);
        float[] gatesAndUps = gaussian("gateUp", 2 * r * f);
        try (KernelHarness h = new KernelHarness(kernels)) {
            Tensor x = h.input("x", r, c, layout, xs);
            Tensor w = h.input("w", c, f, ws);
            Tensor dY = h.input("dY", r, c, layout, gaussian("dY", r * c));
            Tensor out = h.output("out", r, f, layout);
            Tensor y = h.output("y", r, c, layout);
            Tensor plainY = h.output("plain y", r, c, layout);
            Tensor fused = h.inOut("fused", 3 * r, f, Arrays.copyOf(gatesAndUps, 3 * r * f));
            Tensor gateUp = fused.matrix("gateUp", 0, r, 2 * f);
            Tensor again = fused.rows(2 * r, r);
            Tensor plain = h.inOut("plain", 3 * r, f, Arrays.copyOf(gatesAndUps, 3 * r * f));
            Tensor plainGateUp = plain.matrix("plain gateUp", 0, r, 2 * f);
            Tensor plainAgain = plain.rows(2 * r, r);
            h.run((k, p) -> {
                k.swiGlu(p, gateUp, out);
                k.linearAdd(p, out, w, x, y);
                k.linearBackwardSwiGlu(p, dY, w, gateUp, again);
                k.linear(p, out, w, plainY);
                k.add(p, x, plainY, plainY);
                k.linearBackwardInput(p, dY, w, plainAgain, false);
                k.swiGluBackward(p, plainGateUp, plainAgain, plainGateUp, plainAgain);
            });
            String name = " of " + Arrays.toString(shape);
            assertSameBits("y" + name, h.values(plainY), h.values(y));
            assertSameBits("dGateUp and out again" + name, h.values(plain), h.values(fused));
            assertSameBits("out again" + name, h.values(out),
                Arrays.copyOfRange(h.values(fused), 2 * r * f, 3 * r * f));
            double[] wantOut = References.swiGlu(doubles(gatesAndUps), f);
            assertClose("y" + name, References.sum(References.linear(wantOut, doubles(ws), r, c, f), xs), h.values(y));
        }
    }
}
