package org.llmrlpt.kernels;

import static org.llmrlpt.kernels.Closeness.assertClose;
import static org.llmrlpt.kernels.Closeness.doubles;
import static org.llmrlpt.kernels.RandomNumbers.gaussian;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.llmrlpt.device.Tensor;

class RmsNormTest {
    private static final int[][] SHAPES = {{1, 1}, {3, 7}, {5, 16}, {4, 33}, {70, 40}, {130, 19}, {2, 300}};
    private static final float EPS = 1e-5f;

    @ParameterizedTest
    @MethodSource("org.llmrlpt.kernels.TestedKernels#all")
    void agreesWithItsDefinitionForAnyShape(Kernels kernels) {
        for (int[] shape : SHAPES) {
            forwardAndBackward(kernels, shape[0], shape[1], false);
        }
    }

    @ParameterizedTest
    @MethodSource("org.llmrlpt.kernels.TestedKernels#all")
    void addsToTheGradientsThatAreThere(Kernels kernels) {
        forwardAndBackward(kernels, 67, 21, true);
    }

    private static void forwardAndBackward(Kernels kernels, int rows, int columns, boolean accumulate) {
        int n = rows * columns;
        float[] xs = gaussian("x", n);
        float[] ws = gaussian("w", columns);
        float[] dYs = gaussian("dY", n);
        float[] dXBefore = accumulate ? gaussian("dX", n) : new float[n];
        float[] dWBefore = gaussian("dW", columns);
        try (KernelHarness h = new KernelHarness(kernels)) {
            Tensor x = h.input("x", rows, columns, xs);
            Tensor w = h.input("w", 1, columns, ws);
            Tensor dY = h.input("dY", rows, columns, dYs);
            Tensor y = h.output("y", rows, columns);
            Tensor rstd = h.output("rstd", 1, rows);
            Tensor dX = accumulate ? h.inOut("dX", rows, columns, dXBefore) : h.output("dX", rows, columns);
            Tensor dW = h.inOut("dW", 1, columns, dWBefore);
            h.run((k, p) -> {
                k.rmsNorm(p, x, w, y, rstd, EPS);
                k.rmsNormBackward(p, x, w, rstd, dY, dX, dW, accumulate);
            });
            String shape = " of [" + rows + ", " + columns + "]";
            assertClose("y" + shape, References.rmsNorm(doubles(xs), doubles(ws), columns, EPS), h.values(y));
            assertClose("rstd" + shape, rstd(xs, rows, columns), h.values(rstd));
            double[] wantX = FiniteDifferences.backward(xs, dYs,
                at -> References.rmsNorm(at, doubles(ws), columns, EPS));
            assertClose("dX" + shape, References.sum(wantX, dXBefore), h.values(dX));
            double[] wantW = FiniteDifferences.backward(ws, dYs,
                at -> References.rmsNorm(doubles(xs), at, columns, EPS));
            assertClose("dW" + shape, References.sum(wantW, dWBefore), h.values(dW));
        }
    }

    private static double[] rstd(float[] x, int rows, int columns) {
        double[] rstd = new double[rows];
        for (int r = 0; r < rows; r++) {
            double squares = 0;
            for (int c = 0; c < columns; c++) {
                squares += (double) x[r * columns + c] * x[r * columns + c];
            }
            rstd[r] = 1 / Math.sqrt(squares / columns + EPS);
        }
        return rstd;
    }
}
