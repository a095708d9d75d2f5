package org.llmrlpt.kernels.cpu;

import static jdk.incubator.vector.IntVector.fromArray;
import static org.llmrlpt.kernels.cpu.SimdInts.load;
import static org.llmrlpt.kernels.cpu.SimdInts.select;
import static org.llmrlpt.kernels.cpu.SimdInts.store;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Turns sixteen rows into columns with the two-source shuffles of AVX-512: pieces of sixteen elements of four rows
 * become quads (four elements of one column each), and four quads of a column are written together, a cache line.
 */
final class SixteenRows {
    private static final VectorSpecies<Integer> I = IntVector.SPECIES_512;
    static final int ROWS = 16;
    /** Columns that are turned at a time. */
    static final int COLUMNS = I.length();
    /** Whether this machine has the shuffles. */
    static final boolean FASTEST = FloatVector.SPECIES_PREFERRED.vectorBitSize() >= I.vectorBitSize();
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
    // Quads of four rows and of four more rows make the eights of two columns, and two of these a column:
    private static final IntVector LOW_QUADS = fromArray(I,
        new int[] {0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23}, 0);
    private static final IntVector HIGH_QUADS = fromArray(I,
        new int[] {8, 9, 10, 11, 24, 25, 26, 27, 12, 13, 14, 15, 28, 29, 30, 31}, 0);
    private static final IntVector LOW_EIGHTS = fromArray(I,
        new int[] {0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23}, 0);
    private static final IntVector HIGH_EIGHTS = fromArray(I,
        new int[] {8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31}, 0);

    private SixteenRows() {
    }

    /**
     * Elements 0 to k, a multiple of {@link #COLUMNS}, of the rows at {@code row}, {@code step} bytes apart, become k
     * rows of sixteen at {@code to}, {@code stepTo} bytes apart.
     */
    static void turn(long row, long step, int k, long to, long stepTo) {
        for (int i = 0; i < k; i += COLUMNS) {
            IntVector a, b, c, d, ab, cd;
            a = load(row);
            b = load(row + step);
            c = load(row + 2 * step);
            d = load(row + 3 * step);
            ab = select(LOW, a, b);
            cd = select(LOW, c, d);
            IntVector p0 = select(LOW_PAIRS, ab, cd);
            IntVector p1 = select(HIGH_PAIRS, ab, cd);
            ab = select(HIGH, a, b);
            cd = select(HIGH, c, d);
            IntVector p2 = select(LOW_PAIRS, ab, cd);
            IntVector p3 = select(HIGH_PAIRS, ab, cd);
            a = load(row + 4 * step);
            b = load(row + 5 * step);
            c = load(row + 6 * step);
            d = load(row + 7 * step);
            ab = select(LOW, a, b);
            cd = select(LOW, c, d);
            IntVector q0 = select(LOW_PAIRS, ab, cd);
            IntVector q1 = select(HIGH_PAIRS, ab, cd);
            ab = select(HIGH, a, b);
            cd = select(HIGH, c, d);
            IntVector q2 = select(LOW_PAIRS, ab, cd);
            IntVector q3 = select(HIGH_PAIRS, ab, cd);
            a = load(row + 8 * step);
            b = load(row + 9 * step);
            c = load(row + 10 * step);
            d = load(row + 11 * step);
            ab = select(LOW, a, b);
            cd = select(LOW, c, d);
            IntVector s0 = select(LOW_PAIRS, ab, cd);
            IntVector s1 = select(HIGH_PAIRS, ab, cd);
            ab = select(HIGH, a, b);
            cd = select(HIGH, c, d);
            IntVector s2 = select(LOW_PAIRS, ab, cd);
            IntVector s3 = select(HIGH_PAIRS, ab, cd);
            a = load(row + 12 * step);
            b = load(row + 13 * step);
            c = load(row + 14 * step);
            d = load(row + 15 * step);
            ab = select(LOW, a, b);
            cd = select(LOW, c, d);
            IntVector t0 = select(LOW_PAIRS, ab, cd);
            IntVector t1 = select(HIGH_PAIRS, ab, cd);
            ab = select(HIGH, a, b);
            cd = select(HIGH, c, d);
            IntVector t2 = select(LOW_PAIRS, ab, cd);
            IntVector t3 = select(HIGH_PAIRS, ab, cd);
            ab = select(LOW_QUADS, p0, q0);
            cd = select(LOW_QUADS, s0, t0);
            store(select(LOW_EIGHTS, ab, cd), to);
            to += stepTo;
            store(select(HIGH_EIGHTS, ab, cd), to);
            to += stepTo;
            ab = select(HIGH_QUADS, p0, q0);
            cd = select(HIGH_QUADS, s0, t0);
            store(select(LOW_EIGHTS, ab, cd), to);
            to += stepTo;
            store(select(HIGH_EIGHTS, ab, cd), to);
            to += stepTo;
            ab = select(LOW_QUADS, p1, q1);
            cd = select(LOW_QUADS, s1, t1);
            store(select(LOW_EIGHTS, ab, cd), to);
            to += stepTo;
            store(select(HIGH_EIGHTS, ab, cd), to);
            to += stepTo;
            ab = select(HIGH_QUADS, p1, q1);
            cd = select(HIGH_QUADS, s1, t1);
            store(select(LOW_EIGHTS, ab, cd), to);
            to += stepTo;
            store(select(HIGH_EIGHTS, ab, cd), to);
            to += stepTo;
            ab = select(LOW_QUADS, p2, q2);
            cd = select(LOW_QUADS, s2, t2);
            store(select(LOW_EIGHTS, ab, cd), to);
            to += stepTo;
            store(select(HIGH_EIGHTS, ab, cd), to);
            to += stepTo;
            ab = select(HIGH_QUADS, p2, q2);
            cd = select(HIGH_QUADS, s2, t2);
            store(select(LOW_EIGHTS, ab, cd), to);
            to += stepTo;
            store(select(HIGH_EIGHTS, ab, cd), to);
            to += stepTo;
            ab = select(LOW_QUADS, p3, q3);
            cd = select(LOW_QUADS, s3, t3);
            store(select(LOW_EIGHTS, ab, cd), to);
            to += stepTo;
            store(select(HIGH_EIGHTS, ab, cd), to);
            to += stepTo;
            ab = select(HIGH_QUADS, p3, q3);
            cd = select(HIGH_QUADS, s3, t3);
            store(select(LOW_EIGHTS, ab, cd), to);
            to += stepTo;
            store(select(HIGH_EIGHTS, ab, cd), to);
            to += stepTo;
            row += 4 * COLUMNS;
        }
    }
}
