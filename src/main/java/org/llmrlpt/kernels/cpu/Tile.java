package org.llmrlpt.kernels.cpu;

import jdk.incubator.vector.FloatVector;

/**
 * The innermost part of a matrix product: a tile of C that stays in registers while the sum over k runs, and the
 * copying into panels that suits it. One implementation for each vector width; the compiler needs the species as a
 * constant, and every vector load and store written out (see {@link Memory}).
 *
 * <p>A's panels are {@code float[]}: either {@link #rows} rows of the constant stride {@link #ROW_STRIDE}, or
 * [k][rows]. B's panels are off-heap, [k][columns]. Each element of C is one chain of fused multiply-adds in the order
 * of k.
 */
abstract class Tile {
    /** The largest k of one call. */
    static final int MAX_K = 384;
    /** Stride of A's rows in a panel; more than MAX_K, so that they do not all fall into the same cache sets. */
    static final int ROW_STRIDE = MAX_K + 16;
    /** Floats beyond a panel's columns that {@link #packColumns} may read and write. */
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
     * C = or += A·B for one tile, A being rows of stride {@link #ROW_STRIDE} from {@code a[from]}.
     *
     * @param b address of B's first row; {@code stepB} bytes to the next
     * @param c address of C's first row; {@code stepC} bytes to the next
     * @param k length of the sum
     * @param accumulate whether the sums start from what C holds, or from zero
     */
    abstract void multiplyRows(float[] a, int from, long b, long stepB, long c, long stepC, int k, boolean accumulate);

    /** The same, A being [k][rows] from {@code a[from]}. */
    abstract void multiplyColumns(float[] a, int from, long b, long stepB, long c, long stepC, int k,
        boolean accumulate);

    /**
     * Copies full panels of a row-major B: panel p takes {@link #columns} columns of k rows to {@code to} + p ·
     * {@code stepPanel}, as [k][columns]. All panels are filled row by row, so that long pieces of rows are read.
     */
    abstract void packB(long from, long stepFrom, int k, int panels, long to, long stepPanel);

    /**
     * Copies full panels of a row-major Aᵀ [k, many rows]: panel p takes {@link #rows} columns to
     * {@code to[p · stepPanel …]}, as [k][rows]. Copies whole vectors, and so {@link #SLACK} floats too many.
     */
    abstract void packColumns(long from, long stepFrom, int k, int panels, float[] to, int stepPanel);
}
