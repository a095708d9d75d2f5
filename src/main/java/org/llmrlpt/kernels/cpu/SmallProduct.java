package org.llmrlpt.kernels.cpu;

import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;
import static org.llmrlpt.kernels.cpu.Memory.ALL;
import static org.llmrlpt.kernels.cpu.Memory.FLOAT;
import static org.llmrlpt.kernels.cpu.Memory.ORDER;
import static org.llmrlpt.kernels.cpu.VectorMath.S;

import jdk.incubator.vector.FloatVector;

/**
 * C = or += A·B on the calling thread, for the small blocks of attention: C and B are {@link #WIDTH} columns wide, and
 * A is read where it lies, by any pair of strides, so that nothing has to be packed. Each element of C is one chain of
 * fused multiply-adds in the order of k.
 */
final class SmallProduct {
    private static final int BYTES = S.vectorByteSize();
    /** Columns of B and C: two vectors. */
    static final int WIDTH = 2 * S.length();
    /** Whether sixteen accumulators fit the registers. */
    private static final boolean TALL = S.vectorBitSize() >= 512;

    private SmallProduct() {
    }

    /**
     * C [rows, WIDTH] = or += A [rows, k] · B [k, WIDTH]. All steps are in bytes.
     *
     * @param a address of A's first element; {@code rowStep} to the next row, {@code kStep} to the next column
     * @param b address of B's first row; {@code bStep} to the next
     * @param c address of C's first row; {@code cStep} to the next
     */
    static void multiply(long a, long rowStep, long kStep, int rows, long b, long bStep, long c, long cStep, int k,
        boolean accumulate) {
        int r = 0;
        if (TALL) {
            for (; r + 8 <= rows; r += 8) {
                eightRows(a, rowStep, kStep, b, bStep, c, cStep, k, accumulate);
                a += 8 * rowStep;
                c += 8 * cStep;
            }
        }
        for (; r + 4 <= rows; r += 4) {
            fourRows(a, rowStep, kStep, b, bStep, c, cStep, k, accumulate);
            a += 4 * rowStep;
            c += 4 * cStep;
        }
        for (; r < rows; r++) {
            oneRow(a, kStep, b, bStep, c, k, accumulate);
            a += rowStep;
            c += cStep;
        }
    }

