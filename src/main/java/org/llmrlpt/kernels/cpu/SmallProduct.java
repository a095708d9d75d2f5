package org.llmrlpt.kernels.cpu;

import static org.llmrlpt.kernels.cpu.Memory.ZEROS;
import static org.llmrlpt.kernels.cpu.Simd.broadcast;
import static org.llmrlpt.kernels.cpu.Simd.fma;
import static org.llmrlpt.kernels.cpu.Simd.load;
import static org.llmrlpt.kernels.cpu.Simd.storeSum;
import static org.llmrlpt.kernels.cpu.VectorMath.S;

import jdk.incubator.vector.FloatVector;

/**
 * C = or += A·B on the calling thread for one tile of C, {@link #ROWS} rows by {@link #WIDTH} columns, for the small
 * blocks of attention. A lies in an array, because a broadcast from there is one instruction; B and C lie off-heap.
 * Rows of all three are {@link #PITCH} floats apart: with steps that are constants a few registers address everything.
 * Each element of A·B is one chain of fused multiply-adds in the order of k, from zero; why, says {@link Tile}.
 */
final class SmallProduct {
    /** Floats from one row to the next. */
    static final int PITCH = 64;
    /** Bytes from one row to the next. */
    static final long STEP = 4L * PITCH;
    /** Columns of a tile: two vectors. */
    static final int WIDTH = 2 * S.length();
    /** Rows of a tile: its 16 accumulators fit the 32 registers of AVX-512 and NEON. */
    static final int ROWS = 8;

    private static final int BYTES = S.vectorByteSize();

    private SmallProduct() {
    }

    /**
     * C [ROWS, WIDTH] = or += A [ROWS, k] · B [k, WIDTH].
     *
     * @param a A; its first element is at index {@code at}
     * @param b address of B's first row
     * @param c address of C's first row
     * @param accumulate whether A·B is added to what C holds
     */
    static void multiply(float[] a, int at, long b, long c, int k, boolean accumulate) {
        plain(a, at, b, c, k, accumulate ? c : ZEROS, accumulate ? STEP : 0);
    }

    /** The same with the transpose of an A [k, ROWS]. */
    static void multiplyTransposed(float[] a, int at, long b, long c, int k, boolean accumulate) {
        transposed(a, at, b, c, k, accumulate ? c : ZEROS, accumulate ? STEP : 0);
    }

    // Compiled by themselves: the branch for what is added stays outside (see Tile).

    private static void plain(float[] a, int at, long b, long c, int k, long start, long stepStart) {
        tile(a, at, PITCH, 1, b, c, k, start, stepStart);
    }

    private static void transposed(float[] a, int at, long b, long c, int k, long start, long stepStart) {
        tile(a, at, 1, PITCH, b, c, k, start, stepStart);
    }

    /** Inlined above, where both steps are constants (see {@link KernelCompilation}). */
    private static void tile(float[] a, int at, int rowStep, int kStep, long b, long c, int k, long start,
        long stepStart) {
        FloatVector c0a, c0b, c1a, c1b, c2a, c2b, c3a, c3b, c4a, c4b, c5a, c5b, c6a, c6b, c7a, c7b;
        c0a = c0b = c1a = c1b = c2a = c2b = c3a = c3b = c4a = c4b = c5a = c5b = c6a = c6b = c7a = c7b =
            FloatVector.zero(S);
        for (int i = at; i < at + k * kStep; i += kStep) {
            FloatVector b0 = load(b);
            FloatVector b1 = load(b + BYTES);
            FloatVector x = broadcast(a[i]);
            c0a = fma(x, b0, c0a);
            c0b = fma(x, b1, c0b);
            x = broadcast(a[i + rowStep]);
            c1a = fma(x, b0, c1a);
            c1b = fma(x, b1, c1b);
            x = broadcast(a[i + 2 * rowStep]);
            c2a = fma(x, b0, c2a);
            c2b = fma(x, b1, c2b);
            x = broadcast(a[i + 3 * rowStep]);
            c3a = fma(x, b0, c3a);
            c3b = fma(x, b1, c3b);
            x = broadcast(a[i + 4 * rowStep]);
            c4a = fma(x, b0, c4a);
            c4b = fma(x, b1, c4b);
            x = broadcast(a[i + 5 * rowStep]);
            c5a = fma(x, b0, c5a);
            c5b = fma(x, b1, c5b);
            x = broadcast(a[i + 6 * rowStep]);
            c6a = fma(x, b0, c6a);
            c6b = fma(x, b1, c6b);
            x = broadcast(a[i + 7 * rowStep]);
            c7a = fma(x, b0, c7a);
            c7b = fma(x, b1, c7b);
            b += STEP;
        }
        storeSum(c0a, start, c);
        storeSum(c0b, start + BYTES, c + BYTES);
        start += stepStart;
        storeSum(c1a, start, c + STEP);
        storeSum(c1b, start + BYTES, c + STEP + BYTES);
        start += stepStart;
        storeSum(c2a, start, c + 2 * STEP);
        storeSum(c2b, start + BYTES, c + 2 * STEP + BYTES);
        start += stepStart;
        storeSum(c3a, start, c + 3 * STEP);
        storeSum(c3b, start + BYTES, c + 3 * STEP + BYTES);
        start += stepStart;
        storeSum(c4a, start, c + 4 * STEP);
        storeSum(c4b, start + BYTES, c + 4 * STEP + BYTES);
        start += stepStart;
        storeSum(c5a, start, c + 5 * STEP);
        storeSum(c5b, start + BYTES, c + 5 * STEP + BYTES);
        start += stepStart;
        storeSum(c6a, start, c + 6 * STEP);
        storeSum(c6b, start + BYTES, c + 6 * STEP + BYTES);
        start += stepStart;
        storeSum(c7a, start, c + 7 * STEP);
        storeSum(c7b, start + BYTES, c + 7 * STEP + BYTES);
    }
}
