package org.llmrlpt.kernels.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.llmrlpt.kernels.cpu.Memory.at;
import static org.llmrlpt.kernels.cpu.Memory.getFloat;

import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.llmrlpt.random.RandomStream;

class GemmTest {
    private enum Kind { NT, NN, TN }

    /** C [m,n], sums of k; each matrix is a view of rows that are {@code extra} floats wider. */
    private record Shape(int m, int n, int k, int extra) {
    }

    private static final List<Tile> TILES = List.of(new Tile512(), new Tile256(), new Tile128(), new NarrowTile());

    @AfterEach
    void backToAllProcessors() {
        Workers.use(Runtime.getRuntime().availableProcessors());
    }

    @Test
    void productsOfRaggedStridedShapesAreRight() {
        for (Shape shape : shapes()) {
            for (Kind kind : Kind.values()) {
                for (boolean accumulate : new boolean[] {false, true}) {
                    Problem p = new Problem(kind, shape, accumulate);
                    p.checkAgainstDouble(p.run(), "Gemm");
                }
            }
        }
    }

    @Test
    void everyTileIsRightAndGivesTheSameBits() {
        for (Shape shape : shapes()) {
            for (Kind kind : Kind.values()) {
                for (boolean accumulate : new boolean[] {false, true}) {
                    Problem p = new Problem(kind, shape, accumulate);
                    Matrix first = p.run(TILES.getFirst());
                    p.checkAgainstDouble(first, "Tile512");
                    for (Tile tile : TILES) {
                        first.checkSameBits(p.run(tile), p + " " + tile.getClass().getSimpleName());
                    }
                }
            }
        }
    }

    @Test
    void aPackedBGivesTheSameBits() {
        List<Shape> shapes = new ArrayList<>(shapes());
        shapes.addAll(List.of(new Shape(64, 640, 384, 0), new Shape(128, 259, 1024, 1), new Shape(300, 40, 1024, 0)));
        for (Shape shape : shapes) {
            Problem p = new Problem(Kind.NT, shape, false);
            Matrix want = p.run();
            for (Tile tile : TILES) {
                want.checkSameBits(p.runPacked(tile), p + " packed for " + tile.getClass().getSimpleName());
            }
        }
    }

    @Test
    void productsByColumnsGiveTheSameBitsOnEveryTile() {
        for (Shape shape : List.of(new Shape(40, 70, 5000, 3), new Shape(530, 61, 1100, 0), new Shape(20, 800, 1201, 1),
            new Shape(12, 32, 384, 0))) {
            for (Kind kind : List.of(Kind.NT, Kind.TN)) {
                for (boolean accumulate : new boolean[] {false, true}) {
                    Problem p = new Problem(kind, shape, accumulate);
                    Matrix want = p.run(TILES.getFirst());
                    for (Tile tile : TILES) {
                        want.checkSameBits(p.runByColumns(tile), p + " " + tile.getClass().getSimpleName());
                    }
                }
            }
        }
    }

    @Test
    void aWideProductGivesTheSameBits() {
        // Ragged, with more of A than is copied at a time: many rows, and a long sum.
        for (Kind kind : List.of(Kind.NT, Kind.TN)) {
            for (Shape shape : List.of(new Shape(131, 4103, 50, 3), new Shape(3700, 4103, 380, 0),
                new Shape(131, 4096, 12_100, 0))) {
                for (boolean accumulate : new boolean[] {false, true}) {
                    assertTrue(BlockedProduct.isWide(shape.m, shape.n), shape.toString());
                    Problem p = new Problem(kind, shape, accumulate);
                    Matrix want = p.run(TILES.getFirst());
                    for (int threads : new int[] {1, 3}) {
                        Workers.use(threads);
                        Matrix got = kind == Kind.NT ? p.run() : p.runByColumns(Gemm.TILE);
                        want.checkSameBits(got, p + " wide, threads: " + threads);
                    }
                }
            }
        }
    }