    /** Eight rows: 16 accumulators, which need the 32 registers of AVX-512. */
    private static void eightRows(long a, long rowStep, long kStep, long b, long bStep, long c, long cStep, int k,
        boolean accumulate) {
        FloatVector c0a, c0b, c1a, c1b, c2a, c2b, c3a, c3b, c4a, c4b, c5a, c5b, c6a, c6b, c7a, c7b;
        if (accumulate) {
            long q = c;
            c0a = fromMemorySegment(S, ALL, q, ORDER);
            c0b = fromMemorySegment(S, ALL, q + BYTES, ORDER);
            q += cStep;
            c1a = fromMemorySegment(S, ALL, q, ORDER);
            c1b = fromMemorySegment(S, ALL, q + BYTES, ORDER);
            q += cStep;
            c2a = fromMemorySegment(S, ALL, q, ORDER);
            c2b = fromMemorySegment(S, ALL, q + BYTES, ORDER);
            q += cStep;
            c3a = fromMemorySegment(S, ALL, q, ORDER);
            c3b = fromMemorySegment(S, ALL, q + BYTES, ORDER);
            q += cStep;
            c4a = fromMemorySegment(S, ALL, q, ORDER);
            c4b = fromMemorySegment(S, ALL, q + BYTES, ORDER);
            q += cStep;
            c5a = fromMemorySegment(S, ALL, q, ORDER);
            c5b = fromMemorySegment(S, ALL, q + BYTES, ORDER);
            q += cStep;
            c6a = fromMemorySegment(S, ALL, q, ORDER);
            c6b = fromMemorySegment(S, ALL, q + BYTES, ORDER);
            q += cStep;
            c7a = fromMemorySegment(S, ALL, q, ORDER);
            c7b = fromMemorySegment(S, ALL, q + BYTES, ORDER);
        } else {
            c0a = FloatVector.zero(S);
            c0b = FloatVector.zero(S);
            c1a = FloatVector.zero(S);
            c1b = FloatVector.zero(S);
            c2a = FloatVector.zero(S);
            c2b = FloatVector.zero(S);
            c3a = FloatVector.zero(S);
            c3b = FloatVector.zero(S);
            c4a = FloatVector.zero(S);
            c4b = FloatVector.zero(S);
            c5a = FloatVector.zero(S);
            c5b = FloatVector.zero(S);
            c6a = FloatVector.zero(S);
            c6b = FloatVector.zero(S);
            c7a = FloatVector.zero(S);
            c7b = FloatVector.zero(S);
        }
        long a1 = a + rowStep;
        long a2 = a1 + rowStep;
        long a3 = a2 + rowStep;
        long a4 = a3 + rowStep;
        long a5 = a4 + rowStep;
        long a6 = a5 + rowStep;
        long a7 = a6 + rowStep;
        long at = 0;
        for (int i = 0; i < k; i++) {
            FloatVector u = fromMemorySegment(S, ALL, b, ORDER);
            FloatVector v = fromMemorySegment(S, ALL, b + BYTES, ORDER);
            FloatVector x = broadcast(S, ALL.get(FLOAT, a + at));
            c0a = x.fma(u, c0a);
            c0b = x.fma(v, c0b);
            x = broadcast(S, ALL.get(FLOAT, a1 + at));
            c1a = x.fma(u, c1a);
            c1b = x.fma(v, c1b);
            x = broadcast(S, ALL.get(FLOAT, a2 + at));
            c2a = x.fma(u, c2a);
            c2b = x.fma(v, c2b);
            x = broadcast(S, ALL.get(FLOAT, a3 + at));
            c3a = x.fma(u, c3a);
            c3b = x.fma(v, c3b);
            x = broadcast(S, ALL.get(FLOAT, a4 + at));
            c4a = x.fma(u, c4a);
            c4b = x.fma(v, c4b);
            x = broadcast(S, ALL.get(FLOAT, a5 + at));
            c5a = x.fma(u, c5a);
            c5b = x.fma(v, c5b);
            x = broadcast(S, ALL.get(FLOAT, a6 + at));
            c6a = x.fma(u, c6a);
            c6b = x.fma(v, c6b);
            x = broadcast(S, ALL.get(FLOAT, a7 + at));
            c7a = x.fma(u, c7a);
            c7b = x.fma(v, c7b);
            b += bStep;
            at += kStep;
        }
        c0a.intoMemorySegment(ALL, c, ORDER);
        c0b.intoMemorySegment(ALL, c + BYTES, ORDER);
        c += cStep;
        c1a.intoMemorySegment(ALL, c, ORDER);
        c1b.intoMemorySegment(ALL, c + BYTES, ORDER);
        c += cStep;
        c2a.intoMemorySegment(ALL, c, ORDER);
        c2b.intoMemorySegment(ALL, c + BYTES, ORDER);
        c += cStep;
        c3a.intoMemorySegment(ALL, c, ORDER);
        c3b.intoMemorySegment(ALL, c + BYTES, ORDER);
        c += cStep;
        c4a.intoMemorySegment(ALL, c, ORDER);
        c4b.intoMemorySegment(ALL, c + BYTES, ORDER);
        c += cStep;
        c5a.intoMemorySegment(ALL, c, ORDER);
        c5b.intoMemorySegment(ALL, c + BYTES, ORDER);
        c += cStep;
        c6a.intoMemorySegment(ALL, c, ORDER);
        c6b.intoMemorySegment(ALL, c + BYTES, ORDER);
        c += cStep;
        c7a.intoMemorySegment(ALL, c, ORDER);
        c7b.intoMemorySegment(ALL, c + BYTES, ORDER);
    }

