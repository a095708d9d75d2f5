package org.llmrlpt.kernels.cpu;

import static jdk.incubator.vector.FloatVector.fromMemorySegment;
import static jdk.incubator.vector.IntVector.fromArray;
import static org.llmrlpt.kernels.cpu.Memory.ALL;
import static org.llmrlpt.kernels.cpu.Memory.ORDER;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Turns twelve rows into columns with the two-source shuffles of AVX-512: pieces of sixteen elements of four rows
 * become quads (four elements of one column each), and three quads of the same columns become four columns of twelve.
 */
final class TwelveRows {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_512;
    private static final VectorSpecies<Integer> I = IntVector.SPECIES_512;
    static final int ROWS = 12;
    /** Columns that are turned at a time. */
    static final int COLUMNS = S.length();
    /** Whether this machine has the shuffles. */
    static final boolean FASTEST = FloatVector.SPECIES_PREFERRED.vectorBitSize() >= S.vectorBitSize();
    // Which lanes of two vectors make one; the second vector's begin at 16. First elements of two rows in turn:
    private static final IntVector LOW = fromArray(I,
        new int[] {0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23}, 0);
    private static final IntVector HIGH = fromArray(I,
        new int[] {8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31}, 0);
    // Pairs of two rows and pairs of two more rows make the quads of four columns:
    private static final IntVector LOW_PAIRS = fromArray(I,
        new int[] {0, 1, 16, 17, 2, 3, 18, 19, 4, 5, 20, 21, 6, 7, 22, 23}, 0);
    private static final IntVector HIGH_PAIRS = fromArray(I,
        new int[] {8, 9, 24, 25, 10, 11, 26, 27, 12, 13, 28, 29, 14, 15, 30, 31}, 0);
    // Quads p, q, s of columns 0 to 3 make three vectors, each in two steps (the second replaces lanes of 0): p0 q0 s0
    // p1, then q1 s1 p2 q2, then s2 p3 q3 s3.
    private static final IntVector A1 = fromArray(I,
        new int[] {0, 1, 2, 3, 16, 17, 18, 19, 0, 0, 0, 0, 4, 5, 6, 7}, 0);
    private static final IntVector A2 = fromArray(I,
        new int[] {0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 12, 13, 14, 15}, 0);
    private static final IntVector B1 = fromArray(I,
        new int[] {20, 21, 22, 23, 0, 0, 0, 0, 8, 9, 10, 11, 24, 25, 26, 27}, 0);
    private static final IntVector B2 = fromArray(I,
        new int[] {0, 1, 2, 3, 20, 21, 22, 23, 8, 9, 10, 11, 12, 13, 14, 15}, 0);
    private static final IntVector C1 = fromArray(I,
        new int[] {0, 0, 0, 0, 12, 13, 14, 15, 28, 29, 30, 31, 0, 0, 0, 0}, 0);
    private static final IntVector C2 = fromArray(I,
        new int[] {24, 25, 26, 27, 4, 5, 6, 7, 8, 9, 10, 11, 28, 29, 30, 31}, 0);

    private TwelveRows() {
    }

