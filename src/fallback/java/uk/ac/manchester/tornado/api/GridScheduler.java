package uk.ac.manchester.tornado.api;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The grids of kernels, by "graph.task". */
public class GridScheduler {
    private final Map<String, WorkerGrid> grids = new TreeMap<>();

    /** A scheduler without grids. */
    public GridScheduler() {
    }

    /** A scheduler with one grid. */
    public GridScheduler(String taskName, WorkerGrid grid) {
        grids.put(taskName, grid);
    }

    /** Sets the grid of "graph.task". */
    public void addWorkerGrid(String taskName, WorkerGrid grid) {
        grids.put(taskName, grid);
    }

    /** Returns the grid of "graph.task", or null. */
    public WorkerGrid get(String taskName) {
        return grids.get(taskName);
    }

    /** Whether a task has a grid. */
    public boolean contains(String graphName, String taskName) {
        return grids.containsKey(graphName + "." + taskName);
    }

    /** Returns the names that have grids. */
    public Set<String> keySet() {
        return grids.keySet();
    }
}
