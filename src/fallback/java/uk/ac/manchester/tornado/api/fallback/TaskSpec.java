package uk.ac.manchester.tornado.api.fallback;

import uk.ac.manchester.tornado.api.KernelContext;

/** One task of a graph. */
record TaskSpec(String graph, String id, TaskCode code, Object[] arguments) {
    /** Whether the task is a kernel that runs on a grid. */
    boolean isKernel() {
        for (Object argument : arguments) {
            if (argument instanceof KernelContext) { return true; }
        }
        return false;
    }

    /** The name that a GridScheduler knows the task by. */
    String qualifiedName() {
        return graph + "." + id;
    }
}
