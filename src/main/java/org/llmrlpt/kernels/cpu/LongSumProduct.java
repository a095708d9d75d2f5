package org.llmrlpt.kernels.cpu;

import static org.llmrlpt.kernels.cpu.Memory.at;

/**
 * C [M,N] = or += A [K,M]ᵀ · B [K,N] where C is small and the sum over k long, as for the gradients of weights: a task
 * takes a piece of the sum, not only some rows or columns of C, and so reads long stretches of rows. The smaller of A
 * and B is copied for all tasks at once, and each task copies what it needs of the other. The sums of all pieces but
 * the first are kept apart and added in their order. What a piece is depends on the shape alone.
 */
final class LongSumProduct {
    /** At most so many pieces: C is written and read once more for each. */
    private static final int MAX_PIECES = 4;
    /** At least so many parts of k in a piece. */
    private static final int PARTS_PER_PIECE = 2;
    /** A piece more is worth while where it writes and reads at most a quarter as many floats as A and B have. */
    private static final int FLOATS_PER_SUM = 8;
    /** At most so many floats of sums (16 MiB) besides C. */
    private static final long MAX_SUMS = 4 << 20;
    /** At most so many floats of A or B (16 MiB) are copied for all tasks; else each copies what it needs of both. */
    private static final long MAX_SHARED = 4 << 20;
    /** At most so many floats of A, one part of k, in a task (768 KiB): they stay in the second cache. */
    private static final int TASK_OF_A = 3 << 16;
    /** At most so many columns of C in a task that takes some rows. */
    private static final int TASK_COLUMNS = 768;
    /** At least so many rows, however many threads there are: each task reads all of its columns of B. */
    private static final int MIN_TASK_ROWS = 48;
    /** At least so many columns in a task that takes all rows. */
    private static final int MIN_GROUP_COLUMNS = 96;

    private static final ScratchArray A_PANELS = new ScratchArray();
    private static final Scratch B_PANELS = new Scratch();
    private static final Scratch OWN_PANELS = new Scratch();
    private static final Scratch SUMS = new Scratch();

    private final Tile tile;
    private final long a;
    private final int lda;
    private final long b;
    private final int ldb;
    private final int m;
    private final int n;
    private final int k;
    private final int part;
    private final int pieces;

    LongSumProduct(Tile tile, long a, int lda, long b, int ldb, int m, int n, int k) {
        this.tile = tile;
        this.a = a;
        this.lda = lda;
        this.b = b;
        this.ldb = ldb;
        this.m = m;
        this.n = n;
        this.k = k;
        part = Tile.partOfK(k);
        pieces = pieces(m, n, k);
    }

    /** Whether the sum is long enough to be cut. */
    static boolean pays(int m, int n, int k) {
        return pieces(m, n, k) > 1;
    }

    private static int pieces(int m, int n, int k) {
        long results = (long) m * n;
        long worth = Math.min((m + (long) n) * k / (FLOATS_PER_SUM * results), MAX_SUMS / results);
        int most = Math.clamp(Panels.count(k, Tile.partOfK(k)) / PARTS_PER_PIECE, 1, MAX_PIECES);
        return Math.clamp(1 + worth, 1, most);
    }

    /** C = or += Aᵀ · B. */
    void multiply(long c, int ldc, boolean accumulate) {
        long sums = SUMS.floats((pieces - 1L) * m * n);
        if (n > m && (long) Panels.count(m, tile.rows) * tile.rows * k <= MAX_SHARED) {
            byColumns(c, ldc, accumulate, sums);
        } else {
            byRows(c, ldc, accumulate, sums);
        }
        int rows = Elements.rowsPerTask(n);
        Workers.forEach(Elements.tasks(m, rows), t -> {
            for (int i = t * rows; i < Math.min(m, (t + 1) * rows); i++) {
                long to = at(c, (long) i * ldc);
                for (int piece = 1; piece < pieces; piece++) {
                    ElementKernels.addRun(to, at(sum(sums, piece), (long) i * n), to, n);
                }
            }
        });
    }

    private long sum(long sums, int piece) {
        return at(sums, (piece - 1L) * m * n);
    }

    /** Where the piece's first part of k is among all of them. */
    private int firstPart(int piece) {
        return BlockedProduct.begin(Panels.count(k, part), piece, pieces);
    }