    @Test
    void aLongSumIsRightAndGivesTheSameBitsOnEveryTile() {
        for (Shape shape : List.of(new Shape(40, 70, 5000, 3), new Shape(530, 61, 3100, 0),
            new Shape(20, 800, 4801, 1))) {
            assertTrue(LongSumProduct.pays(shape.m, shape.n, shape.k), shape.toString());
            for (boolean accumulate : new boolean[] {false, true}) {
                Problem p = new Problem(Kind.TN, shape, accumulate);
                Matrix want = p.run();
                p.checkAgainstDouble(want, "long sum");
                for (Tile tile : TILES) {
                    want.checkSameBits(p.runLongSum(tile), p + " " + tile.getClass().getSimpleName());
                }
            }
        }
    }

    @Test
    void aLongSumIsRightWhereNeitherSideIsCopiedForAllTasks() {
        // Sampled elements only. Sums of pieces differ from sums in parts by less than the bound.
        int k = 44_000;
        Matrix a = new Matrix(k, 97, 0).fill("a");
        Matrix b = new Matrix(k, 101, 0).fill("b");
        Matrix c = new Matrix(97, 101, 0);
        assertTrue(LongSumProduct.pays(97, 101, k));
        Gemm.tn(a.row(0), 97, b.row(0), 101, c.row(0), 101, 97, 101, k, false);
        for (int q = 0; q < 100; q++) {
            int i = q == 0 ? 96 : q * 7 % 97;
            int j = q == 0 ? 100 : q * 37 % 101;
            double sum = 0;
            for (int l = 0; l < k; l++) {
                sum += (double) a.get(l, i) * b.get(l, j);
            }
            assertEquals(sum, c.get(i, j), 4e-3, i + "," + j);
        }
    }

    @Test
    void bitsDoNotDependOnTheNumberOfThreads() {
        for (Shape shape : List.of(new Shape(1, 300, 100, 3), new Shape(250, 7, 400, 0), new Shape(259, 133, 801, 5),
            new Shape(60, 133, 1900, 1))) {
            for (Kind kind : Kind.values()) {
                Problem p = new Problem(kind, shape, true);
                Workers.use(1);
                Matrix alone = p.run();
                for (int threads = 2; threads <= 3; threads++) {
                    Workers.use(threads);
                    alone.checkSameBits(p.run(), p + " on " + threads + " threads");
                }
            }
        }
    }

    @Test
    void anElementIsWhatCHoldsAndPartsOfTheSumInTheirOrder() {
        Problem p = new Problem(Kind.NN, new Shape(29, 41, 900, 1), true);
        Matrix c = p.run();
        for (int i = 0; i < 29; i++) {
            for (int j = 0; j < 41; j++) {
                assertEquals(inParts(p.start.get(i, j), p.a, i, p.b, j, 900), c.get(i, j));
            }
        }
    }

    private static float inParts(float start, Matrix a, int i, Matrix b, int j, int k) {
        float all = start;
        for (int k0 = 0; k0 < k; k0 += Tile.partOfK(k)) {
            float sum = 0;
            for (int l = k0; l < Math.min(k, k0 + Tile.partOfK(k)); l++) {
                sum = Math.fma(a.get(i, l), b.get(l, j), sum);
            }
            all += sum;
        }
        return all;
    }

    @Test
    void aRowIsTheSameAmongAnyOthersAndAnyNumberOfThem() {
        Problem p = new Problem(Kind.NT, new Shape(210, 177, 431, 2), false);
        Matrix together = p.run();
        for (int rows : new int[] {1, 2, 7, 16, 17, 48, 64, 130}) {
            for (int first = 0; first + rows <= 210; first += 40) {
                Matrix few = new Matrix(rows, 177, 1);
                Gemm.nt(p.a.row(first), p.a.leading, p.b.row(0), p.b.leading, few.row(0), few.leading, rows, 177, 431,
                    false);
                for (int i = 0; i < rows; i++) {
                    for (int j = 0; j < 177; j++) {
                        assertEquals(together.get(first + i, j), few.get(i, j), rows + " rows, at " + i + "," + j);
                    }
                }
            }
        }
        Reference.reachabilityFence(p);
    }

