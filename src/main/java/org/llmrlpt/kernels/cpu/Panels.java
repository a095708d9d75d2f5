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
 * Copies blocks of B into the panels [k][columns] that a {@link Tile} reads. The last panel is that of
 * {@link Tile#edge}. Where it is wider than what is left, it holds some other numbers: the products with them go to
 * elements of a tile that nobody reads. Leading dimensions are in floats.
 */
final class Panels {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_128;
    private static final VectorShuffle<Float> AABB = VectorShuffle.fromValues(S, 0, 0, 1, 1);
    private static final VectorShuffle<Float> CCDD = VectorShuffle.fromValues(S, 2, 2, 3, 3);
    private static final VectorShuffle<Float> ABAB = VectorShuffle.fromValues(S, 0, 1, 0, 1);
    private static final VectorShuffle<Float> CDCD = VectorShuffle.fromValues(S, 2, 3, 2, 3);
    private static final VectorMask<Float> ODD = VectorMask.fromLong(S, 0b1010);
    private static final VectorMask<Float> HIGH = VectorMask.fromLong(S, 0b1100);

    /** Floats between panels of B: without them, the same row of all panels would fall into one set of the caches. */
    private static final long GAP = 32;

    private Panels() {
    }

    /** How many panels of {@code width} cover {@code n}. */
    static int count(int n, int width) {
        return (n + width - 1) / width;
    }

    /** Floats of all panels of B [k, n], one part of k after the other. */
    static long floatsB(Tile tile, int n, int k, int part) {
        return count(n, tile.columns) * ((long) tile.columns * k + GAP * count(k, part));
    }

    /** Floats of B's panels before panel {@code p} of the part of k that begins at {@code k0} and has kc rows. */
    static long offsetB(Tile tile, int n, int k0, int kc, int part, int p) {
        return k0 / part * count(n, tile.columns) * strideB(tile, part) + p * strideB(tile, kc);
    }

    /** Floats from one panel of B to the next, of {@code k} rows each. */
    static long strideB(Tile tile, int k) {
        return (long) tile.columns * k + GAP;
    }

    /** B's panels from a row-major B [k, n]. */
    static void copyB(Tile tile, long b, int ldb, int n, int k, long to) {
        copyRows(tile, b, ldb, n, k, 0, k, to);
    }

    /** Rows {@code first} to {@code end} of B's panels from a row-major B [k, n]. */
    static void copyRows(Tile tile, long b, int ldb, int n, int k, int first, int end, long to) {
        int full = n / tile.columns;
        long row = at(b, (long) first * ldb);
        tile.copyB(row, 4L * ldb, end - first, full, at(to, (long) first * tile.columns), 4 * strideB(tile, k));
        int done = full * tile.columns;
        if (done < n) {
            int width = tile.edge(n - done).columns;
            long last = at(to, full * strideB(tile, k));
            copyRagged(at(row, done), ldb, n - done, end - first, width, at(last, (long) first * width));
        }
    }

    /** Whole vectors, which go on into the next row of B, as long as they do not pass the end of B. */
    private static void copyRagged(long from, int ld, int n, int k, int width, long to) {
        long end = at(from, (k - 1L) * ld + n);
        for (int i = 0; i < k; i++) {
            if (at(from, width) <= end) {
                for (int j = 0; j < width; j += S.length()) {
                    fromMemorySegment(S, ALL, at(from, j), ORDER).intoMemorySegment(ALL, at(to, j), ORDER);
                }
            } else {
                for (int j = 0; j < width; j++) {
                    setFloat(at(to, j), getFloat(at(from, Math.min(j, n - 1))));
                }
            }
            from += 4L * ld;
            to += 4L * width;
        }
    }

    /** B's panels from a row-major Bᵀ [n, k], as weights are stored. */
    static void transposeB(Tile tile, long b, int ldb, int n, int k, long to) {
        for (int j = 0; j < n; j += tile.columns) {
            int left = Math.min(tile.columns, n - j);
            long panel = at(to, j / tile.columns * strideB(tile, k));
            int width = tile.edge(left).columns;
            turn(at(b, (long) j * ldb), 4L * ldb, left, k, width, panel, 4L * width);
        }
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
     * n rows of k floats, {@code step} bytes apart, become k rows of {@code width}, a multiple of four,
     * {@code stepTo} bytes apart. What is behind the first n of each are copies of the last row.
     */
    static void turn(long from, long step, int n, int k, int width, long to, long stepTo) {
        int whole = SixteenRows.FASTEST ? k / SixteenRows.COLUMNS * SixteenRows.COLUMNS : 0;
        int turned = whole > 0 ? n / SixteenRows.ROWS * SixteenRows.ROWS : 0;
        for (int q = 0; q < turned; q += SixteenRows.ROWS) {
            SixteenRows.turn(from + q * step, step, whole, at(to, q), stepTo);
        }
        for (int q = 0; q < width; q += 4) {
            int done = q < turned ? whole : 0;
            if (done < k) {
                long rows = at(from, done);
                long r0 = rows + Math.min(q, n - 1) * step;
                long r1 = rows + Math.min(q + 1, n - 1) * step;
                long r2 = rows + Math.min(q + 2, n - 1) * step;
                long r3 = rows + Math.min(q + 3, n - 1) * step;
                transposeFour(r0, r1, r2, r3, k - done, at(to + done * stepTo, q), stepTo);
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

    /** Four rows of k floats become k pieces of four floats, {@code step} floats apart, from {@code to[at]} on. */
    static void transposeFour(long r0, long r1, long r2, long r3, int k, float[] to, int at, int step) {
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
            low01.blend(low23.rearrange(ABAB), HIGH).intoArray(to, at);
            at += step;
            low01.rearrange(CDCD).blend(low23, HIGH).intoArray(to, at);
            at += step;
            high01.blend(high23.rearrange(ABAB), HIGH).intoArray(to, at);
            at += step;
            high01.rearrange(CDCD).blend(high23, HIGH).intoArray(to, at);
            at += step;
        }
        for (; i < k; i++) {
            long o = 4L * i;
            to[at] = getFloat(r0 + o);
            to[at + 1] = getFloat(r1 + o);
            to[at + 2] = getFloat(r2 + o);
            to[at + 3] = getFloat(r3 + o);
            at += step;
        }
    }
}
