package org.llmrlpt.kernels.cpu;

import static jdk.incubator.vector.FloatVector.fromMemorySegment;
import static org.llmrlpt.kernels.cpu.Memory.ALL;
import static org.llmrlpt.kernels.cpu.Memory.ORDER;
import static org.llmrlpt.kernels.cpu.Memory.at;
import static org.llmrlpt.kernels.cpu.Memory.getFloat;
import static org.llmrlpt.kernels.cpu.VectorMath.S;
import static org.llmrlpt.kernels.cpu.VectorMath.exactly;

import jdk.incubator.vector.FloatVector;

/**
 * Copies blocks of A into an array, as the panels [k][tile rows] that a {@link Tile} reads, {@link #panelStride} apart.
 * Leading dimensions are in floats.
 */
final class BlockOfA {
    /** So many floats at most are written too many behind the last column of a panel. */
    private static final int EXCESS = 16;

    private BlockOfA() {
    }

    /**
     * From a row-major A [m, k], to {@code to[first]} and behind it. Rows that the last panel has too many are copies
     * of the last one.
     */
    static void turn(Tile tile, long a, int lda, int m, int k, float[] to, int first) {
        int stride = panelStride(tile, k);
        boolean twelves = TwelveRows.FASTEST && tile.rows == TwelveRows.ROWS;
        int whole = twelves ? k / TwelveRows.COLUMNS * TwelveRows.COLUMNS : 0;
        for (int i = 0; i < m; i += tile.rows) {
            int at = first + i / tile.rows * stride;
            int done = i + tile.rows <= m ? whole : 0;
            if (done > 0) {
                TwelveRows.turn(at(a, (long) i * lda), 4L * lda, done, to, at);
            }
            if (done < k) {
                turnByFours(tile.rows, at(a, done), lda, i, m, k - done, to, at + done * tile.rows);
            }
        }
    }

    /** Backwards, because four rows may be more than the panel has left: they go into its next column. */
    private static void turnByFours(int rows, long a, int lda, int i, int m, int k, float[] to, int at) {
        for (int r = (rows - 1) / 4 * 4; r >= 0; r -= 4) {
            Panels.transposeFour(row(a, lda, i + r, m), row(a, lda, i + r + 1, m), row(a, lda, i + r + 2, m),
                row(a, lda, i + r + 3, m), k, to, at + r, rows);
        }
    }

    private static long row(long a, int lda, int i, int m) {
        return at(a, (long) Math.min(i, m - 1) * lda);
    }

    /** From a row-major Aᵀ [k, m], to {@code to[first]} and behind it. */
    static void copy(Tile tile, long a, int lda, int m, int k, float[] to, int first) {
        int stride = panelStride(tile, k);
        int panels = Panels.count(m, tile.rows);
        long end = at(a, (k - 1L) * lda + m);
        int safe = k;
        while (safe > 0 && at(a, (safe - 1L) * lda + panels * tile.rows + EXCESS) > end) {
            safe--;
        }
        int fours = safe / 4 * 4;
        for (int i = 0; i < fours; i += 4) {
            long row = at(a, (long) i * lda);
            fourRows(row, at(row, lda), at(row, 2L * lda), at(row, 3L * lda), panels, to, first + i * tile.rows,
                tile.rows, stride);
        }
        for (int i = fours; i < k; i++) {
            for (int j = 0; j < m; j++) {
                to[first + j / tile.rows * stride + i * tile.rows + j % tile.rows] =
                    getFloat(at(a, (long) i * lda + j));
            }
        }
    }

    /**
     * Four rows of Aᵀ into all panels. Their loads wait for memory together: row by row this takes up to three times as
     * long where a block has few columns. Whole vectors are copied, the last of a row first: what a row has too many is
     * overwritten by the next.
     */
    private static void fourRows(long r0, long r1, long r2, long r3, int panels, float[] to, int at, int rows,
        int stride) {
        for (int p = 0; p < panels; p++) {
            for (int q = (rows - 1) / S.length() * S.length(); q >= 0; q -= S.length()) {
                long o = 4L * q;
                FloatVector v0 = fromMemorySegment(S, ALL, r0 + o, ORDER);
                FloatVector v1 = fromMemorySegment(S, ALL, r1 + o, ORDER);
                FloatVector v2 = fromMemorySegment(S, ALL, r2 + o, ORDER);
                FloatVector v3 = fromMemorySegment(S, ALL, r3 + o, ORDER);
                exactly(v0).intoArray(to, at + q);
                exactly(v1).intoArray(to, at + rows + q);
                exactly(v2).intoArray(to, at + 2 * rows + q);
                exactly(v3).intoArray(to, at + 3 * rows + q);
            }
            r0 += 4L * rows;
            r1 += 4L * rows;
            r2 += 4L * rows;
            r3 += 4L * rows;
            at += stride;
        }
    }

    /** Floats from one panel to the next. */
    static int panelStride(Tile tile, int k) {
        return tile.rows * k + EXCESS;
    }
}