    /** Four rows: 8 accumulators. */
    private static void fourRows(long a, long rowStep, long kStep, long b, long bStep, long c, long cStep, int k,
        boolean accumulate) {
        FloatVector c0a, c0b, c1a, c1b, c2a, c2b, c3a, c3b;
        if (accumulate) {
            long q = c;
            c0a = fromMemorySegment(S, ALL, q, ORDER);
            c0b = fromMemorySegment(S, ALL, q + BYTES, ORDER);
            q += cStep;
            c1a = fromMemorySegment(S, ALL, q, ORDER);
            c1b = fromMemorySegment(S, ALL, q + BYTES, ORDER);
            q += cStep;
            c2a = fromMemorySegment(S, ALL, q, ORDER);
            c2b = fromMemorySegment(S, ALL, q + BYTES, ORDER);
            q += cStep;
            c3a = fromMemorySegment(S, ALL, q, ORDER);
            c3b = fromMemorySegment(S, ALL, q + BYTES, ORDER);
        } else {
            c0a = FloatVector.zero(S);
            c0b = FloatVector.zero(S);
            c1a = FloatVector.zero(S);
            c1b = FloatVector.zero(S);
            c2a = FloatVector.zero(S);
            c2b = FloatVector.zero(S);
            c3a = FloatVector.zero(S);
            c3b = FloatVector.zero(S);
        }
        long a1 = a + rowStep;
        long a2 = a1 + rowStep;
        long a3 = a2 + rowStep;
        long at = 0;
        for (int i = 0; i < k; i++) {
            FloatVector u = fromMemorySegment(S, ALL, b, ORDER);
            FloatVector v = fromMemorySegment(S, ALL, b + BYTES, ORDER);
            FloatVector x = broadcast(S, ALL.get(FLOAT, a + at));
            c0a = x.fma(u, c0a);
            c0b = x.fma(v, c0b);
            x = broadcast(S, ALL.get(FLOAT, a1 + at));
            c1a = x.fma(u, c1a);
            c1b = x.fma(v, c1b);
            x = broadcast(S, ALL.get(FLOAT, a2 + at));
            c2a = x.fma(u, c2a);
            c2b = x.fma(v, c2b);
            x = broadcast(S, ALL.get(FLOAT, a3 + at));
            c3a = x.fma(u, c3a);
            c3b = x.fma(v, c3b);
            b += bStep;
            at += kStep;
        }
        c0a.intoMemorySegment(ALL, c, ORDER);
        c0b.intoMemorySegment(ALL, c + BYTES, ORDER);
        c += cStep;
        c1a.intoMemorySegment(ALL, c, ORDER);
        c1b.intoMemorySegment(ALL, c + BYTES, ORDER);
        c += cStep;
        c2a.intoMemorySegment(ALL, c, ORDER);
        c2b.intoMemorySegment(ALL, c + BYTES, ORDER);
        c += cStep;
        c3a.intoMemorySegment(ALL, c, ORDER);
        c3b.intoMemorySegment(ALL, c + BYTES, ORDER);
    }

    /** One row, for what the taller tiles leave over. */
    private static void oneRow(long a, long kStep, long b, long bStep, long c, int k, boolean accumulate) {
        FloatVector c0a, c0b;
        if (accumulate) {
            long q = c;
            c0a = fromMemorySegment(S, ALL, q, ORDER);
            c0b = fromMemorySegment(S, ALL, q + BYTES, ORDER);
        } else {
            c0a = FloatVector.zero(S);
            c0b = FloatVector.zero(S);
        }
        long at = 0;
        for (int i = 0; i < k; i++) {
            FloatVector u = fromMemorySegment(S, ALL, b, ORDER);
            FloatVector v = fromMemorySegment(S, ALL, b + BYTES, ORDER);
            FloatVector x = broadcast(S, ALL.get(FLOAT, a + at));
            c0a = x.fma(u, c0a);
            c0b = x.fma(v, c0b);
            b += bStep;
            at += kStep;
        }
        c0a.intoMemorySegment(ALL, c, ORDER);
        c0b.intoMemorySegment(ALL, c + BYTES, ORDER);
    }
}
