package org.llmrlpt.kernels.cpu;

/**
 * Cuts work into tasks by shape alone, so that results do not depend on the number of threads: each task is a fixed
 * number of neighbouring elements of a matrix, whole rows or pieces of rows.
 */
final class Elements {
    /** Elements of a task: 64 KB of each operand, small enough for a core's second cache. */
    static final int PER_TASK = 1 << 14;

    /** Something done to {@code count} neighbouring elements that begin at [row, column]. */
    @FunctionalInterface
    interface Run {
        void apply(int row, int column, int count);
    }

    private Elements() {
    }

    /** Covers a matrix [rows, columns] with runs inside rows. */
    static void forEachRun(int rows, int columns, Run run) {
        long size = (long) rows * columns;
        Workers.forEach(Math.toIntExact((size + PER_TASK - 1) / PER_TASK), task -> {
            long at = (long) task * PER_TASK;
            long end = Math.min(size, at + PER_TASK);
            while (at < end) {
                int row = (int) (at / columns);
                int column = (int) (at % columns);
                int count = (int) Math.min(columns - column, end - at);
                run.apply(row, column, count);
                at += count;
            }
        });
    }

    /** How many rows of {@code columns} elements make a task. */
    static int rowsPerTask(int columns) {
        return Math.max(1, PER_TASK / columns);
    }

    /** Tasks of {@code perTask} items that cover {@code items}. */
    static int tasks(int items, int perTask) {
        return Math.ceilDiv(items, perTask);
    }
}
