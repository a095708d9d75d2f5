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

/** A product with its residual: the same numbers, to the bit, as one after the other. */
class LinearAddTest {
    /** Rows R, inputs K, outputs N. */
    private static final int[][] SHAPES = {{1, 1, 1}, {3, 5, 7}, {20, 17, 32}, {50, 64, 48}, {65, 33, 64}};
    /**
     * For the cpu kernels: several tasks of rows and of columns, several parts of the sum, panels packed in several
     * chunks of columns and of the sum, a wide product.
     */
    private static final int[][] LARGE_SHAPES = {{500, 40, 1120}, {430, 900, 96}, {600, 1056, 1000}, {720, 1100, 1920},
        {130, 24, 4100}, {300, 40, 1063}};

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
        int k = shape[1];
        int n = shape[2];
        float[] xs = gaussian("x", r * k);
        float[] ws = gaussian("w", n * k);
        float[] residuals = gaussian("residual", r * n);
        try (KernelHarness h = new KernelHarness(kernels)) {
            Tensor x = h.input("x", r, k, layout, xs);
            Tensor w = h.input("w", n, k, ws);
            Tensor residual = h.input("residual", r, n, layout, residuals);
            Tensor y = h.output("y", r, n, layout);
            Tensor plain = h.output("plain", r, n, layout);
            h.run((set, p) -> {
                set.linearAdd(p, x, w, residual, y);
                set.linear(p, x, w, plain);
                set.add(p, residual, plain, plain);
            });
            String name = "y of " + Arrays.toString(shape);
            assertSameBits(name, h.values(plain), h.values(y));
            assertClose(name, References.sum(References.linear(doubles(xs), doubles(ws), r, n, k), residuals),
                h.values(y));
        }
    }
}
