package org.llmrlpt.kernels.cpu;

import jdk.incubator.vector.FloatVector;

/**
 * The innermost part of a matrix product: a tile of C that stays in registers while the sum over k runs, and the
 * copying into panels that suits it. One implementation for each vector width; the compiler needs the species as a
 * constant, and every vector load and store written out (see {@link Memory}).
 *
 * <p>A's panels are [k][rows] and B's are [k][columns]. What keeps {@link #multiply} at the speed of its multiply-adds:
 * <ul>
 * <li>No accumulator may leave its register. Both panels are off-heap and have steps that are parameters, so that the
 * compiler cannot prove the bounds of a load in advance; the check at each load keeps it from moving loads up and
 * running out of registers.
 * <li>At most some 45 off-heap loads and stores are written in one method. With more, the first of the two compilers
 * has too few virtual registers, and on a busy machine the method may then stay slow for good; see
 * {@code -XX:+PrintCompilation} for "out of virtual registers".
 * </ul>
 */
abstract class Tile {
    /** The largest k of one call: so much of a panel of A and one of B stay in the first two caches. */
    static final int MAX_K = 384;
    /** Floats beyond a panel's columns that {@link #copyA} may read, and floats between two panels of A. */
    static final int SLACK = 4;

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
     * @param a address of the first {@link #rows} elements of A, for the first k; {@code stepA} bytes to the next
     * @param b address of the first {@link #columns} elements of B; {@code stepB} bytes to the next
     * @param c address of C's first row; {@code stepC} bytes to the next
     * @param k length of the sum
     * @param accumulate whether the sums start from what C holds, or from zero
     */
    abstract void multiply(long a, long stepA, long b, long stepB, long c, long stepC, int k, boolean accumulate);

    /**
     * Copies full panels of a row-major B: panel p takes {@link #columns} columns of k rows to {@code to} + p ·
     * {@code stepPanel}, as [k][columns]. All panels are filled row by row, so that long pieces of rows are read.
     */
    abstract void copyB(long from, long stepFrom, int k, int panels, long to, long stepPanel);

    /**
     * Copies full panels of a row-major Aᵀ in the same way: panel p takes {@link #rows} columns, as [k][rows]. Copies
     * whole vectors, and so up to {@link #SLACK} floats too many, which the next row overwrites.
     */
    abstract void copyA(long from, long stepFrom, int k, int panels, long to, long stepPanel);
}
