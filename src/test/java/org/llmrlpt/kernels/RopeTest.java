package org.llmrlpt.kernels;

import static org.llmrlpt.kernels.Closeness.assertClose;
import static org.llmrlpt.kernels.Closeness.doubles;
import static org.llmrlpt.kernels.KernelHarness.Layout.STRIDED;
import static org.llmrlpt.kernels.RandomNumbers.gaussian;

import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.llmrlpt.device.Tensor;

class RopeTest {
    /** Rows, heads, head width. */
    private static final int[][] SHAPES = {{1, 1, 2}, {5, 3, 6}, {7, 2, 32}, {4, 2, 40}, {70, 1, 8}};
    private static final int LENGTH = 50;
    private static final float EPS = 1e-6f;

    @ParameterizedTest
    @MethodSource("org.llmrlpt.kernels.TestedKernels#all")
    void turnsViewsWithGapsBetweenTheirRows(Kernels kernels) {
        for (int[] shape : SHAPES) {
            int rows = shape[0];
            int columns = shape[1] * shape[2];
            int d = shape[2];
            float[] xs = gaussian("x", rows * columns);
            int[] at = RandomNumbers.ints("positions", rows, LENGTH);
            float[] table = References.angles(LENGTH, d, 10000);
            try (KernelHarness h = new KernelHarness(kernels)) {
                Tensor x = h.input("x", rows, columns, STRIDED, xs);
                Tensor positions = h.ints("positions", at);
                Tensor angles = h.input("angles", LENGTH, d, table);
                Tensor y = h.output("y", rows, columns, STRIDED);
                Tensor back = h.output("back", rows, columns, STRIDED);
                h.run((k, p) -> {
                    k.rope(p, x, positions, angles, y, d);
                    k.ropeBackward(p, y, positions, angles, back, d);
                });
                String name = " of " + Arrays.toString(shape);
                assertClose("y" + name, References.rope(doubles(xs), at, table, d), h.values(y));
                assertClose("x turned and turned back" + name, doubles(xs), h.values(back));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("org.llmrlpt.kernels.TestedKernels#all")
    void turnsInPlace(Kernels kernels) {
        float[] xs = gaussian("x", 6 * 24);
        int[] at = RandomNumbers.ints("positions", 6, LENGTH);
        float[] table = References.angles(LENGTH, 12, 500);
        try (KernelHarness h = new KernelHarness(kernels)) {
            Tensor forward = h.inOut("forward", 6, 24, STRIDED, xs);
            Tensor thereAndBack = h.inOut("thereAndBack", 6, 24, STRIDED, xs);
            Tensor positions = h.ints("positions", at);
            Tensor angles = h.input("angles", LENGTH, 12, table);
            h.run((k, p) -> {
                k.rope(p, forward, positions, angles, forward, 12);
                k.rope(p, thereAndBack, positions, angles, thereAndBack, 12);
                k.ropeBackward(p, thereAndBack, positions, angles, thereAndBack, 12);
            });
            assertClose("forward", References.rope(doubles(xs), at, table, 12), h.values(forward));
            assertClose("there and back", doubles(xs), h.values(thereAndBack));
        }
    }

    @ParameterizedTest
    @MethodSource("org.llmrlpt.kernels.TestedKernels#all")
    void normalisesEachHeadBeforeItTurns(Kernels kernels) {
        for (int[] shape : SHAPES) {
            qkNorm(kernels, shape[0], shape[1], shape[2], false);
        }
    }

    @ParameterizedTest
    @MethodSource("org.llmrlpt.kernels.TestedKernels#all")
    void overwritesTheGradientOfNormalisedHeads(Kernels kernels) {
        for (int[] shape : SHAPES) {
            qkNorm(kernels, shape[0], shape[1], shape[2], true);
        }
    }

    private static void qkNorm(Kernels kernels, int rows, int heads, int d, boolean inPlace) {
        int columns = heads * d;
        float[] xs = gaussian("x", rows * columns);
        float[] ws = gaussian("w", d);
        float[] dYs = gaussian("dY", rows * columns);
        float[] dWBefore = gaussian("dW", d);
        int[] at = RandomNumbers.ints("positions", rows, LENGTH);
        float[] table = References.angles(LENGTH, d, 10000);
        try (KernelHarness h = new KernelHarness(kernels)) {
            Tensor x = h.input("x", rows, columns, STRIDED, xs);
            Tensor w = h.input("w", 1, d, ws);
            Tensor positions = h.ints("positions", at);
            Tensor angles = h.input("angles", LENGTH, d, table);
            Tensor y = h.output("y", rows, columns, STRIDED);
            Tensor rstd = h.output("rstd", rows, heads);
            Tensor dY = inPlace ? h.inOut("dY", rows, columns, STRIDED, dYs)
                : h.input("dY", rows, columns, STRIDED, dYs);
            Tensor dX = inPlace ? dY : h.output("dX", rows, columns, STRIDED);
            Tensor dW = h.inOut("dW", 1, d, dWBefore);
            h.run((k, p) -> {
                k.qkNormRope(p, x, w, positions, angles, y, rstd, d, EPS);
                k.qkNormRopeBackward(p, x, w, rstd, positions, angles, dY, dX, dW, d);
            });
            String name = " of " + rows + " x " + heads + " x " + d;
            assertClose("y" + name, qkNormRope(doubles(xs), doubles(ws), at, table, d), h.values(y));
            assertClose("dX" + name,
                FiniteDifferences.backward(xs, dYs, v -> qkNormRope(v, doubles(ws), at, table, d)), h.values(dX));
            double[] wantW = FiniteDifferences.backward(ws, dYs, v -> qkNormRope(doubles(xs), v, at, table, d));
            assertClose("dW" + name, References.sum(wantW, dWBefore), h.values(dW));
        }
    }

    private static double[] qkNormRope(double[] x, double[] w, int[] positions, float[] angles, int d) {
        return References.rope(References.rmsNorm(x, w, d, EPS), positions, angles, d);
    }
}
