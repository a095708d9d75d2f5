package org.llmrlpt.kernels.cpu;

import static jdk.incubator.vector.FloatVector.fromMemorySegment;
import static org.llmrlpt.kernels.cpu.Memory.ALL;
import static org.llmrlpt.kernels.cpu.Memory.ORDER;
import static org.llmrlpt.kernels.cpu.Memory.at;
import static org.llmrlpt.kernels.cpu.Memory.getFloat;
import static org.llmrlpt.kernels.cpu.Memory.setFloat;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * One product C [M,N] = or += op(A)·op(B) by blocks: B's panels are packed for a chunk of columns and k and shared by
 * all threads; a task takes a block of rows, copies A for one part of k at a time, and multiplies. Where B is wide,
 * larger than Aᵀ or packed before, it is the other way round: A is copied for all threads, and a task takes columns.
 * Each part of k is added to what C holds. An element's bits depend on these parts alone ({@link Tile#partOfK}): other
 * blocks may be chosen by the number of threads.
 */
final class BlockedProduct {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_128;
    /**
     * Floats of B packed at a time (3 MiB, which two second caches hold), and where less would cut its columns (8 MiB):
     * for each chunk of columns A is copied again, for each chunk of k only C is read and written again.
     */
    private static final int CHUNK = 3 << 18;
    private static final int COLUMN_CHUNK = 1 << 21;
    /** At least so many columns of B in a chunk: the packing of A is shared among them. */
    private static final int MIN_CHUNK_COLUMNS = 1024;
    /** At most so many columns in a task: its block of C stays in the second cache from one part of k to the next. */
    private static final int TASK_COLUMNS = 1024;
    /** The same for sums of one part, which write C once: A is copied for each task. */
    private static final int TASK_COLUMNS_OF_ONE_PART = 2304;
    /**
     * At most so many rows in a task: A's panels stay in the second cache. Only the last tasks have fewer, as each
     * reads its columns of B, and long pieces of Aᵀ's rows are read faster.
     */
    private static final int TASK_ROWS = 192;
    private static final int MIN_TASK_ROWS = 24;
    /**
     * Floats of the panels of B (384 KiB) that a row of tiles runs along, so that C is read and written in long pieces,
     * which the processor fetches ahead: with one panel at a time a tile waits for C. So many stay in the second cache.
     */
    private static final int GROUP = 3 << 15;
    /** At most so many panels of B are copied together, so that long pieces of its rows are read. */
    private static final int COPIED_PANELS = 64;
    /** At most so many rows of them in a task. */
    private static final int COPIED_ROWS = 96;

    /** Floats of A that are copied for all tasks at a time (5 MiB), where each thread has its own panels of B. */
    private static final int SHARED_A = 5 << 18;
    /** Columns of Aᵀ that are copied together: long pieces of its rows are read faster. */
    private static final int COPIED_COLUMNS = 384;
    /** A product with so many rows and columns is wide: below, packing B for all threads costs no more. */
    private static final int WIDE_ROWS = 128;
    private static final int WIDE_COLUMNS = 4096;
    /** Floats of B (576 KiB) that a task which takes all rows packs at a time: they stay in the second cache. */
    static final int OWN_GROUP = 9 << 14;

    /** A task's rows of A, one part of k; or those that all tasks share. */
    private static final ScratchArray A_BLOCK = new ScratchArray();
    private static final Scratch B_PANELS = new Scratch();
    private static final Scratch OWN_PANELS = new Scratch();
    private static final Scratch EDGE_TILE = new Scratch();

    private final Tile tile;
    private final boolean transposedA;
    private final long a;
    private final int lda;
    private final long c;
    private final int ldc;
    private final int m;
    private final int part;
    private final boolean accumulate;

    /**
     * The left-hand side and the result.
     *
     * @param transposedA whether A is stored [K,M]
     * @param part length of the parts of k, {@link Tile#partOfK} of the whole sum
     */
    BlockedProduct(Tile tile, boolean transposedA, long a, int lda, long c, int ldc, int m, int part,
        boolean accumulate) {
        this.tile = tile;
        this.transposedA = transposedA;
        this.a = a;
        this.lda = lda;
        this.c = c;
        this.ldc = ldc;
        this.m = m;
        this.part = part;
        this.accumulate = accumulate;
    }

    /** Multiplies by B [k, n], or by a transposed B stored [n, k]. */
    void multiply(boolean transposedB, long b, int ldb, int n, int k) {
        multiply(transposedB, b, ldb, n, k, null);
    }

