package org.llmrlpt.kernels.cpu;

import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/** Linear layers without bias: three matrix products. */
public final class LinearKernels {
    private LinearKernels() {
    }

    /** y = x wᵀ; x [r, k], w [n, k], y [r, n]. */
    public static void linear(FloatArray x, int xAt, int xStride, FloatArray w, int wAt, int wStride, FloatArray y,
        int yAt, int yStride, int r, int n, int k) {
        Gemm.nt(address(x, xAt), xStride, address(w, wAt), wStride, address(y, yAt), yStride, r, n, k, false);
    }

    /** y = residual + x wᵀ; x [r, k], w [n, k], residual and y [r, n]. */
    public static void linearAdd(Strided x, Strided w, Strided residual, Strided y, int r, int n, int k) {
        Gemm.nt(x.address(), x.stride(), w.address(), w.stride(), y.address(), y.stride(), r, n, k,
            (row, column, rows, columns) -> {
                for (int i = row; i < row + rows; i++) {
                    long sum = Memory.at(y.row(i), column);
                    ElementKernels.addRun(Memory.at(residual.row(i), column), sum, sum, columns);
                }
            });
    }

    /** packed = w [n, k] as {@link #linearPacked} reads it; {@link Gemm#packedFloats} floats. */
    public static void pack(FloatArray w, int wAt, int wStride, FloatArray packed, int packedAt, int n, int k) {
        Gemm.pack(address(w, wAt), wStride, address(packed, packedAt), n, k);
    }

    /** y = x wᵀ of a packed w; x [r, k], w [n, k], y [r, n]. */
    public static void linearPacked(FloatArray x, int xAt, int xStride, FloatArray packed, int packedAt, FloatArray y,
        int yAt, int yStride, int r, int n, int k) {
        Gemm.ntPacked(address(x, xAt), xStride, address(packed, packedAt), address(y, yAt), yStride, r, n, k);
    }

    /** dX = dY w, or += if {@code accumulate} is not 0; dY [r, n], w [n, k], dX [r, k]. */
    public static void linearBackwardInput(FloatArray dY, int dYAt, int dYStride, FloatArray w, int wAt, int wStride,
        FloatArray dX, int dXAt, int dXStride, int r, int n, int k, int accumulate) {
        Gemm.nn(address(dY, dYAt), dYStride, address(w, wAt), wStride, address(dX, dXAt), dXStride, r, k, n,
            accumulate != 0);
    }

    /** dW = dYᵀ x, or += if {@code accumulate} is not 0; dY [r, n], x [r, k], dW [n, k]. */
    public static void linearBackwardWeight(FloatArray dY, int dYAt, int dYStride, FloatArray x, int xAt, int xStride,
        FloatArray dW, int dWAt, int dWStride, int r, int n, int k, int accumulate) {
        Gemm.tn(address(dY, dYAt), dYStride, address(x, xAt), xStride, address(dW, dWAt), dWStride, n, k, r,
            accumulate != 0);
    }

    private static long address(FloatArray array, int at) {
        return Memory.at(array.getSegment().address(), at);
    }
}
