package org.llmrlpt.kernels.gpu;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/** The matrix product, in the three forms that a linear layer and its backward pass need. */
final class GpuMatmul {
    /** Rows and columns of the square tiles that a work-group holds in local memory. */
    static final int TILE = 16;
    /** A tile's row is one longer than its columns, so that reading down a column meets different memory banks. */
    private static final int PITCH = TILE + 1;

    private GpuMatmul() {
    }

    /**
     * C[i, j] = sum over l of A[i, l] B[l, j], or accumulates it; A [m, k], B [k, n], C [m, n].
     *
     * <p>A[i, l] is at {@code aAt + i aRow + l aColumn}, so a transposed matrix is one with its steps exchanged. One
     * thread computes one element of C, a group of TILE x TILE threads a tile of it. When a tile is loaded, the faster
     * thread index runs along the matrix's contiguous dimension, which the steps tell (they are constants of the
     * compiled kernel, so no branch remains).
     */
    static void kProduct(KernelContext context, FloatArray a, int aAt, int aRow, int aColumn, FloatArray b, int bAt,
        int bRow, int bColumn, FloatArray c, int cAt, int cRow, int m, int n, int k, int accumulate) {
        float[] aTile = context.allocateFloatLocalArray(TILE * PITCH);
        float[] bTile = context.allocateFloatLocalArray(TILE * PITCH);
        int x = context.localIdx;
        int y = context.localIdy;
        int row = context.groupIdy * TILE;
        int column = context.groupIdx * TILE;
        int aDown = aColumn == 1 ? y : x;
        int aAcross = aColumn == 1 ? x : y;
        int bDown = bColumn == 1 ? y : x;
        int bAcross = bColumn == 1 ? x : y;
        float sum = 0f;
        for (int from = 0; from < k; from += TILE) {
            float aValue = 0f;
            if (row + aDown < m && from + aAcross < k) {
                aValue = a.get(aAt + (row + aDown) * aRow + (from + aAcross) * aColumn);
            }
            aTile[aDown * PITCH + aAcross] = aValue;
            float bValue = 0f;
            if (from + bDown < k && column + bAcross < n) {
                bValue = b.get(bAt + (from + bDown) * bRow + (column + bAcross) * bColumn);
            }
            bTile[bDown * PITCH + bAcross] = bValue;
            context.localBarrier();
            for (int l = 0; l < TILE; l++) {
                sum += aTile[y * PITCH + l] * bTile[l * PITCH + x];
            }
            context.localBarrier();
        }
        if (row + y < m && column + x < n) {
            int at = cAt + (row + y) * cRow + column + x;
            if (accumulate != 0) {
                sum += c.get(at);
            }
            c.set(at, sum);
        }
    }
}