    @Test
    void aChunkedProductIsRightWhereBIsTooLargeToBePackedAtOnce() {
        // Sampled elements only: the full check would take longer than the product.
        int k = 12_000;
        Matrix a = new Matrix(33, k, 0).fill("a");
        Matrix b = new Matrix(k, 2100, 0).fill("b");
        Matrix c = new Matrix(33, 2100, 0);
        Gemm.nn(a.row(0), k, b.row(0), 2100, c.row(0), 2100, 33, 2100, k, false);
        for (int q = 0; q < 100; q++) {
            int i = q * 7 % 33;
            int j = q == 0 ? 2099 : q * 337 % 2100;
            assertEquals(inParts(0, a, i, b, j, k), c.get(i, j));
        }
    }

    @Test
    void productsInsideTasksAreRightAndAllTheSame() {
        Workers.use(3);
        for (Kind kind : Kind.values()) {
            for (Shape shape : List.of(new Shape(50, 60, 70, 0), new Shape(130, 4100, 400, 0),
                new Shape(50, 60, 1200, 0), new Shape(90, 60, 1200, 0))) { // any, wide, long sums
                Problem p = new Problem(kind, shape, false);
                Matrix[] results = new Matrix[6];
                Workers.forEach(6, t -> results[t] = p.run());
                p.checkAgainstDouble(results[0], "inside a task");
                for (Matrix result : results) {
                    results[0].checkSameBits(result, p + " inside a task");
                }
            }
        }
    }

    @Test
    void aLeadingDimensionBelowTheRowLengthIsRefused() {
        Matrix x = new Matrix(20, 20, 0);
        IllegalArgumentException thrown = assertThrows(IllegalArgumentException.class,
            () -> Gemm.nn(x.row(0), 19, x.row(0), 20, x.row(0), 20, 20, 20, 20, false));
        assertTrue(thrown.getMessage().contains("matrix A"), thrown.getMessage());
    }

    private static List<Shape> shapes() {
        RandomStream random = RandomStream.of(7, "shapes");
        List<Shape> shapes = new ArrayList<>(List.of(new Shape(1, 1, 1, 0), new Shape(1, 50, 33, 1),
            new Shape(5, 31, 100, 0), new Shape(16, 64, 17, 0), new Shape(17, 3, 385, 2), new Shape(12, 32, 384, 0),
            new Shape(96, 64, 768, 0), new Shape(97, 65, 769, 1), new Shape(200, 1, 5, 0), new Shape(13, 33, 1, 4),
            new Shape(24, 64, 2, 0), new Shape(24, 64, 3, 0)));
        for (int i = 0; i < 20; i++) {
            shapes.add(new Shape(random.between(1, 130), random.between(1, 130), random.between(1, 900),
                random.between(0, 9)));
        }
        return shapes;
    }

    /** One product and its operands; {@code start} is what C holds before. */
    private static final class Problem {
        private final Kind kind;
        private final Shape shape;
        private final boolean accumulate;
        private final Matrix a;
        private final Matrix b;
        private final Matrix start;

        Problem(Kind kind, Shape shape, boolean accumulate) {
            this.kind = kind;
            this.shape = shape;
            this.accumulate = accumulate;
            a = (kind == Kind.TN ? new Matrix(shape.k, shape.m, shape.extra)
                : new Matrix(shape.m, shape.k, shape.extra)).fill("a");
            b = (kind == Kind.NT ? new Matrix(shape.n, shape.k, 2 * shape.extra)
                : new Matrix(shape.k, shape.n, 2 * shape.extra)).fill("b");
            start = new Matrix(shape.m, shape.n, 3 * shape.extra).fill("c");
        }

        Matrix run() {
            Matrix c = new Matrix(shape.m, shape.n, 3 * shape.extra).fill("c");
            switch (kind) {
                case NT -> Gemm.nt(a.row(0), a.leading, b.row(0), b.leading, c.row(0), c.leading, shape.m, shape.n,
                    shape.k, accumulate);
                case NN -> Gemm.nn(a.row(0), a.leading, b.row(0), b.leading, c.row(0), c.leading, shape.m, shape.n,
                    shape.k, accumulate);
                case TN -> Gemm.tn(a.row(0), a.leading, b.row(0), b.leading, c.row(0), c.leading, shape.m, shape.n,
                    shape.k, accumulate);
            }
            Reference.reachabilityFence(this);
            return c;
        }

