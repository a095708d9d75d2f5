package org.llmrlpt.train;

import java.util.Arrays;
import org.llmrlpt.config.BenchTrainSettings;
import org.llmrlpt.data.Batch;
import org.llmrlpt.data.Windows;
import org.llmrlpt.device.ArenaKind;
import org.llmrlpt.device.MemoryPlan;
import org.llmrlpt.device.Session;
import org.llmrlpt.eval.TokenStatistics;
import org.llmrlpt.kernels.Kernels;
import org.llmrlpt.kernels.Shaping;
import org.llmrlpt.nn.Transformer;
import org.llmrlpt.optim.AdamW;
import org.llmrlpt.optim.Schedule;

/** Times whole training steps: batches, forward and backward pass, update, exactly as {@link Pretrainer} runs them. */
public final class StepBenchmark implements AutoCloseable {
    private final BenchTrainSettings settings;
    private final Windows windows;
    private final Session session = new Session();
    private final Transformer model;
    private final TrainingStep training;
    private final AdamW optimizer;
    private final Schedule schedule;
    private final Batch[] microBatches;
    private final int[] bytesPerToken;
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
        this.windows = windows;
        int length = settings.length();
        model = new Transformer(settings.model().shape(vocabulary, length), session, true, length);
        training = new TrainingStep(session, kernels, model, Shaping.of(settings.objective()), settings.batch(),
            length);
        optimizer = new AdamW(session, kernels, model.parameters(), AdamW.Constants.of(settings.optimizer()));
        schedule = Schedule.of(settings.optimizer(), settings.steps() + 1000L);
        microBatches = new Batch[settings.microBatches()];
        Arrays.setAll(microBatches, i -> new Batch(settings.batch(), length));
        bytesPerToken = new int[model.shape().vocabulary()];
    }

    public MemoryPlan memoryPlan() {
        return session.memoryPlan();
    }

    public Transformer model() {
        return model;
    }

    /** Warms up, then times the steps. */
    public Result run() {
        session.start();
        model.fillAngles(session);
        model.parameters().initialise(session, settings.seed(), model.shape().layers());
        session.upload();
        long begin = System.nanoTime();
        double[] ms = new double[3];
        while (done < settings.warmup() || System.nanoTime() - begin < settings.warmupSeconds() * 1e9) {
            step(ms);
        }
        long warm = done;
        double warmSeconds = (System.nanoTime() - begin) / 1e9;
        int n = settings.steps();
        Result result = new Result(new double[n], new double[n], new double[n], new double[n], 0, warm, warmSeconds);
        double nll = 0;
        for (int i = 0; i < n; i++) {
            long from = System.nanoTime();
            nll = step(ms);
            result.total[i] = (System.nanoTime() - from) / 1e6;
            result.data[i] = ms[0];
            result.train[i] = ms[1];
            result.update[i] = ms[2];
        }
        return new Result(result.total, result.data, result.train, result.update, nll, warm, warmSeconds);
    }

    private double step(double[] ms) {
        long t0 = System.nanoTime();
        long sequence = done * settings.batch() * microBatches.length;
        long counted = 0;
        for (Batch batch : microBatches) {
            windows.fill(sequence, batch);
            sequence += batch.rows();
            counted += batch.counted();
        }
        long t1 = System.nanoTime();
        TokenStatistics statistics = new TokenStatistics();
        for (Batch batch : microBatches) {
            training.run(batch, counted, statistics, bytesPerToken);
        }
        long t2 = System.nanoTime();
        optimizer.run(done + 1, schedule.at(done));
        session.fetch(ArenaKind.OUTPUTS);
        long t3 = System.nanoTime();
        done++;
        ms[0] = (t1 - t0) / 1e6;
        ms[1] = (t2 - t1) / 1e6;
        ms[2] = (t3 - t2) / 1e6;
        return statistics.nll();
    }

    @Override
    public void close() {
        session.close();
    }
}
