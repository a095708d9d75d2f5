package org.llmrlpt.kernels.cpu;

import static org.llmrlpt.kernels.cpu.Memory.at;

/**
 * C[M,N] = or += op(A)·op(B) by blocks: B's panels are packed once for a chunk of columns and k and shared by all
 * threads; a task takes a block of rows, packs A for {@link Tile#MAX_K} of k at a time, and multiplies.
 * Later parts of k start from what C holds, so each element stays one chain of fused multiply-adds over k, and the
 * bits depend neither on the blocks nor on the threads.
 */
final class BlockedProduct {
    /** Floats of B packed at a time (16 MiB: they stay in the last cache). */
    private static final int CHUNK = 4 << 20;
    /** At least so many columns of B in a chunk: packing A is shared among them. */
    private static final int MIN_CHUNK_COLUMNS = 1024;
    /** At most so many columns in a task: its block of C stays in the second cache. */
    private static final int TASK_COLUMNS = 1024;
    /** At most so many rows in a task, a multiple of all tiles' rows. */
    private static final int TASK_ROWS = 96;
    /** So many tasks are wanted, so that the threads end together; of the shape only, never of the threads. */
    private static final int TASKS = 16;

    private static final Scratch B_PANELS = new Scratch();
    private static final Scratch EDGE = new Scratch();
    private static final ThreadLocal<float[]> A_PANELS = ThreadLocal.withInitial(() -> new float[0]);

    /** What does not change during one product: tile, operands, shape. A product belongs to the call that made it. */
    private final Tile tile;
    private final boolean transposedA;
    private final long a;
    private final int lda;
    private final long c;
    private final int ldc;
    private final int m;
    private final boolean accumulate;

    BlockedProduct(Tile tile, boolean transposedA, long a, int lda, long c, int ldc, int m, boolean accumulate) {
        this.tile = tile;
        this.transposedA = transposedA;
        this.a = a;
        this.lda = lda;
        this.c = c;
        this.ldc = ldc;
        this.m = m;
        this.accumulate = accumulate;
    }

    /** Packs and multiplies by B [k, n], or Bᵀ [n, k], a chunk at a time. */
    void multiply(boolean transposedB, long b, int ldb, int n, int k) {
        int columns = tile.columns;
        int wideChunk = Math.max(MIN_CHUNK_COLUMNS, CHUNK / k / columns * columns);
        int chunkK = Math.max(1, CHUNK / Math.min(n, wideChunk) / Tile.MAX_K) * Tile.MAX_K;
        for (int j0 = 0; j0 < n; j0 += wideChunk) {
            int nc = Math.min(wideChunk, n - j0);
            for (int k0 = 0; k0 < k; k0 += chunkK) {
                int kc = Math.min(chunkK, k - k0);
                long panels = B_PANELS.floats((long) Panels.count(nc, columns) * columns * kc);
                long from = transposedB ? at(b, (long) j0 * ldb + k0) : at(b, (long) k0 * ldb + j0);
                pack(tile, transposedB, from, ldb, nc, kc, panels);
                multiplyPacked(panels, j0, nc, k0, kc);
            }
        }
    }

    /**
     * Packs B [k, n], or Bᵀ [n, k]: for each part of {@link Tile#MAX_K} of k all panels, at {@code to} + floats of the
     * parts before.
     */
    static void pack(Tile tile, boolean transposed, long b, int ldb, int n, int k, long to) {
        int columns = tile.columns;
        int panels = Panels.count(n, columns);
        int group = transposed ? 1 : 8; // several panels at once read longer pieces of B's rows
        int groups = Panels.count(panels, group);
        Workers.forEach(groups * Panels.count(k, Tile.MAX_K), t -> {
            int k0 = t / groups * Tile.MAX_K;
            int kc = Math.min(Tile.MAX_K, k - k0);
            int j = t % groups * group * columns;
            int width = Math.min(group * columns, n - j);
            long target = at(to, (long) k0 * panels * columns + (long) j * kc);
            if (transposed) {
                Panels.packTransposedB(tile, at(b, (long) j * ldb + k0), ldb, width, kc, target);
            } else {
                Panels.packB(tile, at(b, (long) k0 * ldb + j), ldb, width, kc, target);
            }
        });
    }

