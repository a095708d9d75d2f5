package org.llmrlpt.device;

import uk.ac.manchester.tornado.api.WorkerGrid;
import uk.ac.manchester.tornado.api.WorkerGrid1D;
import uk.ac.manchester.tornado.api.WorkerGrid2D;

/**
 * How many threads a KernelContext kernel gets, and in what work-groups. The global size is always a multiple of the
 * local one (TornadoVM drops the rest in silence otherwise), so kernels guard their tails.
 */
public record Grid(int globalX, int globalY, int localX, int localY) {
    /** {@code n} threads, rounded up to whole groups of {@code local}. */
    public static Grid threads(long n, int local) {
        return new Grid(Math.toIntExact((n + local - 1) / local * local), 1, local, 1);
    }

    /** {@code groups} work-groups of {@code local} threads. */
    public static Grid groups(long groups, int local) {
        return new Grid(Math.toIntExact(groups * local), 1, local, 1);
    }

    /** {@code groupsX} x {@code groupsY} work-groups of {@code localX} x {@code localY} threads. */
    public static Grid groups2D(int groupsX, int groupsY, int localX, int localY) {
        return new Grid(Math.multiplyExact(groupsX, localX), Math.multiplyExact(groupsY, localY), localX, localY);
    }

    WorkerGrid toWorkerGrid() {
        WorkerGrid grid = globalY == 1 && localY == 1 ? new WorkerGrid1D(globalX) : new WorkerGrid2D(globalX, globalY);
        grid.setLocalWork(localX, localY, 1);
        return grid;
    }
}
