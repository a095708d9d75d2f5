package org.llmrlpt.kernels.cpu;

import static org.llmrlpt.kernels.cpu.Memory.at;

/**
 * y [M,N] = x [M,K] · w [N,K]ᵀ for few rows x, as in decoding, where packing all of w would cost more than it saves.
 * It is computed as yᵀ = w·xᵀ: x is packed, each task turns its rows of w as it goes, a block of yᵀ stays in the second
 * cache, and is transposed when its sums are complete. The parts of k, and so the bits, are those of
 * {@link BlockedProduct}.
 */
final class FewRowsProduct {
    /** At most so many rows of w in a task: they and their part of yᵀ stay in the second cache. */
    private static final int MAX_TASK_ROWS = 48;
    /** Tasks for each thread, so that the threads end together though one is slower. */
    private static final int TASKS_PER_THREAD = 4;
    /** Rows of y that are written together: their lines stay in the first cache even where rows share its sets. */
    private static final int OUT_ROWS = 8;

    private static final Tile NARROW = new NarrowTile();
    private static final Scratch X_PANELS = new Scratch();
    private static final Scratch Y_TRANSPOSED = new Scratch();

    private final Tile tile;
    private final int panels;
    private final long x;
    private final long w;
    private final int ldw;
    private final long y;
    private final int ldy;
    private final int m;
    private final int k;

    private FewRowsProduct(Tile tile, long x, long w, int ldw, long y, int ldy, int m, int k) {
        this.tile = tile;
        panels = Panels.count(m, tile.columns);
        this.x = x;
        this.w = w;
        this.ldw = ldw;
        this.y = y;
        this.ldy = ldy;
        this.m = m;
        this.k = k;
    }

    /** Whether there are so few rows that passing over x and y once more costs less than packing w for all threads. */
    static boolean pays(int m, int n, int k) {
        return m * (n + (long) k) < n * (long) k;
    }

    static void multiply(long x, int ldx, long w, int ldw, long y, int ldy, int m, int n, int k) {
        Tile tile = tile(m);
        int part = Tile.partOfK(k);
        long packed = X_PANELS.floats(Panels.floatsB(tile, m, k, part));
        BlockedProduct.pack(tile, true, x, ldx, m, k, part, packed);
        new FewRowsProduct(tile, packed, w, ldw, y, ldy, m, k).multiply(n);
    }

    /** The tile that leaves fewer columns unused; the wide one may have a narrow one for its last panel. */
    private static Tile tile(int m) {
        int unused = Panels.count(m, Gemm.TILE.columns) * Gemm.TILE.columns - m;
        return unused < NARROW.columns || Gemm.TILE.rows == NARROW.rows ? Gemm.TILE : NARROW;
    }

    private void multiply(int n) {
        int tiles = Panels.count(n, tile.rows);
        int height = Math.clamp(n / (Workers.threads() * TASKS_PER_THREAD), tile.rows, MAX_TASK_ROWS);
        int tasks = Math.min(tiles, Panels.count(n, height));
        Workers.forEach(tasks, t -> {
            int j = BlockedProduct.begin(tiles, t, tasks) * tile.rows;
            block(j, Math.min(n, BlockedProduct.begin(tiles, t + 1, tasks) * tile.rows) - j);
        });
    }

    /** Columns j0 to j0 + columns of y, a row of w each. Whole tiles: what passes the end is never read. */
    private void block(int j0, int columns) {
        int padded = Panels.count(columns, tile.rows) * tile.rows;
        int width = panels * tile.columns;
        float[] rows = BlockedProduct.blockOfA(tile, padded / tile.rows);
        long out = Y_TRANSPOSED.floats((long) padded * width);
        int part = Tile.partOfK(k);
        for (int k0 = 0; k0 < k; k0 += part) {
            int kc = Math.min(part, k - k0);
            int stride = BlockOfA.panelStride(tile, kc);
            BlockOfA.turn(tile, at(w, (long) j0 * ldw + k0), ldw, columns, kc, rows, 0);
            for (int j = 0; j < padded; j += tile.rows) {
                for (int p = 0; p < panels; p++) {
                    int i = p * tile.columns;
                    long panel = at(x, Panels.offsetB(tile, m, k0, kc, part, p));
                    tile.edge(m - i).multiply(rows, j / tile.rows * stride, panel, at(out, (long) j * width + i),
                        4L * width, kc, k0 > 0);
                }
            }
        }
        for (int i = 0; i < m; i += OUT_ROWS) {
            Panels.transpose(at(out, i), width, columns, Math.min(OUT_ROWS, m - i), at(y, (long) i * ldy + j0), ldy);
        }
    }
}