    /** As without {@code epilogue}, which is null or gets each block of C when it is complete. */
    void multiply(boolean transposedB, long b, int ldb, int n, int k, Epilogue epilogue) {
        int chunk = chunkColumns(n, k);
        int chunkK = chunk > MIN_CHUNK_COLUMNS ? k : chunkK(Math.min(n, chunk), k);
        for (int j0 = 0; j0 < n; j0 += chunk) {
            int nc = Math.min(chunk, n - j0);
            for (int k0 = 0; k0 < k; k0 += chunkK) {
                int kc = Math.min(chunkK, k - k0);
                long panels = B_PANELS.floats(Panels.floatsB(tile, nc, kc, part));
                long from = transposedB ? at(b, (long) j0 * ldb + k0) : at(b, (long) k0 * ldb + j0);
                pack(tile, transposedB, from, ldb, nc, kc, part, panels);
                multiplyAll(panels, j0, nc, k0, kc, k0 + kc == k ? epilogue : null);
            }
        }
    }

    /**
     * Packs B [k, n], or a transposed B stored [n, k]: for each part of k all panels, one part after the other.
     *
     * @param part length of the parts, {@link Tile#partOfK} of the whole sum
     */
    static void pack(Tile tile, boolean transposed, long b, int ldb, int n, int k, int part, long to) {
        int panels = Panels.count(n, tile.columns);
        int groups = transposed ? panels : Panels.count(panels, COPIED_PANELS);
        int pieces = transposed ? 1 : Panels.count(part, COPIED_ROWS);
        Workers.forEach(groups * pieces * Panels.count(k, part), t -> {
            int p = begin(panels, t % groups, groups);
            int width = Math.min(n, begin(panels, t % groups + 1, groups) * tile.columns) - p * tile.columns;
            int j = p * tile.columns;
            int k0 = t / groups / pieces * part;
            int kc = Math.min(part, k - k0);
            long target = at(to, Panels.offsetB(tile, n, k0, kc, part, p));
            if (transposed) {
                Panels.transposeB(tile, at(b, (long) j * ldb + k0), ldb, width, kc, target);
            } else {
                int piece = t / groups % pieces;
                Panels.copyRows(tile, at(b, (long) k0 * ldb + j), ldb, width, kc, begin(kc, piece, pieces),
                    begin(kc, piece + 1, pieces), target);
            }
        });
    }

    /** Columns in nearly equal chunks. */
    private int chunkColumns(int n, int k) {
        int chunks = Math.toIntExact(Math.ceilDiv((long) n * k, COLUMN_CHUNK));
        return Math.max(MIN_CHUNK_COLUMNS, Panels.count(Math.ceilDiv(n, chunks), tile.columns) * tile.columns);
    }

    /** Parts of k in nearly equal chunks. */
    private int chunkK(int n, int k) {
        int chunks = Math.toIntExact(Math.ceilDiv((long) n * k, CHUNK));
        return Math.ceilDiv(Panels.count(k, part), chunks) * part;
    }

    /** Whether B has so many columns that it is better packed in pieces than for all threads. */
    static boolean isWide(int m, int n) {
        return m >= WIDE_ROWS && n >= WIDE_COLUMNS;
    }

    /** Multiplies by B [k, n], or by a transposed B stored [n, k]; each task packs its own columns of it. */
    void multiplyByColumns(boolean transposedB, long b, int ldb, int n, int k) {
        int group = panelsOf(OWN_GROUP, tile.columns, part);
        long most = group * Panels.strideB(tile, part);
        byColumns(n, k, group, (p, width, k0, kc) -> {
            long own = OWN_PANELS.floats(most);
            long j = (long) p * tile.columns;
            if (transposedB) {
                Panels.transposeB(tile, at(b, j * ldb + k0), ldb, width, kc, own);
            } else {
                Panels.copyB(tile, at(b, (long) k0 * ldb + j), ldb, width, kc, own);
            }
            return own;
        });
    }

    /** Multiplies by all panels of B as {@link #pack} makes them, for few rows. */
    void multiplyPacked(long panels, int n, int k) {
        byColumns(n, k, 1, (p, width, k0, kc) -> at(panels, Panels.offsetB(tile, n, k0, kc, part, p)));
    }

    /** Where a task finds panels of B. */
    @FunctionalInterface
    private interface PanelSource {
        /** Address of the panels from number p on, {@code width} columns of B, sums over k0 to k0 + kc. */
        long panels(int p, int width, int k0, int kc);
    }

