package org.llmrlpt.kernels.cpu;

/**
 * What follows a product element by element: done to each block of C as soon as its sums are complete, while it is
 * still in the caches of the core that computed it, instead of in a pass over all of C.
 */
@FunctionalInterface
interface Epilogue {
    /** Rows {@code row} to row + rows of C, columns {@code column} to column + columns, which are complete. */
    void apply(int row, int column, int rows, int columns);

    /** All of a C [m, n] that a product without blocks has left. */
    static void applyToAll(Epilogue epilogue, int m, int n) {
        int rows = Elements.rowsPerTask(n);
        Workers.forEach(Elements.tasks(m, rows), t ->
            epilogue.apply(t * rows, 0, Math.min(rows, m - t * rows), n));
    }
}
