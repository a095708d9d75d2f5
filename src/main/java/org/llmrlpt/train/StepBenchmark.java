package org.llmrlpt.train;

import org.llmrlpt.config.BenchTrainSettings;
import org.llmrlpt.data.Windows;
import org.llmrlpt.device.MemoryPlan;
import org.llmrlpt.device.Profile;
import org.llmrlpt.eval.TokenStatistics;
import org.llmrlpt.kernels.Kernels;
import org.llmrlpt.nn.Transformer;

/** Times whole training steps: batches, forward and backward pass, update, exactly as {@link Pretrainer} runs them. */
public final class StepBenchmark implements AutoCloseable {
    private final BenchTrainSettings settings;
    private final Trainer trainer;
    private long done;

    /**
     * Milliseconds of the timed steps, each an array over the steps.
     *
     * @param total whole steps
     * @param data filling the batches
     * @param train forward and backward passes
     * @param update clipping and AdamW
     * @param nll of the last step, nats per token
     * @param warmupSteps steps before the timed ones
     */
    public record Result(double[] total, double[] data, double[] train, double[] update, double nll,
        long warmupSteps, double warmupSeconds) {
    }

    /** Records the programs. */
    public StepBenchmark(BenchTrainSettings settings, Windows windows, int vocabulary, Kernels kernels) {
        this.settings = settings;
        var shape = settings.training().model().shape(vocabulary, settings.training().length());
        trainer = new Trainer(settings.training(), shape, windows, new int[shape.vocabulary()],
            settings.steps() + 1000L, kernels);
    }

    public MemoryPlan memoryPlan() {
        return trainer.session().memoryPlan();
    }

    public Transformer model() {
        return trainer.model();
    }

    /** Warms up, then times the steps. */
    public Result run() {
        trainer.start();
        model().parameters().initialise(trainer.session(), settings.training().seed(), model().shape().layers());
        trainer.session().upload();
        long begin = System.nanoTime();
        int n = settings.steps();
        Result timed = new Result(new double[n], new double[n], new double[n], new double[n], 0, 0, 0);
        while (done < settings.warmup() || System.nanoTime() - begin < settings.warmupSeconds() * 1e9) {
            step(timed, 0);
        }
        long warm = done;
        double warmSeconds = (System.nanoTime() - begin) / 1e9;
        if (settings.training().profile()) {
            trainer.session().profile();
        }
        double nll = 0;
        for (int i = 0; i < n; i++) {
            nll = step(timed, i);
        }
        return new Result(timed.total, timed.data, timed.train, timed.update, nll, warm, warmSeconds);
    }

    /** One step, timed into place {@code i}; returns its NLL. */
    private double step(Result times, int i) {
        long t0 = System.nanoTime();
        trainer.nextBatches(done);
        long t1 = System.nanoTime();
        TokenStatistics statistics = trainer.gradients(done);
        long t2 = System.nanoTime();
        trainer.update(done);
        long t3 = System.nanoTime();
        done++;
        times.data[i] = (t1 - t0) / 1e6;
        times.train[i] = (t2 - t1) / 1e6;
        times.update[i] = (t3 - t2) / 1e6;
        times.total[i] = (t3 - t0) / 1e6;
        return statistics.nll();
    }

    /** Of the timed steps, which take a little longer for it. */
    public Profile profile() {
        return trainer.session().profile();
    }

    @Override
    public void close() {
        trainer.session().close();
    }
}
