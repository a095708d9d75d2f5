package org.llmrlpt.train;

import java.util.Arrays;
import org.llmrlpt.config.ModelShape;
import org.llmrlpt.config.TrainingSettings;
import org.llmrlpt.data.Batch;
import org.llmrlpt.data.Windows;
import org.llmrlpt.device.Session;
import org.llmrlpt.eval.BatchProgram;
import org.llmrlpt.eval.TokenStatistics;
import org.llmrlpt.kernels.Kernels;
import org.llmrlpt.kernels.Shaping;
import org.llmrlpt.nn.Parameters;
import org.llmrlpt.nn.Transformer;
import org.llmrlpt.optim.AdamW;
import org.llmrlpt.optim.Schedule;

/**
 * The optimizer step that stages and benchmarks share: {@link #nextBatches}, {@link #gradients}, {@link #update}, in
 * this order. Steps are counted from 0 by whoever calls.
 */
final class Trainer {
    private final Windows windows;
    private final int[] bytesPerToken;
    private final Session session;
    private final Transformer model;
    private final BatchProgram training;
    private final AdamW optimizer;
    private final Schedule schedule;
    private final Batch[] microBatches;
    private long counted;

    /**
     * Records the programs; nothing is allocated or computed yet.
     *
     * @param bytesPerToken of each token of the model's vocabulary
     * @param steps of the whole run, for the learning rate's schedule
     */
    Trainer(TrainingSettings settings, ModelShape shape, Windows windows, int[] bytesPerToken, long steps,
        Kernels kernels) {
        session = new Session(settings.device());
        this.windows = windows;
        this.bytesPerToken = bytesPerToken;
        int batch = settings.batch();
        int length = settings.length();
        model = new Transformer(shape, session, settings.microBatches() == 1 ? Parameters.Gradients.OF_ONE_RUN
            : Parameters.Gradients.OF_SEVERAL_RUNS, shape.maxLength());
        training = BatchProgram.training(session, kernels, model, Shaping.of(settings.objective()), batch, length,
            settings.memory().checkpointed(shape.layers()));
        optimizer = new AdamW(session, kernels, model.parameters(), AdamW.Constants.of(settings.optimizer()));
        schedule = Schedule.of(settings.optimizer(), steps);
        microBatches = new Batch[settings.microBatches()];
        Arrays.setAll(microBatches, i -> new Batch(batch, length));
    }

    /** Allocates the memory; weights are still to be set and uploaded. */
    void start() {
        session.start();
        model.fillAngles(session);
    }

    /** Fills the micro-batches of the step after {@code done} steps. */
    void nextBatches(long done) {
        try (Phase _ = new Phase("data", done)) {
            long sequence = done * microBatches.length * microBatches[0].rows();
            counted = 0;
            for (Batch batch : microBatches) {
                windows.fill(sequence, batch);
                sequence += batch.rows();
                counted += batch.counted();
            }
        }
    }

    /** Forward and backward passes of all micro-batches; returns what the forward passes saw. */
    TokenStatistics gradients(long done) {
        WarmUp.await();
        try (Phase _ = new Phase("forward and backward", done)) {
            TokenStatistics statistics = new TokenStatistics();
            for (Batch batch : microBatches) {
                training.run(batch, counted, statistics, bytesPerToken);
            }
            return statistics;
        }
    }

    /** Clips the gradients and updates the weights; returns the norm before clipping. */
    double update(long done) {
        try (Phase _ = new Phase("update", done)) {
            optimizer.run(done + 1, learningRate(done));
            return optimizer.gradientNorm();
        }
    }

    /** The rate of the step after {@code done} steps. */
    double learningRate(long done) {
        return schedule.at(done);
    }

    Session session() {
        return session;
    }

    Transformer model() {
        return model;
    }

    AdamW optimizer() {
        return optimizer;
    }

    /** A batch that may be used between steps. */
    Batch spareBatch() {
        return microBatches[0];
    }
}
