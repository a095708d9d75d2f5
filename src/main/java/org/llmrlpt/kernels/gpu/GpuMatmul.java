package org.llmrlpt.kernels.gpu;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/**
 * The matrix product in FP32, in the three forms that a linear layer and its backward pass need.
 *
 * <p>A work-group of THREADS threads computes a tile of TILE x TILE elements of C, each thread 8 x 4 of them in
 * registers, so that an element in local memory serves several products: a step in k reads 12 numbers from local memory
 * for 32 products. Tiles of A and B are STEP deep. The sums are 32 variables and not an array, since TornadoVM keeps
 * private arrays in memory.
 */
final class GpuMatmul {
    /** Rows and columns of C that a work-group computes. */
    static final int TILE = 64;
    /** Threads of a work-group: 16 across the columns by 8 down the rows. */
    static final int THREADS = 128;
    /** Depth of the tiles of A and B. */
    static final int STEP = 16;
    /** Threads across the columns; a thread has every ACROSS-th column. */
    private static final int ACROSS = 16;
    /** Threads down the rows; a thread has every DOWN-th row. */
    private static final int DOWN = 8;
    /** From one k to the next in local memory: two more than TILE, so that filling a tile meets all memory banks. */
    private static final int PITCH = TILE + 2;
    /** Elements of a tile that each thread loads. */
    private static final int LOADS = TILE * STEP / THREADS;

    private GpuMatmul() {
    }

