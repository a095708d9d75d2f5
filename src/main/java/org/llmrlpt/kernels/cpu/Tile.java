package org.llmrlpt.kernels.cpu;

import jdk.incubator.vector.FloatVector;

/**
 * The innermost part of a matrix product: a tile of C that stays in registers while the sum over k runs, and the
 * copying into panels that suits it. One implementation for each vector width; the compiler needs the species as a
 * constant, and every vector load and store written out (see {@link Memory}).
 *
 * <p>A's rows lie in an array, {@link #STRIDE_A} floats apart; B's panels are [k][columns], off-heap. What keeps
 * {@link #multiply} at the speed of its multiply-adds:
 * <ul>
 * <li>Steps are constants, so that a few registers address everything. The compiler proves the bounds of A once before
 * the loop; the checks at the loads of B remain, and keep it from moving loads up until accumulators leave their
 * registers.
 * <li>At most some 50 off-heap loads and stores are written in one method. With more, the first of the two compilers
 * has too few virtual registers, and on a busy machine the method may then stay slow for good; see
 * {@code -XX:+PrintCompilation} for "out of virtual registers". Loads from an array cost less.
 * </ul>
 */
abstract class Tile {
    /** The largest k of one call: so much of a panel of A and one of B stay in the first two caches. */
    static final int MAX_K = 384;
    /** Floats from one row of A to the next; no power of two, so that the rows of a tile share no set of a cache. */
    static final int STRIDE_A = MAX_K + 16;

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
     * C = or += A·B for one tile. Each element of C is one chain of fused multiply-adds in the order of k.
     *
     * @param a A; the tile's first row begins at index {@code at}
     * @param b address of a panel of B
     * @param c address of C's first row; {@code stepC} bytes to the next
     * @param k length of the sum
     * @param accumulate whether the sums start from what C holds, or from zero
     */
    abstract void multiply(float[] a, int at, long b, long c, long stepC, int k, boolean accumulate);

    /**
     * Copies full panels of a row-major B: panel p takes {@link #columns} columns of k rows to {@code to} + p ·
     * {@code stepPanel}, as [k][columns]. All panels are filled row by row, so that long pieces of rows are read.
     */
    abstract void copyB(long from, long stepFrom, int k, int panels, long to, long stepPanel);
}