    /** Columns j0 to j0 + n of C, with B's panels for k0 to k0 + k. */
    void multiplyPacked(long panels, int j0, int n, int k0, int k) {
        int count = Panels.count(n, tile.columns);
        int blocks = Panels.count(m, m < 20 * TASK_ROWS ? TASK_ROWS / 2 : TASK_ROWS);
        int height = Panels.count(Panels.count(m, blocks), tile.rows) * tile.rows;
        int tall = Panels.count(m, height);
        int split = Math.max(Panels.count(n, TASK_COLUMNS), Math.min(count / 2, TASKS / tall));
        Workers.forEach(tall * split, t -> {
            int i = t / split * height;
            int p = (int) ((long) count * (t % split) / split);
            int end = (int) ((long) count * (t % split + 1) / split);
            block(panels, i, Math.min(height, m - i), j0, n, p, end, k0, k);
        });
    }

    /** Rows i0 to i0 + rows of C, panels p0 to p1 of B. */
    private void block(long panels, int i0, int rows, int j0, int n, int p0, int p1, int k0, int k) {
        int count = Panels.count(n, tile.columns);
        float[] pa = panelsOfA(Panels.count(rows, tile.rows));
        for (int kk = 0; kk < k; kk += Tile.MAX_K) {
            int kc = Math.min(Tile.MAX_K, k - kk);
            if (transposedA) {
                Panels.packColumns(tile, at(a, (long) (k0 + kk) * lda + i0), lda, rows, kc, pa);
            } else {
                Panels.packRows(tile, at(a, (long) i0 * lda + k0 + kk), lda, rows, kc, pa);
            }
            boolean start = accumulate || k0 + kk > 0;
            for (int p = p0; p < p1; p++) {
                int j = p * tile.columns;
                long b = at(panels, (long) kk * count * tile.columns + (long) j * kc);
                long to = at(c, (long) i0 * ldc + j0 + j);
                column(pa, b, to, rows, Math.min(tile.columns, n - j), kc, start);
            }
        }
    }

    /** One panel of B times all of A's panels. Tiles that pass the edge of C go through a scratch tile. */
    private void column(float[] pa, long b, long to, int rows, int width, int kc, boolean start) {
        int stride = transposedA ? Panels.columnsStride(tile, kc) : tile.rows * Tile.ROW_STRIDE;
        long stepB = 4L * tile.columns;
        long stepC = 4L * ldc;
        for (int i = 0, from = 0; i < rows; i += tile.rows, from += stride) {
            int height = Math.min(tile.rows, rows - i);
            if (height == tile.rows && width == tile.columns) {
                tile(pa, from, b, stepB, to, stepC, kc, start);
            } else {
                long edge = EDGE.floats((long) tile.rows * tile.columns);
                if (start) {
                    copyTile(to, stepC, edge, stepB, height, width);
                }
                tile(pa, from, b, stepB, edge, stepB, kc, start);
                copyTile(edge, stepB, to, stepC, height, width);
            }
            to += tile.rows * stepC;
        }
    }

    private void tile(float[] pa, int from, long b, long stepB, long to, long stepC, int kc, boolean start) {
        if (transposedA) {
            tile.multiplyColumns(pa, from, b, stepB, to, stepC, kc, start);
        } else {
            tile.multiplyRows(pa, from, b, stepB, to, stepC, kc, start);
        }
    }

    private static void copyTile(long from, long stepFrom, long to, long stepTo, int height, int width) {
        for (int r = 0; r < height; r++) {
            Memory.copy(from + r * stepFrom, to + r * stepTo, width);
        }
    }

    private float[] panelsOfA(int count) {
        int rows = count * tile.rows;
        float[] panels = A_PANELS.get();
        int wanted = rows * Tile.ROW_STRIDE + count * Tile.SLACK;
        if (panels.length < wanted) {
            panels = new float[wanted];
            A_PANELS.set(panels);
        }
        return panels;
    }
}
