package uk.ac.manchester.tornado.api.fallback;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Function;
import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.KernelContext;

/**
 * Runs a kernel's grid, one work-group after the other and one thread at a time. Strictly, the work-groups run in a
 * shuffled order, since a device promises none.
 */
final class KernelTask {
    private final TaskSpec task;
    private final Function<WorkItem, KernelContext> contexts;
    private final boolean strict;
    private final ThreadPosition position = new ThreadPosition();
    private boolean usesBarriers;

    KernelTask(TaskSpec task, Function<WorkItem, KernelContext> contexts, boolean strict) {
        this.task = task;
        this.contexts = contexts;
        this.strict = strict;
    }

    /** Runs the whole grid. */
    void run(Object[] arguments, GridScheduler grids) {
        WorkShape shape = WorkShape.of(task.qualifiedName(), grids == null ? null : grids.get(task.qualifiedName()));
        if (usesBarriers) {
            // Threads hand over at barriers, and between virtual threads that costs a tenth of what it costs otherwise.
            runOnVirtualThread(() -> runGroups(arguments, shape));
        } else {
            runGroups(arguments, shape);
        }
    }

    private void runGroups(Object[] arguments, WorkShape shape) {
        LocalMemory memory = new LocalMemory(strict);
        long count = shape.groupCount();
        long step = strict ? strideCoprimeTo(count) : 1;
        long number = strict ? count / 2 : 0;
        for (long g = 0; g < count; g++) {
            WorkGroup group = new WorkGroup(this, shape, (int) number, arguments, memory);
            usesBarriers |= group.run();
            number = (number + step) % count;
        }
    }

    private static long strideCoprimeTo(long count) {
        long stride = Math.max(1, Math.round(count * 0.6180339887));
        while (gcd(stride, count) != 1) { stride++; }
        return stride;
    }

    private static long gcd(long a, long b) {
        return b == 0 ? a : gcd(b, a % b);
    }

    private static void runOnVirtualThread(Runnable work) {
        FutureTask<Void> future = new FutureTask<>(work, null);
        Thread.ofVirtual().start(future);
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    future.get();
                    return;
                } catch (InterruptedException ignored) {
                    interrupted = true;
                }
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Error error) { throw error; }
            throw (RuntimeException) e.getCause();
        } finally {
            if (interrupted) { Thread.currentThread().interrupt(); }
        }
    }

    /** Where the running thread stands. */
    ThreadPosition position() {
        return position;
    }

    String name() {
        return task.qualifiedName();
    }

    boolean isStrict() {
        return strict;
    }

    /** Runs one thread; the arguments are the caller's to spoil. */
    void call(WorkItem item, Object[] arguments) {
        KernelContext context = contexts.apply(item);
        Object[] declared = task.arguments();
        for (int i = 0; i < declared.length; i++) {
            if (declared[i] instanceof KernelContext) { arguments[i] = context; }
        }
        task.code().run(arguments);
    }
}
