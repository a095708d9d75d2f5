package org.llmrlpt.fallback;

import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.ImmutableTaskGraph;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.TornadoExecutionPlan;
import uk.ac.manchester.tornado.api.WorkerGrid1D;

/** Short forms for tests. */
final class Plans {
    private Plans() { }

    /** A plan of graphs with grids. */
    static TornadoExecutionPlan of(GridScheduler grids, TaskGraph... graphs) {
        var snapshots = new ImmutableTaskGraph[graphs.length];
        for (int g = 0; g < graphs.length; g++) { snapshots[g] = graphs[g].snapshot(); }
        return new TornadoExecutionPlan(snapshots).withGridScheduler(grids);
    }

    /** Grids of that many threads, in work-groups of the given size, for each "graph.task". */
    static GridScheduler grids(int threads, int local, String... tasks) {
        GridScheduler grids = new GridScheduler();
        for (String task : tasks) { add(grids, threads, local, task); }
        return grids;
    }

    /** Adds a one-dimensional grid. */
    static void add(GridScheduler grids, int threads, int local, String task) {
        WorkerGrid1D grid = new WorkerGrid1D(threads);
        grid.setLocalWork(local, 1, 1);
        grids.addWorkerGrid(task, grid);
    }
}