    /**
     * C[i, j] = sum over l of A[i, l] B[l, j], or accumulates it; A [m, k], B [k, n], C [m, n] of any size.
     *
     * <p>A[i, l] is at {@code aAt + i aRow + l aColumn}, so a transposed matrix is one with its steps exchanged. When a
     * tile is loaded, neighbouring threads take neighbours along the matrix's contiguous dimension, which the steps
     * tell (they are constants of the compiled kernel, so no branch remains). Groups: (tiles of n, parts times tiles of
     * m). In several parts, part s sums over {@code kPart} values of l and leaves a matrix of its own, the s-th in C.
     *
     * @param parts the pair (tiles of m, kPart); kPart is a multiple of STEP
     */
    static void kProduct(KernelContext context, FloatArray a, int aAt, int aRow, int aColumn, FloatArray b, int bAt,
        int bRow, int bColumn, FloatArray c, int cAt, int cRow, int m, int n, int k, long parts, int accumulate) {
        float[] aTile = context.allocateFloatLocalArray(STEP * PITCH);
        float[] bTile = context.allocateFloatLocalArray(STEP * PITCH);
        float[] cTile = context.allocateFloatLocalArray(TILE * TILE);
        int t = context.localIdx;
        int x = t & (ACROSS - 1);
        int y = t / ACROSS;
        int part = context.groupIdy / Pair.first(parts);
        int row = context.groupIdy % Pair.first(parts) * TILE;
        int begin = part * Pair.second(parts);
        int end = TornadoMath.min(begin + Pair.second(parts), k);
        int column = context.groupIdx * TILE;
        float c00 = 0f, c01 = 0f, c02 = 0f, c03 = 0f;
        float c10 = 0f, c11 = 0f, c12 = 0f, c13 = 0f;
        float c20 = 0f, c21 = 0f, c22 = 0f, c23 = 0f;
        float c30 = 0f, c31 = 0f, c32 = 0f, c33 = 0f;
        float c40 = 0f, c41 = 0f, c42 = 0f, c43 = 0f;
        float c50 = 0f, c51 = 0f, c52 = 0f, c53 = 0f;
        float c60 = 0f, c61 = 0f, c62 = 0f, c63 = 0f;
        float c70 = 0f, c71 = 0f, c72 = 0f, c73 = 0f;
        for (int from = begin; from < end; from += STEP) {
            for (int i = 0; i < LOADS; i++) {
                // Along k, or along the rows of A and the columns of B.
                int aK = aColumn == 1 ? t & (STEP - 1) : t / TILE + i * (THREADS / TILE);
                int aI = aColumn == 1 ? t / STEP + i * (THREADS / STEP) : t & (TILE - 1);
                float aValue = 0f;
                if (row + aI < m && from + aK < end) {
                    aValue = a.get(aAt + (row + aI) * aRow + (from + aK) * aColumn);
                }
                aTile[aK * PITCH + aI] = aValue;
                int bK = bColumn == 1 ? t / TILE + i * (THREADS / TILE) : t & (STEP - 1);
                int bJ = bColumn == 1 ? t & (TILE - 1) : t / STEP + i * (THREADS / STEP);
                float bValue = 0f;
                if (from + bK < end && column + bJ < n) {
                    bValue = b.get(bAt + (from + bK) * bRow + (column + bJ) * bColumn);
                }
                bTile[bK * PITCH + bJ] = bValue;
            }
            context.localBarrier();
            for (int l = 0; l < STEP; l++) {
                int aFrom = l * PITCH + y;
                int bFrom = l * PITCH + x;
                float b0 = bTile[bFrom];
                float b1 = bTile[bFrom + ACROSS];
                float b2 = bTile[bFrom + 2 * ACROSS];
                float b3 = bTile[bFrom + 3 * ACROSS];
                float a0 = aTile[aFrom];
                c00 += a0 * b0;
                c01 += a0 * b1;
                c02 += a0 * b2;
                c03 += a0 * b3;
                float a1 = aTile[aFrom + DOWN];
                c10 += a1 * b0;
                c11 += a1 * b1;
                c12 += a1 * b2;
                c13 += a1 * b3;
                float a2 = aTile[aFrom + 2 * DOWN];
                c20 += a2 * b0;
                c21 += a2 * b1;
                c22 += a2 * b2;
                c23 += a2 * b3;
                float a3 = aTile[aFrom + 3 * DOWN];
                c30 += a3 * b0;
                c31 += a3 * b1;
                c32 += a3 * b2;
                c33 += a3 * b3;
                float a4 = aTile[aFrom + 4 * DOWN];
                c40 += a4 * b0;
                c41 += a4 * b1;
                c42 += a4 * b2;
                c43 += a4 * b3;
                float a5 = aTile[aFrom + 5 * DOWN];
                c50 += a5 * b0;
                c51 += a5 * b1;
                c52 += a5 * b2;
                c53 += a5 * b3;
                float a6 = aTile[aFrom + 6 * DOWN];
                c60 += a6 * b0;
                c61 += a6 * b1;
                c62 += a6 * b2;
                c63 += a6 * b3;
                float a7 = aTile[aFrom + 7 * DOWN];
                c70 += a7 * b0;
                c71 += a7 * b1;
                c72 += a7 * b2;
                c73 += a7 * b3;
            }
            context.localBarrier();
        }
        int to = y * TILE + x;
        cTile[to] = c00;
        cTile[to + ACROSS] = c01;
        cTile[to + 2 * ACROSS] = c02;
        cTile[to + 3 * ACROSS] = c03;
        cTile[to + DOWN * TILE] = c10;
        cTile[to + DOWN * TILE + ACROSS] = c11;
        cTile[to + DOWN * TILE + 2 * ACROSS] = c12;
        cTile[to + DOWN * TILE + 3 * ACROSS] = c13;
        cTile[to + 2 * DOWN * TILE] = c20;
        cTile[to + 2 * DOWN * TILE + ACROSS] = c21;
        cTile[to + 2 * DOWN * TILE + 2 * ACROSS] = c22;
        cTile[to + 2 * DOWN * TILE + 3 * ACROSS] = c23;
        cTile[to + 3 * DOWN * TILE] = c30;
        cTile[to + 3 * DOWN * TILE + ACROSS] = c31;
        cTile[to + 3 * DOWN * TILE + 2 * ACROSS] = c32;
        cTile[to + 3 * DOWN * TILE + 3 * ACROSS] = c33;
        cTile[to + 4 * DOWN * TILE] = c40;
        cTile[to + 4 * DOWN * TILE + ACROSS] = c41;
        cTile[to + 4 * DOWN * TILE + 2 * ACROSS] = c42;
        cTile[to + 4 * DOWN * TILE + 3 * ACROSS] = c43;
        cTile[to + 5 * DOWN * TILE] = c50;
        cTile[to + 5 * DOWN * TILE + ACROSS] = c51;
        cTile[to + 5 * DOWN * TILE + 2 * ACROSS] = c52;
        cTile[to + 5 * DOWN * TILE + 3 * ACROSS] = c53;
        cTile[to + 6 * DOWN * TILE] = c60;
        cTile[to + 6 * DOWN * TILE + ACROSS] = c61;
        cTile[to + 6 * DOWN * TILE + 2 * ACROSS] = c62;
        cTile[to + 6 * DOWN * TILE + 3 * ACROSS] = c63;
        cTile[to + 7 * DOWN * TILE] = c70;
        cTile[to + 7 * DOWN * TILE + ACROSS] = c71;
        cTile[to + 7 * DOWN * TILE + 2 * ACROSS] = c72;
        cTile[to + 7 * DOWN * TILE + 3 * ACROSS] = c73;
        context.localBarrier();
        for (int e = t; e < TILE * TILE; e += THREADS) {
            int i = e / TILE;
            int j = e & (TILE - 1);
            if (row + i < m && column + j < n) {
                int at = cAt + (part * m + row + i) * cRow + column + j;
                float sum = cTile[e];
                if (accumulate != 0) {
                    sum += c.get(at);
                }
                c.set(at, sum);
            }
        }
    }
}
