package org.llmrlpt.kernels.gpu;

import static org.llmrlpt.kernels.gpu.GroupReduce.GROUP;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.enums.MMAShape;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.HalfFloat;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/**
 * The matrix product on tensor cores: operands rounded to FP16 on their way into local memory, sums in FP32, both
 * matrices and the result FP32 in memory. For TornadoVM's PTX and CUDA backends, which round to FP16 only what was just
 * read from an array: anything else is taken for FP16 bits. So gradients are scaled by a task before.
 *
 * <p>A work-group of THREADS threads, eight warps, computes a tile of TILE x TILE elements of C, each warp 64 x 32 of
 * them in 16 fragments of 16 x 8. A step in k, 32 deep, loads 64 blocks of 8 x 8 elements of each operand; a warp loads
 * one at a time, so that a block is eight whole sectors of memory whichever dimension is contiguous.
 */
final class GpuHalfMatmul {
    /** Rows and columns of C that a work-group computes. */
    static final int TILE = 128;
    /** Threads of a work-group. */
    static final int THREADS = 256;
    /** Partial results of {@link #kLargest}, one for each thread of a product. */
    static final int PARTS = THREADS;
    /** C += A B instead of C = A B. */
    static final int ACCUMULATE = 1;
    /** A was scaled by {@link #kScaled}, and the product is scaled back. */
    static final int SCALED = 2;
    /** Tiles fill C, so fragments go straight there. */
    static final int DIRECT = 4;

    /** Depth of the tiles of A and B: two of the products that a warp computes at once. */
    static final int STEP = 32;
    /** Depth of one such product. */
    private static final int DEPTH = 16;
    /** Pairs of halves of a tile. */
    private static final int PAIRS = TILE * STEP / 2;
    private static final int WARP = 32;
    private static final int WARPS = THREADS / WARP;
    /** Blocks of 8 x 8 elements of a tile. */
    private static final int BLOCKS = TILE * STEP / 64;
    /** Bytes of 16 x 16 halves of A, of 16 x 8 halves of B. */
    private static final int A_BYTES = 512;
    private static final int B_BYTES = 256;
    /** What the largest magnitude of a scaled operand becomes: products of several hundred such do not overflow. */
    private static final float AMPLE = 1024f;
    /** Below this a matrix counts as zero: its reciprocal would overflow. */
    private static final float LEAST = 1e-30f;

    private GpuHalfMatmul() {
    }

    /**
     * partial[g] = largest magnitude in the g-th, (g + PARTS)-th, … row of x [R, C]; PARTS groups of GROUP threads.
     */
    static void kLargest(KernelContext context, FloatArray x, int xAt, int xStride, FloatArray partial, int partialAt,
        int rows, int columns) {
        int t = context.localIdx;
        float mine = 0f;
        for (int r = context.groupIdx; r < rows; r += PARTS) {
            for (int i = t; i < columns; i += GROUP) {
                mine = TornadoMath.max(mine, TornadoMath.abs(x.get(xAt + r * xStride + i)));
            }
        }
        float largest = GroupReduce.max(context, mine);
        if (t == 0) {
            partial.set(partialAt + context.groupIdx, largest);
        }
    }

    /**
     * y = x times the factor that makes its largest magnitude AMPLE; x [R, C], y [R, C] without gaps, largest [PARTS]
     * as {@link #kLargest} leaves it. One group of GROUP threads, half of PARTS, for each row.
     */
    static void kScaled(KernelContext context, FloatArray x, int xAt, int xStride, FloatArray largest, int largestAt,
        FloatArray y, int yAt, int columns) {
        int t = context.localIdx;
        int row = context.groupIdx;
        float mine = TornadoMath.max(largest.get(largestAt + t), largest.get(largestAt + GROUP + t));
        float scale = AMPLE / TornadoMath.max(GroupReduce.max(context, mine), LEAST);
        for (int i = t; i < columns; i += GROUP) {
            y.set(yAt + row * columns + i, x.get(xAt + row * xStride + i) * scale);
        }
    }

