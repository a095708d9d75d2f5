package org.llmrlpt.train;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.llmrlpt.config.ModelShape;
import org.llmrlpt.data.Batch;
import org.llmrlpt.device.Session;
import org.llmrlpt.eval.BatchProgram;
import org.llmrlpt.eval.TokenStatistics;
import org.llmrlpt.kernels.Kernels;
import org.llmrlpt.kernels.Shaping;
import org.llmrlpt.kernels.cpu.CpuKernels;
import org.llmrlpt.kernels.cpu.Workers;
import org.llmrlpt.nn.Parameters;
import org.llmrlpt.nn.Transformer;
import org.llmrlpt.optim.AdamW;

/**
 * Has the JIT compiler see the cpu kernels early: while a command still reads its data and draws its weights, a thread
 * runs training steps of a very small model. The first real step waits for it: it would only get in its way.
 */
public final class WarmUp {
    private static final int BATCH = 2;
    /** Not a multiple of the blocks of attention, so that their edges are run too. */
    private static final int LENGTH = 80;
    /** Enough for every kernel to be compiled. */
    private static final int STEPS = 10;

    private static FutureTask<Void> task;

    private WarmUp() {
    }

    /** Begins in a thread of its own, the first time in a JVM; kernels that need no JIT compiler are left alone. */
    public static synchronized void begin(Kernels kernels) {
        if (task == null && kernels instanceof CpuKernels) {
            task = new FutureTask<>(() -> Workers.alone(() -> run(kernels)), null);
            Thread thread = new Thread(task, "warm-up");
            thread.setDaemon(true);
            thread.start();
        }
    }

    /** Waits for what {@link #begin} began, if it did. */
    static synchronized void await() {
        if (task != null) {
            try {
                task.get();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (ExecutionException e) {
                throw new IllegalStateException("the kernels fail on a small model", e.getCause());
            }
        }
    }

    private static void run(Kernels kernels) {
        ModelShape shape = new ModelShape(1, 64, 2, 1, 32, 96, 600, true, false, 1e4, 1e-6, LENGTH);
        try (Session session = new Session()) {
            Transformer model = new Transformer(shape, session, Parameters.Gradients.OF_ONE_RUN, LENGTH);
            BatchProgram train = BatchProgram.training(session, kernels, model, Shaping.CROSS_ENTROPY, BATCH, LENGTH,
                0);
            AdamW optimizer = new AdamW(session, kernels, model.parameters(),
                new AdamW.Constants(0.9f, 0.95f, 1e-8f, 0.1f, 1f));
            session.start();
            model.fillAngles(session);
            model.parameters().initialise(session, 0, shape.layers());
            session.upload();
            Batch batch = new Batch(BATCH, LENGTH);
            for (int i = 0; i < STEPS; i++) {
                train.run(batch, BATCH * LENGTH, new TokenStatistics(), new int[shape.vocabulary()]);
                optimizer.run(i + 1, 1e-3);
            }
        }
    }
}