    /** A is copied for all tasks, a few MiB of it at a time, and each panel of B is read by one thread. */
    private void byColumns(int n, int k, int group, PanelSource source) {
        int tiles = Panels.count(m, tile.rows);
        int parts = Panels.count(k, part);
        int most = panelsOf(SHARED_A, tile.rows, part);
        int tall = Math.ceilDiv(tiles, Math.ceilDiv(tiles, most)); // equal ones: B is packed for each
        int deep = Math.clamp(SHARED_A / (part * tile.rows * tall), 1, parts);
        for (int i = 0; i < tiles; i += tall) {
            for (int q = 0; q < parts; q += deep) {
                byColumns(i, Math.min(tall, tiles - i), q, Math.min(deep, parts - q), n, k, group, source);
            }
        }
    }

    /** {@code tiles} rows of tiles of C from number {@code first} on, {@code parts} parts of k from {@code q0} on. */
    private void byColumns(int first, int tiles, int q0, int parts, int n, int k, int group, PanelSource source) {
        float[] rows = A_BLOCK.floats(parts * strideOfParts(tiles));
        copyForAll(first, tiles, q0, parts, k, rows);
        int panels = Panels.count(n, tile.columns);
        Pieces pieces = new Pieces(panels, group, Math.ceilDiv(group, 4), 1);
        Workers.forEach(pieces.count(), t -> {
            int p = pieces.begin(t);
            int end = pieces.end(p);
            int j = p * tile.columns;
            int width = Math.min(n, end * tile.columns) - j;
            for (int q = 0; q < parts; q++) {
                int k0 = (q0 + q) * part;
                int kc = Math.min(part, k - k0);
                long b = source.panels(p, width, k0, kc);
                columns(rows, q * strideOfParts(tiles), first, tiles, b, j, width, k0, kc);
            }
        });
    }

    /** Floats from one part of k to the next where {@code tiles} panels of A are copied for all tasks. */
    int strideOfParts(int tiles) {
        return tiles * BlockOfA.panelStride(tile, part);
    }

    /** Copies {@code tiles} panels of A from number {@code first} on, {@code parts} parts of k from {@code q0} on. */
    void copyForAll(int first, int tiles, int q0, int parts, int k, float[] to) {
        int copied = transposedA ? Panels.count(tiles * tile.rows, COPIED_COLUMNS) : tiles;
        Workers.forEach(copied * parts, t -> {
            int i = begin(tiles, t % copied, copied);
            int end = Math.min(m, (first + begin(tiles, t % copied + 1, copied)) * tile.rows);
            int q = t / copied;
            int k0 = (q0 + q) * part;
            int kc = Math.min(part, k - k0);
            copyA((first + i) * tile.rows, end, k0, kc, to,
                q * strideOfParts(tiles) + i * BlockOfA.panelStride(tile, kc));
        });
    }

    /**
     * Columns j to j + n of {@code tiles} rows of tiles of C from number {@code first} on, one part of k; from
     * {@code rows[at]} on are its panels of A, {@code b} are its panels of B.
     */
    void columns(float[] rows, int at, int first, int tiles, long b, int j, int n, int k0, int k) {
        int panels = Panels.count(n, tile.columns);
        int stride = BlockOfA.panelStride(tile, k);
        for (int i = 0; i < tiles; i++) {
            int top = (first + i) * tile.rows;
            row(rows, at + i * stride, Math.min(tile.rows, m - top), b, 0, panels, at(c, (long) top * ldc + j), n, k,
                accumulate || k0 > 0);
        }
    }

    /**
     * Columns j0 to j0 + n of C, sums over k0 to k0 + k; {@code b} are panels of exactly that part, {@code epilogue} is
     * null before the last one.
     */
    private void multiplyAll(long b, int j0, int n, int k0, int k, Epilogue epilogue) {
        int tiles = Panels.count(m, tile.rows);
        int panels = Panels.count(n, tile.columns);
        int most = TASK_ROWS / tile.rows;
        int least = MIN_TASK_ROWS / tile.rows;
        int tall = new Pieces(tiles, most, least, 1).count();
        int widest = k > part ? TASK_COLUMNS : TASK_COLUMNS_OF_ONE_PART;
        int wide = Math.max(Panels.count(n, widest), Math.min(panels, Panels.count(Workers.threads(), tall)));
        Pieces pieces = new Pieces(tiles, most, least, wide);
        Workers.forEach(pieces.count() * wide, t -> {
            int i = pieces.begin(t / wide);
            int rows = Math.min(m, pieces.end(i) * tile.rows) - i * tile.rows;
            int p = begin(panels, t % wide, wide);
            int end = begin(panels, t % wide + 1, wide);
            block(i * tile.rows, rows, p, end, b, j0, n, k0, k);
            if (epilogue != null) {
                int column = p * tile.columns;
                epilogue.apply(i * tile.rows, j0 + column, rows, Math.min(n, end * tile.columns) - column);
            }
        });
    }

