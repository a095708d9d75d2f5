package org.llmrlpt.kernels.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.llmrlpt.kernels.Closeness.assertClose;
import static org.llmrlpt.kernels.Closeness.doubles;
import static org.llmrlpt.kernels.RandomNumbers.gaussian;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.llmrlpt.device.Tensor;
import org.llmrlpt.kernels.KernelHarness;
import org.llmrlpt.kernels.KernelHarness.Layout;
import org.llmrlpt.kernels.References;

/** Products on tensor cores, which OpenCL has not. */
@Tag("fallback")
class HalfProductTest {
    /** Operands are rounded to 11 bits, sums are not. */
    private static final double RTOL = 1.5e-3;

    @ParameterizedTest
    @CsvSource({"1, 1, 1", "3, 5, 7", "20, 70, 40", "128, 32, 128", "130, 33, 129", "1030, 9, 17"})
    void agreesWithItsDefinitionForAnyShape(int r, int k, int n) {
        for (Layout layout : Layout.values()) {
            products(r, k, n, layout, false, 1f);
            products(r, k, n, layout, true, 1f);
        }
    }

    @ParameterizedTest
    @CsvSource({"1e-12", "1e-7", "1e5", "0"})
    void aGradientOfAnyMagnitudeKeepsItsDigits(float magnitude) {
        products(20, 70, 40, Layout.CONTIGUOUS, false, magnitude);
    }

    private static void products(int r, int k, int n, Layout layout, boolean accumulate, float magnitude) {
        float[] xs = gaussian("x", r * k);
        float[] ws = gaussian("w", n * k);
        float[] dYs = gaussian("dY", r * n);
        for (int i = 0; i < dYs.length; i++) {
            dYs[i] *= magnitude;
        }
        float[] dXBefore = accumulate ? gaussian("dX", r * k) : new float[r * k];
        float[] dWBefore = accumulate ? gaussian("dW", n * k) : new float[n * k];
        try (KernelHarness h = new KernelHarness(new GpuKernels(true))) {
            Tensor x = h.input("x", r, k, layout, xs);
            Tensor w = h.input("w", n, k, ws);
            Tensor dY = h.input("dY", r, n, layout, dYs);
            Tensor y = h.output("y", r, n, layout);
            Tensor dX = accumulate ? h.inOut("dX", r, k, layout, dXBefore) : h.output("dX", r, k, layout);
            Tensor dW = h.inOut("dW", n, k, dWBefore);
            h.run((set, p) -> {
                set.linear(p, x, w, y);
                int before = p.place();
                set.linearBackwardInput(p, dY, w, dX, accumulate);
                assertEquals(3, p.place() - before, "dY is measured and scaled");
                set.linearBackwardWeight(p, dY, x, dW, true);
                // Once for both products; many rows are summed in parts.
                assertEquals(r < 1024 ? 4 : 5, p.place() - before);
            });
            double[] wantX = References.linear(doubles(dYs), transposed(ws, n, k), r, k, n);
            double[] wantW = References.linear(transposed(dYs, r, n), transposed(xs, r, k), n, k, r);
            assertClose("y", References.linear(doubles(xs), doubles(ws), r, n, k), h.values(y), RTOL, 0);
            assertClose("dX", References.sum(wantX, dXBefore), h.values(dX), RTOL, 0);
            assertClose("dW", References.sum(wantW, dWBefore), h.values(dW), RTOL, 0);
        }
    }

    private static double[] transposed(float[] matrix, int rows, int columns) {
        double[] other = new double[matrix.length];
        for (int i = 0; i < matrix.length; i++) {
            other[i % columns * rows + i / columns] = matrix[i];
        }
        return other;
    }
}
