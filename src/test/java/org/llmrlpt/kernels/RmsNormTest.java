package org.llmrlpt.kernels;

import static org.llmrlpt.kernels.Closeness.assertClose;
import static org.llmrlpt.kernels.Closeness.assertSameBits;
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
            forwardAndBackward(kernels, shape[0], shape[1]);
        }
    }

    @ParameterizedTest
    @MethodSource("org.llmrlpt.kernels.TestedKernels#all")
    void addsToTheGradientAndLeavesTheNormedRowsInThePlaceOfTheirs(Kernels kernels) {
        int rows = 67;
        int columns = 21;
        float[] dXBefore = gaussian("dX", rows * columns);
        float[] dYs = gaussian("dY", rows * columns);
        try (KernelHarness h = new KernelHarness(kernels)) {
            Tensor x = h.input("x", rows, columns, gaussian("x", rows * columns));
            Tensor w = h.input("w", 1, columns, gaussian("w", columns));
            Tensor dY = h.input("dY", rows, columns, dYs);
            Tensor y = h.output("y", rows, columns);
            Tensor rstd = h.output("rstd", 1, rows);
            Tensor dX = h.output("dX", rows, columns);
            Tensor again = h.output("again", rows, columns);
            Tensor dW = h.inOut("dW", 1, columns, new float[columns]);
            Tensor updated = h.inOut("dX, dY", 2 * rows, columns, SwiGluTest.joined(dXBefore, dYs));
            Tensor added = updated.rows(0, rows);
            Tensor inPlace = updated.rows(rows, rows);
            Tensor dWAgain = h.inOut("dW again", 1, columns, new float[columns]);
            h.run((k, p) -> {
                k.rmsNorm(p, x, w, y, rstd, EPS);
                k.rmsNormBackward(p, x, w, rstd, dY, dX, dW, again, false);
                k.rmsNormBackward(p, x, w, rstd, inPlace, added, dWAgain, inPlace, true);
            });
            float[] want = h.values(dX);
            for (int i = 0; i < want.length; i++) {
                want[i] += dXBefore[i];
            }
            assertClose("dX, then y", doubles(SwiGluTest.joined(want, h.values(y))), h.values(updated));
            assertSameBits("dW", h.values(dW), h.values(dWAgain));
        }
    }

    private static void forwardAndBackward(Kernels kernels, int rows, int columns) {
        int n = rows * columns;
        float[] xs = gaussian("x", n);
        float[] ws = gaussian("w", columns);
        float[] dYs = gaussian("dY", n);
        float[] dWBefore = gaussian("dW", columns);
        try (KernelHarness h = new KernelHarness(kernels)) {
            Tensor x = h.input("x", rows, columns, xs);
            Tensor w = h.input("w", 1, columns, ws);
            Tensor dY = h.input("dY", rows, columns, dYs);
            Tensor y = h.output("y", rows, columns);
            Tensor rstd = h.output("rstd", 1, rows);
            Tensor dX = h.output("dX", rows, columns);
            Tensor again = h.output("again", rows, columns);
            Tensor dW = h.inOut("dW", 1, columns, dWBefore);
            h.run((k, p) -> {
                k.rmsNorm(p, x, w, y, rstd, EPS);
                k.rmsNormBackward(p, x, w, rstd, dY, dX, dW, again, false);
            });
            String shape = " of [" + rows + ", " + columns + "]";
            assertClose("y" + shape, References.rmsNorm(doubles(xs), doubles(ws), columns, EPS), h.values(y));
            assertSameBits("y again" + shape, h.values(y), h.values(again));
            assertClose("rstd" + shape, rstd(xs, rows, columns), h.values(rstd));
            double[] wantX = FiniteDifferences.backward(xs, dYs,
                at -> References.rmsNorm(at, doubles(ws), columns, EPS));
            assertClose("dX" + shape, wantX, h.values(dX));
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
