package org.llmrlpt.kernels.cpu;

import static org.llmrlpt.kernels.cpu.Memory.ZEROS;

import jdk.incubator.vector.FloatVector;

/**
 * The innermost part of a matrix product: a tile of C that stays in registers while the sum over k runs, and the
 * copying into panels that suits it. One implementation for each vector width; the compiler needs the species as a
 * constant, and every vector load and store of the Vector API written out (see {@link Memory}).
 *
 * <p>A's panels are [k][rows], in an array; B's are [k][columns], off-heap. What keeps a tile at the speed of its
 * multiply-adds:
 * <ul>
 * <li>Steps are constants, so that a few registers address everything. The compiler proves the bounds of A once before
 * the loop.
 * <li>The loop counts with A's index: with a counter of its own it is 10 % slower.
 * <li>Loads must not be moved up until accumulators leave their registers. In {@link Tile512} and {@link Tile256} a
 * fence keeps the second of two steps where it is; smaller tiles have registers to spare.
 * <li>Two steps a turn are 9–13 % faster than one while other programs keep the core's other thread busy, and as fast
 * otherwise.
 * <li>With the Vector API, nothing but zeros comes before the loop. The compiler expands the API's calls in the order
 * of the code, up to a limit of nodes that the loop of a wide tile nearly uses up; the calls behind it are expanded
 * later, and in a loop their accumulators may become objects: in three of four runs, with C loaded first, 10 instead of
 * 100–300 GFLOP/s for good. So C is added at the end, or a row of zeros, which costs nothing and leaves one path. A
 * tile of two steps needs {@link Simd}.
 * <li>No branch but the loop and that for an odd k: one that was not taken before a tile was compiled costs it, once,
 * two more compilations.
 * <li>What a step needs of A is one piece of memory. With A by rows, so that it need not be turned, a tile is 9 %
 * slower while other programs keep the core's other thread busy.
 * <li>At most some 50 off-heap loads and stores of the Vector API are written in one method. With more, the first of
 * the two compilers has too few virtual registers, and on a busy machine the method may then stay slow for good; see
 * {@code -XX:+PrintCompilation} for "out of virtual registers". Loads from an array cost less.
 * </ul>
 */
abstract class Tile {
    /**
     * The largest k of one call. AMD's Zen 5 multiplies 2–4 % faster with longer sums, as C is then read and written
     * less often; on Intel's Emerald Rapids, whose cores run somebody else's threads too, they are up to 10 % slower.
     * It decides the bits of a product, so it may depend on nothing but the processor.
     */
    static final int MAX_K = HostProcessor.isAmd() ? 1024 : 384;

    /** Parts of k are multiples of this: a cache line. */
    private static final int K_UNIT = 16;

    /** Rows of the tile of C. */
    final int rows;
    /** Columns of the tile of C. */
    final int columns;

    Tile(int rows, int columns) {
        this.rows = rows;
        this.columns = columns;
    }

    /** The tile for the vectors that this machine prefers. */
    static Tile preferred() {
        int bits = FloatVector.SPECIES_PREFERRED.vectorBitSize();
        if (bits >= 512) {
            return new Tile512();
        }
        return bits >= 256 ? new Tile256() : new Tile128();
    }

    /**
     * C = or += A·B for one tile. Each element of A·B is one chain of fused multiply-adds in the order of k, from zero.
     *
     * @param a A, a panel [k][rows] from index {@code at}
     * @param b address of a panel of B
     * @param c address of C's first row; {@code stepC} bytes to the next
     * @param k length of the sum
     * @param accumulate whether A·B is added to what C holds
     */
    final void multiply(float[] a, int at, long b, long c, long stepC, int k, boolean accumulate) {
        multiply(a, at, b, c, stepC, k, accumulate ? c : ZEROS, accumulate ? stepC : 0);
    }

    /** The same: C = A·B plus what is at {@code start}, with {@code stepStart} bytes to the next row. */
    abstract void multiply(float[] a, int at, long b, long c, long stepC, int k, long start, long stepStart);

    /** The tile for a last panel of {@code width} columns: a narrower one, where there is one with as many rows. */
    Tile edge(int width) {
        return this;
    }

    /**
     * The tile for the last {@code height} rows: one with fewer rows, where there is one that reads the same panels and
     * is faster even if it is needed twice.
     */
    Tile low(int height) {
        return this;
    }

    /** The length of the nearly equal parts, of at most {@link #MAX_K}, into which a sum of {@code k} is cut. */
    static int partOfK(int k) {
        int parts = Math.ceilDiv(k, MAX_K);
        return Math.ceilDiv(Math.ceilDiv(k, parts), K_UNIT) * K_UNIT;
    }

    /**
     * Copies full panels of a row-major B: panel p takes {@link #columns} columns of k rows to {@code to} + p ·
     * {@code stepPanel}, as [k][columns]. All panels are filled row by row, so that long pieces of rows are read.
     */
    abstract void copyB(long from, long stepFrom, int k, int panels, long to, long stepPanel);
}
