package org.llmrlpt.kernels.cpu;

import static org.llmrlpt.kernels.cpu.Memory.at;
import static org.llmrlpt.kernels.cpu.Memory.getFloat;

import java.lang.foreign.MemorySegment;

/** Copies blocks of A into an array that a {@link Tile} reads, as they are stored: by rows or by columns. */
final class BlockOfA {
    /** So many floats at most does {@link Tile#copyA} copy too many from a row of Aᵀ. */
    private static final int EXCESS = 16;

    private BlockOfA() {
    }

    /** From a row-major A [m, k] to rows {@link Tile#STRIDE_A} apart; {@code lda} in floats. */
    static void rows(long a, int lda, int m, int k, float[] to) {
        for (int i = 0; i < m; i++) {
            MemorySegment.copy(Memory.ALL, Memory.FLOAT, at(a, (long) i * lda), to, i * Tile.STRIDE_A, k);
        }
    }

    /** From a row-major Aᵀ [k, m] to panels [k][tile rows], {@link #panelStride} apart; {@code lda} in floats. */
    static void columns(Tile tile, long a, int lda, int m, int k, float[] to) {
        int stride = panelStride(tile, k);
        int panels = Panels.count(m, tile.rows);
        long end = at(a, (k - 1L) * lda + m);
        int safe = k;
        while (safe > 0 && at(a, (safe - 1L) * lda + panels * tile.rows + EXCESS) > end) {
            safe--;
        }
        tile.copyA(a, 4L * lda, safe, panels, to, stride);
        for (int i = safe; i < k; i++) {
            for (int j = 0; j < m; j++) {
                to[j / tile.rows * stride + i * tile.rows + j % tile.rows] = getFloat(at(a, (long) i * lda + j));
            }
        }
    }

    /** Floats from one panel of {@link #columns} to the next. */
    static int panelStride(Tile tile, int k) {
        return tile.rows * k + EXCESS;
    }
}
