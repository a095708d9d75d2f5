package org.llmrlpt.kernels.cpu;

import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;
import static org.llmrlpt.kernels.cpu.Memory.ALL;
import static org.llmrlpt.kernels.cpu.Memory.ORDER;
import static org.llmrlpt.kernels.cpu.Memory.ZEROS;
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
        tile(a, at, PITCH, 1, b, c, k, accumulate);
    }

    /** The same with the transpose of an A [k, ROWS]. */
    static void multiplyTransposed(float[] a, int at, long b, long c, int k, boolean accumulate) {
        tile(a, at, 1, PITCH, b, c, k, accumulate);
    }

    /** Inlined above, where both steps are constants (see {@link KernelCompilation}). */
    private static void tile(float[] a, int at, int rowStep, int kStep, long b, long c, int k,
        boolean accumulate) {
        FloatVector c0a, c0b, c1a, c1b, c2a, c2b, c3a, c3b, c4a, c4b, c5a, c5b, c6a, c6b, c7a, c7b;
        c0a = c0b = c1a = c1b = c2a = c2b = c3a = c3b = c4a = c4b = c5a = c5b = c6a = c6b = c7a = c7b =
            FloatVector.zero(S);
        for (int i = at; i < at + k * kStep; i += kStep) {
            FloatVector b0 = fromMemorySegment(S, ALL, b, ORDER);
            FloatVector b1 = fromMemorySegment(S, ALL, b + BYTES, ORDER);
            FloatVector x = broadcast(S, a[i]);
            c0a = x.fma(b0, c0a);
            c0b = x.fma(b1, c0b);
            x = broadcast(S, a[i + rowStep]);
            c1a = x.fma(b0, c1a);
            c1b = x.fma(b1, c1b);
            x = broadcast(S, a[i + 2 * rowStep]);
            c2a = x.fma(b0, c2a);
            c2b = x.fma(b1, c2b);
            x = broadcast(S, a[i + 3 * rowStep]);
            c3a = x.fma(b0, c3a);
            c3b = x.fma(b1, c3b);
            x = broadcast(S, a[i + 4 * rowStep]);
            c4a = x.fma(b0, c4a);
            c4b = x.fma(b1, c4b);
            x = broadcast(S, a[i + 5 * rowStep]);
            c5a = x.fma(b0, c5a);
            c5b = x.fma(b1, c5b);
            x = broadcast(S, a[i + 6 * rowStep]);
            c6a = x.fma(b0, c6a);
            c6b = x.fma(b1, c6b);
            x = broadcast(S, a[i + 7 * rowStep]);
            c7a = x.fma(b0, c7a);
            c7b = x.fma(b1, c7b);
            b += STEP;
        }
        long start = accumulate ? c : ZEROS;
        long stepStart = accumulate ? STEP : 0;
        c0a.add(fromMemorySegment(S, ALL, start, ORDER)).intoMemorySegment(ALL, c, ORDER);
        c0b.add(fromMemorySegment(S, ALL, start + BYTES, ORDER)).intoMemorySegment(ALL, c + BYTES, ORDER);
        start += stepStart;
        c1a.add(fromMemorySegment(S, ALL, start, ORDER)).intoMemorySegment(ALL, c + STEP, ORDER);
        c1b.add(fromMemorySegment(S, ALL, start + BYTES, ORDER)).intoMemorySegment(ALL, c + STEP + BYTES, ORDER);
        start += stepStart;
        c2a.add(fromMemorySegment(S, ALL, start, ORDER)).intoMemorySegment(ALL, c + 2 * STEP, ORDER);
        c2b.add(fromMemorySegment(S, ALL, start + BYTES, ORDER)).intoMemorySegment(ALL, c + 2 * STEP + BYTES, ORDER);
        start += stepStart;
        c3a.add(fromMemorySegment(S, ALL, start, ORDER)).intoMemorySegment(ALL, c + 3 * STEP, ORDER);
        c3b.add(fromMemorySegment(S, ALL, start + BYTES, ORDER)).intoMemorySegment(ALL, c + 3 * STEP + BYTES, ORDER);
        start += stepStart;
        c4a.add(fromMemorySegment(S, ALL, start, ORDER)).intoMemorySegment(ALL, c + 4 * STEP, ORDER);
        c4b.add(fromMemorySegment(S, ALL, start + BYTES, ORDER)).intoMemorySegment(ALL, c + 4 * STEP + BYTES, ORDER);
        start += stepStart;
        c5a.add(fromMemorySegment(S, ALL, start, ORDER)).intoMemorySegment(ALL, c + 5 * STEP, ORDER);
        c5b.add(fromMemorySegment(S, ALL, start + BYTES, ORDER)).intoMemorySegment(ALL, c + 5 * STEP + BYTES, ORDER);
        start += stepStart;
        c6a.add(fromMemorySegment(S, ALL, start, ORDER)).intoMemorySegment(ALL, c + 6 * STEP, ORDER);
        c6b.add(fromMemorySegment(S, ALL, start + BYTES, ORDER)).intoMemorySegment(ALL, c + 6 * STEP + BYTES, ORDER);
        start += stepStart;
        c7a.add(fromMemorySegment(S, ALL, start, ORDER)).intoMemorySegment(ALL, c + 7 * STEP, ORDER);
        c7b.add(fromMemorySegment(S, ALL, start + BYTES, ORDER)).intoMemorySegment(ALL, c + 7 * STEP + BYTES, ORDER);
    }
}
