package org.llmrlpt.kernels.cpu;

import static jdk.incubator.vector.FloatVector.fromMemorySegment;
import static org.llmrlpt.kernels.cpu.Memory.ALL;
import static org.llmrlpt.kernels.cpu.Memory.ORDER;
import static org.llmrlpt.kernels.cpu.Memory.at;
import static org.llmrlpt.kernels.cpu.Memory.getFloat;
import static org.llmrlpt.kernels.cpu.Memory.setFloat;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Copies blocks of matrices into the panels that a {@link Tile} reads. What is missing in the last panel is zero.
 * All leading dimensions are in floats.
 */
final class Panels {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;

    private Panels() {
    }

    /** How many panels of {@code width} cover {@code n}. */
    static int count(int n, int width) {
        return (n + width - 1) / width;
    }

    /** Floats from one panel of {@link #packColumns} to the next. */
    static int columnsStride(Tile tile, int k) {
        return tile.rows * k + Tile.SLACK;
    }

    /** B's panels from a row-major B [k, n]: panel p is [k][columns] at {@code to} + p · columns · k floats. */
    static void packB(Tile tile, long b, int ldb, int n, int k, long to) {
        int full = n / tile.columns;
        long stepPanel = 4L * tile.columns * k;
        tile.packB(b, 4L * ldb, k, full, to, stepPanel);
        int rest = n - full * tile.columns;
        if (rest > 0) {
            long from = at(b, (long) full * tile.columns);
            long d = to + full * stepPanel;
            for (int i = 0; i < k; i++) {
                for (int j = 0; j < tile.columns; j++) {
                    setFloat(at(d, j), j < rest ? getFloat(at(from, j)) : 0f);
                }
                from += 4L * ldb;
                d += 4L * tile.columns;
            }
        }
    }

    /** The same from a row-major Bᵀ [n, k] at {@code b}, as weights are stored: this one has to transpose. */
    static void packTransposedB(Tile tile, long b, int ldb, int n, int k, long to) {
        long step = 4L * tile.columns;
        int panels = count(n, tile.columns);
        for (int p = 0; p < panels; p++) {
            for (int j = 0; j < tile.columns; j += 4) {
                int row = p * tile.columns + j;
                long s0 = at(b, (long) row * ldb);
                long d = to + p * step * k + 4L * j;
                if (row + 4 <= n) {
                    long s1 = s0 + 4L * ldb;
                    long s2 = s1 + 4L * ldb;
                    long s3 = s2 + 4L * ldb;
                    for (int i = 0; i < k; i++) {
                        setFloat(d, getFloat(s0));
                        setFloat(d + 4, getFloat(s1));
                        setFloat(d + 8, getFloat(s2));
                        setFloat(d + 12, getFloat(s3));
                        s0 += 4;
                        s1 += 4;
                        s2 += 4;
                        s3 += 4;
                        d += step;
                    }
                } else {
                    for (int i = 0; i < k; i++, d += step) {
                        for (int r = 0; r < 4; r++) {
                            setFloat(at(d, r), row + r < n ? getFloat(at(s0, i + (long) r * ldb)) : 0f);
                        }
                    }
                }
            }
        }
    }

    /** A's panels as rows of stride {@link Tile#ROW_STRIDE} from a row-major A [m, k]. */
    static void packRows(Tile tile, long a, int lda, int m, int k, float[] to) {
        int rows = count(m, tile.rows) * tile.rows;
        int whole = S.loopBound(k);
        for (int r = 0; r < m; r++) {
            int d = r * Tile.ROW_STRIDE;
            int i = 0;
            for (; i < whole; i += S.length()) {
                fromMemorySegment(S, ALL, a + 4L * i, ORDER).intoArray(to, d + i);
            }
            for (; i < k; i++) {
                to[d + i] = getFloat(a + 4L * i);
            }
            a += 4L * lda;
        }
        for (int r = m; r < rows; r++) {
            Arrays.fill(to, r * Tile.ROW_STRIDE, r * Tile.ROW_STRIDE + k, 0f);
        }
    }

    /** A's panels as [k][rows] from a row-major Aᵀ [k, m]. */
    static void packColumns(Tile tile, long a, int lda, int m, int k, float[] to) {
        int full = m / tile.rows;
        int stride = columnsStride(tile, k);
        // The last row's last floats may be the end of an array, so that no vector may pass them.
        tile.packColumns(a, 4L * lda, k - 1, full, to, stride);
        copyColumns(tile, at(a, (long) (k - 1) * lda), 0, full * tile.rows, k - 1, to, stride);
        for (int i = 0; i < k && full * tile.rows < m; i++) {
            copyColumns(tile, at(a, (long) i * lda), full * tile.rows, m, i, to, stride);
        }
    }

    /** Columns {@code from} to {@code m} of one row of Aᵀ, one float at a time, up to the end of the last panel. */
    private static void copyColumns(Tile tile, long row, int from, int m, int i, float[] to, int stride) {
        for (int r = from; r < m; r += tile.rows) {
            int d = r / tile.rows * stride + i * tile.rows;
            for (int q = 0; q < tile.rows; q++) {
                to[d + q] = r + q < m ? getFloat(at(row, r + q)) : 0f;
            }
        }
    }
}
