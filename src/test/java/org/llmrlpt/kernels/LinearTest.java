package org.llmrlpt.kernels;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.llmrlpt.kernels.Closeness.assertClose;
import static org.llmrlpt.kernels.Closeness.doubles;
import static org.llmrlpt.kernels.RandomNumbers.gaussian;

import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.llmrlpt.device.Tensor;
import org.llmrlpt.kernels.KernelHarness.Layout;

class LinearTest {
    /** Rows R, inputs K, outputs N; of many rows the gpu kernels sum the weights' gradient in parts. */
    private static final int[][] SHAPES = {{1, 1, 1}, {3, 5, 7}, {1, 33, 20}, {20, 17, 40}, {50, 64, 48}, {33, 70, 35},
        {64, 16, 64}, {65, 130, 67}, {1030, 9, 17}};

    @ParameterizedTest
    @MethodSource("org.llmrlpt.kernels.TestedKernels#all")
    void agreesWithItsDefinitionForAnyShape(Kernels kernels) {
        for (int[] shape : SHAPES) {
            forwardAndBackward(kernels, shape, Layout.CONTIGUOUS, false);
        }
    }

    @ParameterizedTest
    @MethodSource("org.llmrlpt.kernels.TestedKernels#all")
    void worksOnViewsWithGapsBetweenTheirRows(Kernels kernels) {
        for (int[] shape : SHAPES) {
            forwardAndBackward(kernels, shape, Layout.STRIDED, false);
        }
    }

    @ParameterizedTest
    @MethodSource("org.llmrlpt.kernels.TestedKernels#all")
    void addsToTheGradientsThatAreThere(Kernels kernels) {
        for (int[] shape : SHAPES) {
            forwardAndBackward(kernels, shape, Layout.STRIDED, true);
        }
    }

    @ParameterizedTest
    @MethodSource("org.llmrlpt.kernels.TestedKernels#all")
    void packedWeightsGiveTheSameBits(Kernels kernels) {
        for (int[] shape : SHAPES) {
            int r = shape[0];
            int k = shape[1];
            int n = shape[2];
            try (KernelHarness h = new KernelHarness(kernels)) {
                Tensor x = h.input("x", r, k, Layout.STRIDED, gaussian("x", r * k));
                Tensor w = h.input("w", n, k, gaussian("w", n * k));
                int floats = Math.toIntExact(kernels.packedFloats(w));
                assertEquals(kernels.name().equals("cpu"), floats > 0, "only the cpu kernels pack weights");
                if (floats > 0) {
                    Tensor packed = h.inOut("packed", 1, floats, new float[floats]);
                    Tensor plain = h.output("plain", r, n, Layout.STRIDED);
                    Tensor y = h.output("y", r, n, Layout.STRIDED);
                    h.run((set, p) -> {
                        set.pack(p, w, packed);
                        set.linear(p, x, w, plain);
                        set.linearPacked(p, x, packed, y);
                    });
                    assertArrayEquals(h.values(plain), h.values(y), Arrays.toString(shape));
                }
            }
        }
    }

    static void forwardAndBackward(Kernels kernels, int[] shape, Layout layout, boolean accumulate) {
        int r = shape[0];
        int k = shape[1];
        int n = shape[2];
        float[] xs = gaussian("x", r * k);
        float[] ws = gaussian("w", n * k);
        float[] dYs = gaussian("dY", r * n);
        float[] dXBefore = accumulate ? gaussian("dX", r * k) : new float[r * k];
        float[] dWBefore = accumulate ? gaussian("dW", n * k) : new float[n * k];
        try (KernelHarness h = new KernelHarness(kernels)) {
            Tensor x = h.input("x", r, k, layout, xs);
            Tensor w = h.input("w", n, k, ws);
            Tensor dY = h.input("dY", r, n, layout, dYs);
            Tensor y = h.output("y", r, n, layout);
            Tensor dX = accumulate ? h.inOut("dX", r, k, layout, dXBefore) : h.output("dX", r, k, layout);
            Tensor dW = accumulate ? h.inOut("dW", n, k, dWBefore) : h.output("dW", n, k);
            h.run((set, p) -> {
                set.linear(p, x, w, y);
                set.linearBackwardInput(p, dY, w, dX, accumulate);
                set.linearBackwardWeight(p, dY, x, dW, accumulate);
            });
            String name = " of " + Arrays.toString(shape);
            double[] wantX = References.linear(doubles(dYs), transposed(ws, n, k), r, k, n);
            double[] wantW = References.linear(transposed(dYs, r, n), transposed(xs, r, k), n, k, r);
            assertClose("y" + name, References.linear(doubles(xs), doubles(ws), r, n, k), h.values(y));
            assertClose("dX" + name, References.sum(wantX, dXBefore), h.values(dX));
            assertClose("dW" + name, References.sum(wantW, dWBefore), h.values(dW));
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
