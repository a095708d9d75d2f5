package org.llmrlpt.train;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Consumer;
import org.llmrlpt.config.ModelShape;
import org.llmrlpt.kernels.Kernels;
import org.llmrlpt.kernels.cpu.CpuKernels;
import org.llmrlpt.kernels.cpu.Workers;

/**
 * Has the JIT compiler see the cpu kernels early: while a command still reads its data and draws its weights, threads
 * run the same programs for a very small model. The first real step waits for them: it would only get in their way.
 *
 * <p>There are several threads, which begin at different ends of a step, because each waits half of its time for the
 * compiler or for classes to be loaded.
 */
public final class WarmUp {
    /** Of the small model's batches: sequences. */
    public static final int BATCH = 2;
    /** Of the small model's batches: tokens. Not a multiple of the blocks of attention, so that edges are run too. */
    public static final int LENGTH = 80;
    /** Runs of a program that are enough for every kernel in it to be compiled. */
    public static final int RUNS = 10;
    /** The small model. */
    public static final ModelShape SHAPE = new ModelShape(1, 64, 2, 1, 32, 96, 600, true, false, 1e4, 1e-6, LENGTH);

    private static final List<FutureTask<Void>> TASKS = new ArrayList<>();

    private WarmUp() {
    }

    /** Begins with what training runs, as the other method does. */
    public static void begin(Kernels kernels) {
        begin(kernels, List.of(SmallTraining::run, SmallTraining::runLastThingsFirst));
    }

    /**
     * Begins with each part in a thread of its own, the first time in a JVM; kernels that need no JIT compiler are left
     * alone.
     */
    public static synchronized void begin(Kernels kernels, List<Consumer<Kernels>> parts) {
        if (TASKS.isEmpty() && kernels instanceof CpuKernels) {
            for (Consumer<Kernels> part : parts) {
                FutureTask<Void> task = new FutureTask<>(() -> Workers.alone(() -> part.accept(kernels)), null);
                TASKS.add(task);
                Thread thread = new Thread(task, "warm-up-" + TASKS.size());
                thread.setDaemon(true);
                thread.start();
            }
        }
    }

    /** Waits for what {@link #begin} began, if it did. */
    public static synchronized void await() {
        for (FutureTask<Void> task : TASKS) {
            try {
                task.get();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (ExecutionException e) {
                throw new IllegalStateException("the kernels fail on a small model", e.getCause());
            }
        }
    }
}
