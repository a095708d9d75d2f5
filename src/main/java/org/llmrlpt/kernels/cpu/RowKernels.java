package org.llmrlpt.kernels.cpu;

import static org.llmrlpt.kernels.cpu.Memory.getInt;

import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** Rows picked from, and added to, a table by number: embedding and its gradient. */
public final class RowKernels {
    /** Columns of a task of the gradient: 256 bytes of each row, so that neighbouring tasks share no cache line. */
    private static final int COLUMNS_PER_TASK = 64;

    private RowKernels() {
    }

    /** out[i] = table[index[i]]; table [tableRows, columns], index [1, n], out [n, columns]. */
    public static void gather(FloatArray table, int tableAt, int tableStride, int tableRows, IntArray index,
        int indexAt, FloatArray out, int outAt, int outStride, int n, int columns) {
        long from = Memory.at(table.getSegment().address(), tableAt);
        long numbers = Memory.at(index.getSegment().address(), indexAt);
        long to = Memory.at(out.getSegment().address(), outAt);
        int perTask = Elements.rowsPerTask(columns);
        Workers.forEach(Elements.tasks(n, perTask), task -> {
            int end = Math.min(n, (task + 1) * perTask);
            for (int i = task * perTask; i < end; i++) {
                long row = checked(getInt(Memory.at(numbers, i)), tableRows);
                Memory.copy(Memory.at(from, row * tableStride), Memory.at(to, (long) i * outStride), columns);
            }
        });
    }

    /**
     * table[index[i]] += rows[i], in the order of i: each task takes some columns of all rows. table
     * [tableRows, columns], index [1, n], rows [n, columns].
     */
    public static void scatterAdd(IntArray index, int indexAt, FloatArray rows, int rowsAt, int rowsStride,
        FloatArray table, int tableAt, int tableStride, int tableRows, int n, int columns) {
        long numbers = Memory.at(index.getSegment().address(), indexAt);
        long from = Memory.at(rows.getSegment().address(), rowsAt);
        long to = Memory.at(table.getSegment().address(), tableAt);
        Workers.forEach(Elements.tasks(columns, COLUMNS_PER_TASK), task -> {
            int column = task * COLUMNS_PER_TASK;
            int count = Math.min(COLUMNS_PER_TASK, columns - column);
            for (int i = 0; i < n; i++) {
                long row = checked(getInt(Memory.at(numbers, i)), tableRows);
                long sum = Memory.at(to, row * tableStride + column);
                ElementKernels.addRun(sum, Memory.at(from, (long) i * rowsStride + column), sum, count);
            }
        });
    }

    /** Memory is addressed directly, so a wrong number must not get through. */
    private static int checked(int row, int rows) {
        if (row < 0 || row >= rows) {
            throw new IndexOutOfBoundsException("row " + row + " of a table of " + rows + " rows");
        }
        return row;
    }
}
