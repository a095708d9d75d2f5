package uk.ac.manchester.tornado.api.fallback;

import uk.ac.manchester.tornado.api.WorkerGrid;

/** The checked shape of a grid: sizes per dimension. */
record WorkShape(int[] global, int[] local, int[] groups, int[] offset) {
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
        WorkShape shape = new WorkShape(new int[3], new int[3], new int[3], new int[3]);
        long threads = 1;
        for (int d = 0; d < 3; d++) {
            if (global[d] < 1 || local[d] < 1 || global[d] % local[d] != 0) {
                throw new RuleViolation("The WorkerGrid of task " + task + " has " + global[d] + " threads in "
                        + "dimension " + d + ", which is no multiple of the local size " + local[d]);
            }
            threads *= local[d];
            shape.global[d] = Math.toIntExact(global[d]);
            shape.local[d] = Math.toIntExact(local[d]);
            shape.groups[d] = shape.global[d] / shape.local[d];
            shape.offset[d] = Math.toIntExact(grid.getGlobalOffset()[d]);
        }
        if (threads > MAX_LOCAL) {
            throw new RuleViolation("The WorkerGrid of task " + task + " has work-groups of " + threads
                    + " threads; at most " + MAX_LOCAL + " are possible");
        }
        return shape;
    }

    int threadsPerGroup() {
        return local[0] * local[1] * local[2];
    }

    long groupCount() {
        return (long) groups[0] * groups[1] * groups[2];
    }
}
