package org.llmrlpt.kernels.cpu;

import static jdk.incubator.vector.FloatVector.fromMemorySegment;
import static org.llmrlpt.kernels.cpu.Memory.ALL;
import static org.llmrlpt.kernels.cpu.Memory.ORDER;
import static org.llmrlpt.kernels.cpu.Memory.at;
import static org.llmrlpt.kernels.cpu.Memory.getFloat;
import static org.llmrlpt.kernels.cpu.Memory.setFloat;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * Copies blocks of B into the panels [k][columns] that a {@link Tile} reads. Where the last panel is wider than what is
 * left, it repeats the last column: the products with it go to elements of a tile that nobody reads. Leading dimensions
 * are in floats.
 */
final class Panels {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_128;
    private static final VectorShuffle<Float> AABB = VectorShuffle.fromValues(S, 0, 0, 1, 1);
    private static final VectorShuffle<Float> CCDD = VectorShuffle.fromValues(S, 2, 2, 3, 3);
    private static final VectorShuffle<Float> ABAB = VectorShuffle.fromValues(S, 0, 1, 0, 1);
    private static final VectorShuffle<Float> CDCD = VectorShuffle.fromValues(S, 2, 3, 2, 3);
    private static final VectorMask<Float> ODD = VectorMask.fromLong(S, 0b1010);
    private static final VectorMask<Float> HIGH = VectorMask.fromLong(S, 0b1100);

    private Panels() {
    }

    /** How many panels of {@code width} cover {@code n}. */
    static int count(int n, int width) {
        return (n + width - 1) / width;
    }

    /** Floats from one panel of B to the next. */
    static long strideB(Tile tile, int k) {
        return (long) tile.columns * k;
    }

    /** B's panels from a row-major B [k, n]. */
    static void copyB(Tile tile, long b, int ldb, int n, int k, long to) {
        int full = n / tile.columns;
        tile.copyB(b, 4L * ldb, k, full, to, 4 * strideB(tile, k));
        int done = full * tile.columns;
        if (done < n) {
            copyRagged(at(b, done), ldb, n - done, k, tile.columns, at(to, full * strideB(tile, k)));
        }
    }

    private static void copyRagged(long from, int ld, int n, int k, int width, long to) {
        for (int i = 0; i < k; i++) {
            for (int j = 0; j < width; j++) {
                setFloat(at(to, j), getFloat(at(from, Math.min(j, n - 1))));
            }
            from += 4L * ld;
            to += 4L * width;
        }
    }

    /** B's panels from a row-major Bᵀ [n, k], as weights are stored. */
    static void transposeB(Tile tile, long b, int ldb, int n, int k, long to) {
        transposePanels(b, ldb, n, k, tile.columns, to, strideB(tile, k));
    }

    /** The transpose of a matrix [n, k]; leading dimensions in floats. */
    static void transpose(long from, int ld, int n, int k, long to, int ldTo) {
        int whole = n / 4 * 4;
        for (int j = 0; j < whole; j += 4) {
            long row = at(from, (long) j * ld);
            transposeFour(row, at(row, ld), at(row, 2L * ld), at(row, 3L * ld), k, at(to, j), 4L * ldTo);
        }
        for (int j = whole; j < n; j++) {
            for (int i = 0; i < k; i++) {
                setFloat(at(to, (long) i * ldTo + j), getFloat(at(from, (long) j * ld + i)));
            }
        }
    }

    /**
     * Four rows at a time. Where the width is no multiple of 4, the last four of a panel write too far: their excess is
     * overwritten as the panel's first four come last, or falls between two panels.
     */
    private static void transposePanels(long from, int ld, int n, int k, int width, long to, long stride) {
        for (int p = 0; p * width < n; p++) {
            for (int q = (width - 1) / 4 * 4; q >= 0; q -= 4) {
                int row = p * width + q;
                long r0 = at(from, (long) Math.min(row, n - 1) * ld);
                long r1 = at(from, (long) Math.min(row + 1, n - 1) * ld);
                long r2 = at(from, (long) Math.min(row + 2, n - 1) * ld);
                long r3 = at(from, (long) Math.min(row + 3, n - 1) * ld);
                transposeFour(r0, r1, r2, r3, k, at(to, p * stride + q), 4L * width);
            }
        }
    }

    /** Four rows of k floats become k pieces of four floats, {@code step} bytes apart. */
    static void transposeFour(long r0, long r1, long r2, long r3, int k, long to, long step) {
        int i = 0;
        for (; i + 4 <= k; i += 4) {
            long o = 4L * i;
            FloatVector v0 = fromMemorySegment(S, ALL, r0 + o, ORDER);
            FloatVector v1 = fromMemorySegment(S, ALL, r1 + o, ORDER);
            FloatVector v2 = fromMemorySegment(S, ALL, r2 + o, ORDER);
            FloatVector v3 = fromMemorySegment(S, ALL, r3 + o, ORDER);
            FloatVector low01 = v0.rearrange(AABB).blend(v1.rearrange(AABB), ODD);
            FloatVector high01 = v0.rearrange(CCDD).blend(v1.rearrange(CCDD), ODD);
            FloatVector low23 = v2.rearrange(AABB).blend(v3.rearrange(AABB), ODD);
            FloatVector high23 = v2.rearrange(CCDD).blend(v3.rearrange(CCDD), ODD);
            low01.blend(low23.rearrange(ABAB), HIGH).intoMemorySegment(ALL, to, ORDER);
            to += step;
            low01.rearrange(CDCD).blend(low23, HIGH).intoMemorySegment(ALL, to, ORDER);
            to += step;
            high01.blend(high23.rearrange(ABAB), HIGH).intoMemorySegment(ALL, to, ORDER);
            to += step;
            high01.rearrange(CDCD).blend(high23, HIGH).intoMemorySegment(ALL, to, ORDER);
            to += step;
        }
        for (; i < k; i++) {
            long o = 4L * i;
            setFloat(to, getFloat(r0 + o));
            setFloat(to + 4, getFloat(r1 + o));
            setFloat(to + 8, getFloat(r2 + o));
            setFloat(to + 12, getFloat(r3 + o));
            to += step;
        }
    }
}