        Matrix run(Tile tile) {
            Matrix c = new Matrix(shape.m, shape.n, 3 * shape.extra).fill("c");
            new BlockedProduct(tile, kind == Kind.TN, a.row(0), a.leading, c.row(0), c.leading, shape.m,
                Tile.partOfK(shape.k), accumulate).multiply(kind == Kind.NT, b.row(0), b.leading, shape.n, shape.k);
            Reference.reachabilityFence(this);
            return c;
        }

        Matrix runByColumns(Tile tile) {
            Matrix c = new Matrix(shape.m, shape.n, 3 * shape.extra).fill("c");
            new BlockedProduct(tile, kind == Kind.TN, a.row(0), a.leading, c.row(0), c.leading, shape.m,
                Tile.partOfK(shape.k), accumulate).multiplyByColumns(kind == Kind.NT, b.row(0), b.leading, shape.n,
                    shape.k);
            Reference.reachabilityFence(this);
            return c;
        }

        Matrix runLongSum(Tile tile) {
            Matrix c = new Matrix(shape.m, shape.n, 3 * shape.extra).fill("c");
            new LongSumProduct(tile, a.row(0), a.leading, b.row(0), b.leading, shape.m, shape.n, shape.k)
                .multiply(c.row(0), c.leading, accumulate);
            Reference.reachabilityFence(this);
            return c;
        }

        Matrix runPacked(Tile tile) {
            Matrix c = new Matrix(shape.m, shape.n, 3 * shape.extra).fill("c");
            int part = Tile.partOfK(shape.k);
            Matrix packed = new Matrix(1, (int) Panels.floatsB(tile, shape.n, shape.k, part), 0);
            BlockedProduct.pack(tile, true, b.row(0), b.leading, shape.n, shape.k, part, packed.row(0));
            new BlockedProduct(tile, false, a.row(0), a.leading, c.row(0), c.leading, shape.m, part, false)
                .multiplyPacked(packed.row(0), shape.n, shape.k);
            Reference.reachabilityFence(this);
            Reference.reachabilityFence(packed);
            return c;
        }

        /** Errors in units of 2^-24 · Σ|a·b| stay far below the sum's length; what lies between rows is untouched. */
        void checkAgainstDouble(Matrix c, String how) {
            for (int i = 0; i < shape.m; i++) {
                for (int j = 0; j < shape.n; j++) {
                    double sum = accumulate ? start.get(i, j) : 0;
                    double size = Math.abs(sum) + 1e-30;
                    for (int k = 0; k < shape.k; k++) {
                        double product = (double) (kind == Kind.TN ? a.get(k, i) : a.get(i, k))
                            * (kind == Kind.NT ? b.get(j, k) : b.get(k, j));
                        sum += product;
                        size += Math.abs(product);
                    }
                    double error = Math.abs(sum - c.get(i, j)) / size * 0x1p24;
                    assertTrue(error < 4 + Math.sqrt(shape.k), this + " " + how + " at " + i + "," + j + ": " + error);
                }
                for (int j = shape.n; j < c.leading; j++) {
                    assertEquals(start.get(i, j), c.get(i, j), this + " " + how + " wrote between rows");
                }
            }
        }

        @Override
        public String toString() {
            return kind + " " + shape + (accumulate ? " accumulating" : "");
        }
    }

    /** Rows of a wider array, which ends where the last row ends, so that reading on is caught now and then. */
    private static final class Matrix {
        private final MemorySegment memory;
        private final int rows;
        private final int leading;

        Matrix(int rows, int columns, int extra) {
            this.rows = rows;
            leading = columns + extra;
            memory = Memory.allocate((long) rows * leading);
        }

        Matrix fill(String stream) {
            RandomStream random = RandomStream.of(rows, stream);
            for (long i = 0; i < (long) rows * leading; i++) {
                Memory.setFloat(at(memory.address(), i), (float) (2 * random.nextDouble() - 1));
            }
            return this;
        }

        long row(int i) {
            return at(memory.address(), (long) i * leading);
        }

        float get(int i, int j) {
            return getFloat(at(row(i), j));
        }

        void checkSameBits(Matrix other, String message) {
            assertEquals(-1, memory.mismatch(other.memory), message);
        }
    }
}