    /** Elements 0 to k, a multiple of {@link #COLUMNS}, of the rows at {@code r0}, {@code step} bytes apart. */
    static void turn(long r0, long step, int k, float[] to, int at) {
        long r4 = r0 + 4 * step;
        long r8 = r4 + 4 * step;
        for (int i = 0; i < k; i += COLUMNS) {
            IntVector a = fromMemorySegment(S, ALL, r0, ORDER).reinterpretAsInts();
            IntVector b = fromMemorySegment(S, ALL, r0 + step, ORDER).reinterpretAsInts();
            IntVector c = fromMemorySegment(S, ALL, r0 + 2 * step, ORDER).reinterpretAsInts();
            IntVector d = fromMemorySegment(S, ALL, r0 + 3 * step, ORDER).reinterpretAsInts();
            IntVector ab = LOW.selectFrom(a, b);
            IntVector cd = LOW.selectFrom(c, d);
            IntVector p0 = LOW_PAIRS.selectFrom(ab, cd);
            IntVector p1 = HIGH_PAIRS.selectFrom(ab, cd);
            ab = HIGH.selectFrom(a, b);
            cd = HIGH.selectFrom(c, d);
            IntVector p2 = LOW_PAIRS.selectFrom(ab, cd);
            IntVector p3 = HIGH_PAIRS.selectFrom(ab, cd);
            a = fromMemorySegment(S, ALL, r4, ORDER).reinterpretAsInts();
            b = fromMemorySegment(S, ALL, r4 + step, ORDER).reinterpretAsInts();
            c = fromMemorySegment(S, ALL, r4 + 2 * step, ORDER).reinterpretAsInts();
            d = fromMemorySegment(S, ALL, r4 + 3 * step, ORDER).reinterpretAsInts();
            ab = LOW.selectFrom(a, b);
            cd = LOW.selectFrom(c, d);
            IntVector q0 = LOW_PAIRS.selectFrom(ab, cd);
            IntVector q1 = HIGH_PAIRS.selectFrom(ab, cd);
            ab = HIGH.selectFrom(a, b);
            cd = HIGH.selectFrom(c, d);
            IntVector q2 = LOW_PAIRS.selectFrom(ab, cd);
            IntVector q3 = HIGH_PAIRS.selectFrom(ab, cd);
            a = fromMemorySegment(S, ALL, r8, ORDER).reinterpretAsInts();
            b = fromMemorySegment(S, ALL, r8 + step, ORDER).reinterpretAsInts();
            c = fromMemorySegment(S, ALL, r8 + 2 * step, ORDER).reinterpretAsInts();
            d = fromMemorySegment(S, ALL, r8 + 3 * step, ORDER).reinterpretAsInts();
            ab = LOW.selectFrom(a, b);
            cd = LOW.selectFrom(c, d);
            IntVector s0 = LOW_PAIRS.selectFrom(ab, cd);
            IntVector s1 = HIGH_PAIRS.selectFrom(ab, cd);
            ab = HIGH.selectFrom(a, b);
            cd = HIGH.selectFrom(c, d);
            IntVector s2 = LOW_PAIRS.selectFrom(ab, cd);
            IntVector s3 = HIGH_PAIRS.selectFrom(ab, cd);
            A2.selectFrom(A1.selectFrom(p0, q0), s0).reinterpretAsFloats().intoArray(to, at);
            B2.selectFrom(B1.selectFrom(p0, q0), s0).reinterpretAsFloats().intoArray(to, at + 16);
            C2.selectFrom(C1.selectFrom(p0, q0), s0).reinterpretAsFloats().intoArray(to, at + 32);
            A2.selectFrom(A1.selectFrom(p1, q1), s1).reinterpretAsFloats().intoArray(to, at + 48);
            B2.selectFrom(B1.selectFrom(p1, q1), s1).reinterpretAsFloats().intoArray(to, at + 64);
            C2.selectFrom(C1.selectFrom(p1, q1), s1).reinterpretAsFloats().intoArray(to, at + 80);
            A2.selectFrom(A1.selectFrom(p2, q2), s2).reinterpretAsFloats().intoArray(to, at + 96);
            B2.selectFrom(B1.selectFrom(p2, q2), s2).reinterpretAsFloats().intoArray(to, at + 112);
            C2.selectFrom(C1.selectFrom(p2, q2), s2).reinterpretAsFloats().intoArray(to, at + 128);
            A2.selectFrom(A1.selectFrom(p3, q3), s3).reinterpretAsFloats().intoArray(to, at + 144);
            B2.selectFrom(B1.selectFrom(p3, q3), s3).reinterpretAsFloats().intoArray(to, at + 160);
            C2.selectFrom(C1.selectFrom(p3, q3), s3).reinterpretAsFloats().intoArray(to, at + 176);
            r0 += 4 * COLUMNS;
            r4 += 4 * COLUMNS;
            r8 += 4 * COLUMNS;
            at += ROWS * COLUMNS;
        }
    }
}