    /** B is packed for all tasks, if it is not too large; each takes some rows of C. */
    private void byRows(long c, int ldc, boolean accumulate, long sums) {
        int tiles = Panels.count(m, tile.rows);
        int panels = Panels.count(n, tile.columns);
        int wide = Panels.count(n, TASK_COLUMNS);
        long packed = pack();
        int each = pieces * wide;
        int most = BlockedProduct.panelsOf(TASK_OF_A, tile.rows, part);
        Pieces blocks = new Pieces(tiles, most, MIN_TASK_ROWS / tile.rows, each);
        Workers.forEach(blocks.count() * each, t -> {
            int piece = t % pieces;
            int j = t % each / pieces;
            int i = blocks.begin(t / each);
            block(packed, piece, piece == 0 ? c : sum(sums, piece), piece == 0 ? ldc : n, piece == 0 && accumulate,
                i * tile.rows, Math.min(m, blocks.end(i) * tile.rows),
                BlockedProduct.begin(panels, j, wide) * tile.columns,
                Math.min(n, BlockedProduct.begin(panels, j + 1, wide) * tile.columns));
        });
    }

    /** All panels of B; or 0 where they are too large. */
    private long pack() {
        long floats = Panels.floatsB(tile, n, k, part);
        if (floats > MAX_SHARED) {
            return 0;
        }
        long panels = B_PANELS.floats(floats);
        BlockedProduct.pack(tile, false, b, ldb, n, k, part, panels);
        return panels;
    }

    /** A piece's sums for rows i0 to i1 and columns j0 to j1; {@code packed} are all panels of B, or 0. */
    private void block(long packed, int piece, long to, int ldTo, boolean accumulate, int i0, int i1, int j0,
        int j1) {
        int width = j1 - j0;
        int panels = Panels.count(width, tile.columns);
        long own = packed != 0 ? 0 : OWN_PANELS.floats(panels * Panels.strideB(tile, part));
        int first = firstPart(piece) * part;
        int end = Math.min(k, firstPart(piece + 1) * part);
        BlockedProduct product = new BlockedProduct(tile, true, at(a, (long) first * lda + i0), lda,
            at(to, (long) i0 * ldTo + j0), ldTo, i1 - i0, part, accumulate);
        for (int k0 = first; k0 < end; k0 += part) {
            int kc = Math.min(part, end - k0);
            long from = at(packed, Panels.offsetB(tile, n, k0, kc, part, j0 / tile.columns));
            if (packed == 0) {
                Panels.copyB(tile, at(b, (long) k0 * ldb + j0), ldb, width, kc, own);
                from = own;
            }
            product.block(0, i1 - i0, 0, panels, from, 0, width, k0 - first, kc);
        }
    }

    /** A is copied for all tasks; each takes some columns of C. */
    private void byColumns(long c, int ldc, boolean accumulate, long sums) {
        int tiles = Panels.count(m, tile.rows);
        int parts = Panels.count(k, part);
        BlockedProduct all = new BlockedProduct(tile, true, a, lda, c, ldc, m, part, accumulate);
        float[] rows = A_PANELS.floats(parts * all.strideOfParts(tiles));
        all.copyForAll(0, tiles, 0, parts, k, rows);
        int most = BlockedProduct.panelsOf(BlockedProduct.OWN_GROUP, tile.columns, part);
        Pieces groups = new Pieces(Panels.count(n, tile.columns), most, MIN_GROUP_COLUMNS / tile.columns, pieces);
        Workers.forEach(groups.count() * pieces, t -> {
            int piece = t % pieces;
            int p = groups.begin(t / pieces);
            BlockedProduct product = piece == 0 ? all
                : new BlockedProduct(tile, true, a, lda, sum(sums, piece), n, m, part, false);
            columns(rows, product, piece, p * tile.columns, Math.min(n, groups.end(p) * tile.columns));
        });
    }

    /** A piece's sums for columns j to end; {@code rows} are all panels of A. */
    private void columns(float[] rows, BlockedProduct product, int piece, int j, int end) {
        int tiles = Panels.count(m, tile.rows);
        long own = OWN_PANELS.floats(Panels.count(end - j, tile.columns) * Panels.strideB(tile, part));
        int first = firstPart(piece);
        for (int q = first; q < firstPart(piece + 1); q++) {
            int kc = Math.min(part, k - q * part);
            Panels.copyB(tile, at(b, (long) q * part * ldb + j), ldb, end - j, kc, own);
            product.columns(rows, q * product.strideOfParts(tiles), 0, tiles, own, j, end - j, (q - first) * part, kc);
        }
    }
}
