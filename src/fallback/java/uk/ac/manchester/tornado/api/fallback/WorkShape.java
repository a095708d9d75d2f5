package uk.ac.manchester.tornado.api.fallback;

import uk.ac.manchester.tornado.api.WorkerGrid;

/** The checked shape of a grid: sizes per dimension. */
record WorkShape(int[] local, int[] groups, int[] offset, int threadsPerGroup, Integer[] globalSize,
        Integer[] localSize) {
    static final int MAX_LOCAL = 1024;

    /** Checks a task's grid; every broken rule is a sentence. */
    static WorkShape of(String task, WorkerGrid grid) {
        if (grid == null) {
            throw new RuleViolation("Task " + task + " takes a KernelContext but has no WorkerGrid; on a device it "
                    + "would run with one thread");
        }
        long[] global = grid.getGlobalWork();
        long[] local = grid.getLocalWork();
        if (local == null) {
            throw new RuleViolation("The WorkerGrid of task " + task + " has no local size; call setLocalWork");
        }
        int[] sizes = new int[3];
        int[] groups = new int[3];
        int[] offset = new int[3];
        Integer[] globalSize = new Integer[3];
        Integer[] localSize = new Integer[3];
        long threads = 1;
        for (int d = 0; d < 3; d++) {
            if (global[d] < 1 || local[d] < 1 || global[d] % local[d] != 0) {
                throw new RuleViolation("The WorkerGrid of task " + task + " has " + global[d] + " threads in "
                        + "dimension " + d + ", which is no multiple of the local size " + local[d]);
            }
            threads *= local[d];
            globalSize[d] = Math.toIntExact(global[d]);
            localSize[d] = Math.toIntExact(local[d]);
            sizes[d] = localSize[d];
            groups[d] = globalSize[d] / localSize[d];
            offset[d] = Math.toIntExact(grid.getGlobalOffset()[d]);
        }
        if (threads > MAX_LOCAL) {
            throw new RuleViolation("The WorkerGrid of task " + task + " has work-groups of " + threads
                    + " threads; at most " + MAX_LOCAL + " are possible");
        }
        return new WorkShape(sizes, groups, offset, (int) threads, globalSize, localSize);
    }

    long groupCount() {
        return (long) groups[0] * groups[1] * groups[2];
    }
}