    /** How many panels of {@code width} rows of A or columns of B, a part of k, so many floats hold; at least one. */
    static int panelsOf(int floats, int width, int part) {
        return Math.max(1, floats / (width * part));
    }

    /** Where part {@code i} of {@code parts} nearly equal parts of {@code count} begins. */
    static int begin(int count, int i, int parts) {
        return (int) ((long) count * i / parts);
    }

    /** Rows i0 to i0 + rows of C, panels p0 to p1 of B. */
    void block(int i0, int rows, int p0, int p1, long b, int j0, int n, int k0, int k) {
        int tiles = Panels.count(rows, tile.rows);
        int most = panelsOf(GROUP, tile.columns, part);
        float[] blockOfA = blockOfA(tile, tiles);
        for (int kk = 0; kk < k; kk += part) {
            int kc = Math.min(part, k - kk);
            int strideA = BlockOfA.panelStride(tile, kc);
            copyA(i0, i0 + rows, k0 + kk, kc, blockOfA, 0);
            long panels = at(b, Panels.offsetB(tile, n, kk, kc, part, 0));
            boolean start = accumulate || k0 + kk > 0;
            for (int p = p0; p < p1; p += most) {
                int group = Math.min(most, p1 - p);
                for (int i = 0; i < tiles; i++) {
                    int top = i * tile.rows;
                    row(blockOfA, i * strideA, Math.min(tile.rows, rows - top), panels, p, p + group,
                        at(c, (long) (i0 + top) * ldc + j0), n, kc, start);
                }
            }
        }
    }

    /** Rows i0 to i1 of the left-hand side, its columns k0 to k0 + k, to {@code to[first]} and behind it. */
    private void copyA(int i0, int i1, int k0, int k, float[] to, int first) {
        if (transposedA) {
            BlockOfA.copy(tile, at(a, (long) k0 * lda + i0), lda, i1 - i0, k, to, first);
        } else {
            BlockOfA.turn(tile, at(a, (long) i0 * lda + k0), lda, i1 - i0, k, to, first);
        }
    }

    /** Room for so many panels of a left-hand side and one part of k, for the calling thread. */
    static float[] blockOfA(Tile tile, int panels) {
        return A_BLOCK.floats(panels * BlockOfA.panelStride(tile, Tile.MAX_K));
    }

    /**
     * A row of tiles, {@code height} rows of C in panels p0 to p1 of its n columns; {@code c} is its first column of
     * all.
     */
    private void row(float[] blockOfA, int at, int height, long b, int p0, int p1, long c, int n, int kc,
        boolean start) {
        int columns = tile.columns;
        long stepC = 4L * ldc;
        for (int p = p0; p < p1; p++) {
            long panel = at(b, p * Panels.strideB(tile, kc));
            long to = c + 4L * p * columns;
            int width = Math.min(columns, n - p * columns);
            Tile fitting = width == columns ? tile.low(height) : tile.edge(width);
            for (int r = 0; r < height; r += fitting.rows) {
                tile(fitting, blockOfA, at + r, Math.min(fitting.rows, height - r), width, panel, to + r * stepC, kc,
                    start);
            }
        }
    }

    /** One tile, of which C has {@code height} rows and {@code width} columns; if not all, through a scratch tile. */
    private void tile(Tile fitting, float[] blockOfA, int at, int height, int width, long panel, long to, int kc,
        boolean start) {
        long stepC = 4L * ldc;
        if (height == fitting.rows && width == fitting.columns) {
            fitting.multiply(blockOfA, at, panel, to, stepC, kc, start);
            return;
        }
        long edge = EDGE_TILE.floats((long) tile.rows * tile.columns);
        long step = 4L * fitting.columns;
        if (start) {
            copyTile(to, stepC, edge, step, height, width);
        }
        fitting.multiply(blockOfA, at, panel, edge, step, kc, start);
        copyTile(edge, step, to, stepC, height, width);
    }

    /** By vectors and elements: a call that copies memory costs more than such short rows. */
    private static void copyTile(long from, long stepFrom, long to, long stepTo, int height, int width) {
        for (int r = 0; r < height; r++) {
            int j = 0;
            for (; j + S.length() <= width; j += S.length()) {
                fromMemorySegment(S, ALL, at(from, j), ORDER).intoMemorySegment(ALL, at(to, j), ORDER);
            }
            for (; j < width; j++) {
                setFloat(at(to, j), getFloat(at(from, j)));
            }
            from += stepFrom;
            to += stepTo;
        }
    }
}