    /**
     * C[i, j] = sum over l of A[i, l] B[l, j]; A [m, k], B [k, n], C [m, n] of any size, with steps as in
     * {@link GpuMatmul#kProduct}. Groups: (tiles of n, parts times tiles of m).
     *
     * <p>In several parts, part s sums over {@code kPart} values of l and leaves a matrix of its own, the s-th in C.
     * Fragments can only be stored whole. With the flag DIRECT they go to C, as {@code to}, and {@code c} is any other
     * array. Without it, where tiles do not end with C, are added to it or scaled back, they go to the group's own part
     * of a workspace as {@code to}, and from there to C as {@code c}.
     *
     * @param largest [PARTS], what {@link #kLargest} found in A before it was scaled, if the flag SCALED is set
     * @param size the pair (m, n)
     * @param depth the pair (k, kPart); kPart is a multiple of STEP
     * @param mode the pair (tiles of m, flags)
     */
    static void kHalfProduct(KernelContext context, FloatArray a, int aAt, int aRow, int aColumn, FloatArray b, int bAt,
        int bRow, int bColumn, FloatArray largest, int largestAt, FloatArray to, FloatArray c, int cAt, int cRow,
        long size, long depth, long mode) {
        int[] aTile = context.allocateIntLocalArray(PAIRS);
        int[] bTile = context.allocateIntLocalArray(PAIRS);
        float[] scratch = context.allocateFloatLocalArray(PARTS);
        int m = Pair.first(size);
        int n = Pair.second(size);
        int kPart = Pair.second(depth);
        int flags = Pair.second(mode);
        int t = context.localIdx;
        int warp = t / WARP;
        int lane = t & (WARP - 1);
        int part = context.groupIdy / Pair.first(mode);
        int row = context.groupIdy % Pair.first(mode) * TILE;
        int column = context.groupIdx * TILE;
        int begin = part * kPart;
        int end = TornadoMath.min(begin + kPart, Pair.first(depth));
        float scale = 1f;
        if ((flags & SCALED) != 0) {
            scratch[t] = largest.get(largestAt + t);
            context.localBarrier();
            for (int half = PARTS >> 1; half > 0; half >>= 1) {
                if (t < half) {
                    scratch[t] = TornadoMath.max(scratch[t], scratch[t + half]);
                }
                context.localBarrier();
            }
            scale = AMPLE / TornadoMath.max(scratch[0], LEAST);
        }
        float[] c00 = context.mmaFragment(0f);
        float[] c01 = context.mmaFragment(0f);
        float[] c02 = context.mmaFragment(0f);
        float[] c03 = context.mmaFragment(0f);
        float[] c10 = context.mmaFragment(0f);
        float[] c11 = context.mmaFragment(0f);
        float[] c12 = context.mmaFragment(0f);
        float[] c13 = context.mmaFragment(0f);
        float[] c20 = context.mmaFragment(0f);
        float[] c21 = context.mmaFragment(0f);
        float[] c22 = context.mmaFragment(0f);
        float[] c23 = context.mmaFragment(0f);
        float[] c30 = context.mmaFragment(0f);
        float[] c31 = context.mmaFragment(0f);
        float[] c32 = context.mmaFragment(0f);
        float[] c33 = context.mmaFragment(0f);
        int aFrom = warp / 4 * 8 * A_BYTES;
        int bFrom = (warp & 3) * 4 * B_BYTES;
        for (int from = begin; from < end; from += STEP) {
            for (int i = 0; i < BLOCKS / WARPS; i++) {
                int block = warp + i * WARPS;
                // Eight rows of A by four pairs along k. Elements beyond the end are read from inside and masked.
                int aI = (block & 15) * 8 + (lane & 7);
                int aPair = block / 16 * 4 + lane / 8;
                int aL = from + 2 * aPair;
                int aMask = row + aI < m ? 0xFFFF : 0;
                int aFirst = aAt + TornadoMath.min(row + aI, m - 1) * aRow;
                float a0 = a.get(aFirst + TornadoMath.min(aL, end - 1) * aColumn);
                int aLow = new HalfFloat(a0).getHalfFloatValue() & 0xFFFF;
                float a1 = a.get(aFirst + TornadoMath.min(aL + 1, end - 1) * aColumn);
                int aHigh = new HalfFloat(a1).getHalfFloatValue() & 0xFFFF;
                aLow = aLow & (aL < end ? aMask : 0);
                aHigh = aHigh & (aL + 1 < end ? aMask : 0);
                aTile[(aI / 16 * 2 + aPair / 8) * 128 + (aI & 15) * 8 + (aPair & 7)] = aLow | aHigh << 16;
                // Eight values of k by four pairs of columns of B.
                int bL = block / 16 * 8 + lane / 4;
                int bJ = column + (block & 15) * 8 + 2 * (lane & 3);
                int bMask = from + bL < end ? 0xFFFF : 0;
                int bFirst = bAt + TornadoMath.min(from + bL, end - 1) * bRow;
                float b0 = b.get(bFirst + TornadoMath.min(bJ, n - 1) * bColumn);
                int bLow = new HalfFloat(b0).getHalfFloatValue() & 0xFFFF;
                float b1 = b.get(bFirst + TornadoMath.min(bJ + 1, n - 1) * bColumn);
                int bHigh = new HalfFloat(b1).getHalfFloatValue() & 0xFFFF;
                bLow = bLow & (bJ < n ? bMask : 0);
                bHigh = bHigh & (bJ + 1 < n ? bMask : 0);
                bTile[(bL / 16 * 16 + (block & 15)) * 64 + (bL & 15) * 4 + (lane & 3)] = bLow | bHigh << 16;
            }
            context.localBarrier();
            for (int half = 0; half < 2; half++) {
                int aBytes = aFrom + half * A_BYTES;
                int bBytes = bFrom + half * (TILE / 8) * B_BYTES;
                HalfFloat[] b0 = context.mmaLoadB(bTile, DEPTH, bBytes);
                HalfFloat[] b1 = context.mmaLoadB(bTile, DEPTH, bBytes + B_BYTES);
                HalfFloat[] b2 = context.mmaLoadB(bTile, DEPTH, bBytes + 2 * B_BYTES);
                HalfFloat[] b3 = context.mmaLoadB(bTile, DEPTH, bBytes + 3 * B_BYTES);
                HalfFloat[] a0 = context.mmaLoadA(aTile, DEPTH, aBytes);
                c00 = context.mma(a0, b0, c00, MMAShape.M16N8K16);
                c01 = context.mma(a0, b1, c01, MMAShape.M16N8K16);
                c02 = context.mma(a0, b2, c02, MMAShape.M16N8K16);
                c03 = context.mma(a0, b3, c03, MMAShape.M16N8K16);
                HalfFloat[] a1 = context.mmaLoadA(aTile, DEPTH, aBytes + 2 * A_BYTES);
                c10 = context.mma(a1, b0, c10, MMAShape.M16N8K16);
                c11 = context.mma(a1, b1, c11, MMAShape.M16N8K16);
                c12 = context.mma(a1, b2, c12, MMAShape.M16N8K16);
                c13 = context.mma(a1, b3, c13, MMAShape.M16N8K16);
                HalfFloat[] a2 = context.mmaLoadA(aTile, DEPTH, aBytes + 4 * A_BYTES);
                c20 = context.mma(a2, b0, c20, MMAShape.M16N8K16);
                c21 = context.mma(a2, b1, c21, MMAShape.M16N8K16);
                c22 = context.mma(a2, b2, c22, MMAShape.M16N8K16);
                c23 = context.mma(a2, b3, c23, MMAShape.M16N8K16);
                HalfFloat[] a3 = context.mmaLoadA(aTile, DEPTH, aBytes + 6 * A_BYTES);
                c30 = context.mma(a3, b0, c30, MMAShape.M16N8K16);
                c31 = context.mma(a3, b1, c31, MMAShape.M16N8K16);
                c32 = context.mma(a3, b2, c32, MMAShape.M16N8K16);
                c33 = context.mma(a3, b3, c33, MMAShape.M16N8K16);
            }
            context.localBarrier();
        }
        int cPart = cAt + part * m * cRow;
        int tile = (context.groupIdy * ((n + TILE - 1) / TILE) + context.groupIdx) * TILE * TILE;
        int first = tile + warp / 4 * 64 * TILE + (warp & 3) * 32;
        int pitch = TILE;
        if ((flags & DIRECT) != 0) {
            first = cPart + (row + warp / 4 * 64) * cRow + column + (warp & 3) * 32;
            pitch = cRow;
        }
        context.mmaStore(c00, to, 0, first, pitch);
        context.mmaStore(c01, to, 0, first + 8, pitch);
        context.mmaStore(c02, to, 0, first + 16, pitch);
        context.mmaStore(c03, to, 0, first + 24, pitch);
        context.mmaStore(c10, to, 16, first, pitch);
        context.mmaStore(c11, to, 16, first + 8, pitch);
        context.mmaStore(c12, to, 16, first + 16, pitch);
        context.mmaStore(c13, to, 16, first + 24, pitch);
        context.mmaStore(c20, to, 32, first, pitch);
        context.mmaStore(c21, to, 32, first + 8, pitch);
        context.mmaStore(c22, to, 32, first + 16, pitch);
        context.mmaStore(c23, to, 32, first + 24, pitch);
        context.mmaStore(c30, to, 48, first, pitch);
        context.mmaStore(c31, to, 48, first + 8, pitch);
        context.mmaStore(c32, to, 48, first + 16, pitch);
        context.mmaStore(c33, to, 48, first + 24, pitch);
        if ((flags & DIRECT) == 0) {
            // On PTX and CUDA the group's barrier orders what it wrote to device memory too.
            context.localBarrier();
            for (int e = t; e < TILE * TILE; e += THREADS) {
                int i = e / TILE;
                int j = e & (TILE - 1);
                if (row + i < m && column + j < n) {
                    int at = cPart + (row + i) * cRow + column + j;
                    float sum = to.get(tile + e) / scale;
                    if ((flags & ACCUMULATE) != 0) {
                        sum += c.get(at);
                    }
                    c.set(at, sum);
                }
            }
        }
    }
}
