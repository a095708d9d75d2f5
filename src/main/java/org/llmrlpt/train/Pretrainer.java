package org.llmrlpt.train;

import java.util.function.BooleanSupplier;
import org.llmrlpt.config.ModelShape;
import org.llmrlpt.config.PretrainSettings;
import org.llmrlpt.config.UserError;
import org.llmrlpt.data.Batch;
import org.llmrlpt.data.EvaluationWindows;
import org.llmrlpt.data.TokenDataset;
import org.llmrlpt.data.TrainingWindows;
import org.llmrlpt.data.tokenizer.Tokenizer;
import org.llmrlpt.device.ArenaKind;
import org.llmrlpt.device.MemoryPlan;
import org.llmrlpt.device.Session;
import org.llmrlpt.eval.Evaluation;
import org.llmrlpt.eval.TokenStatistics;
import org.llmrlpt.generate.Generator;
import org.llmrlpt.generate.Sampling;
import org.llmrlpt.kernels.Kernels;
import org.llmrlpt.kernels.RowStatistics;
import org.llmrlpt.kernels.Shaping;
import org.llmrlpt.nn.Transformer;
import org.llmrlpt.optim.AdamW;
import org.llmrlpt.optim.Schedule;
import org.llmrlpt.random.RandomStream;

/**
 * The pre-training stage, from the first batch to the last checkpoint. A step is: next batches, forward and backward,
 * update, report. What it simplifies: one device, one text source, no dropout.
 */
public final class Pretrainer implements AutoCloseable {
    private static final int SAMPLE_LENGTH_BUCKET = 64;
    private static final int FINAL_VALIDATION_FACTOR = 10;

    private final PretrainSettings settings;
    private final RunFiles files;
    private final PretrainListener listener;
    private final TokenDataset data;
    private final Tokenizer tokenizer;
    private final int[] bytesPerToken;
    private final TrainingWindows windows;
    private final Batch[] microBatches;
    private final Session session = new Session();
    private final Kernels kernels;
    private final Transformer model;
    private final TrainingStep training;
    private final AdamW optimizer;
    private final Schedule schedule;
    private final Evaluation evaluation;
    private final Generator generator;
    private final RandomStream sampling;
    private long done;
    private double secondsTraining;
    private long tokensTrained;

    /** Records all programs; nothing is allocated or computed yet. */
    public Pretrainer(PretrainSettings settings, RunFiles files, TokenDataset data, Kernels kernels,
        PretrainListener listener) {
        this.settings = settings;
        this.files = files;
        this.listener = listener;
        this.data = data;
        this.kernels = kernels;
        tokenizer = data.tokenizer();
        bytesPerToken = tokenizer.bytesPerToken();
        int batch = settings.batch();
        int length = settings.length();
        windows = new TrainingWindows(data.train(), length, tokenizer.endOfText(), settings.seed());
        microBatches = new Batch[settings.microBatches()];
        for (int i = 0; i < microBatches.length; i++) {
            microBatches[i] = new Batch(batch, length);
        }
        ModelShape shape = settings.model().shape(tokenizer.vocabularySize(), length);
        Shaping shaping = shaping(settings);
        model = new Transformer(shape, session, true, shape.maxLength());
        training = new TrainingStep(session, kernels, model, shaping, batch, length);
        optimizer = new AdamW(session, kernels, model.parameters(), adamW(settings));
        schedule = Schedules.of(settings.optimizer(), settings.steps());
        evaluation = new Evaluation(session, kernels, model, shaping, batch, length);
        int sampleLength = Math.min(shape.maxLength(),
            (settings.sampleTokens() + SAMPLE_LENGTH_BUCKET) / SAMPLE_LENGTH_BUCKET * SAMPLE_LENGTH_BUCKET);
        generator = new Generator(session, kernels, model, sampleLength);
        sampling = RandomStream.of(settings.seed(), "sampling");
    }

    /**
     * Trains until all steps are done, or until {@code stop} says so after some step; either way the last state is in a
     * checkpoint.
     *
     * @return whether all steps are done
     */
    public boolean run(BooleanSupplier stop) {
        session.start();
        model.fillAngles(session);
        begin();
        session.upload();
        listener.started(this, done);
        while (done < settings.steps()) {
            StepReport report = step();
            files.append(report.toMap());
            listener.step(report);
            boolean last = done == settings.steps();
            boolean stopping = stop.getAsBoolean();
            if (due(settings.evaluateEvery()) && !last) {
                validate(settings.evaluateTokens());
            }
            if (due(settings.sampleEvery()) && !last) {
                sample();
            }
            if (last || stopping || due(settings.checkpointEvery())) {
                checkpoint();
            }
            if (stopping && !last) {
                return false;
            }
        }
        finish();
        return true;
    }

    private void begin() {
        if (files.hasCheckpoint()) {
            Checkpoint.State state = Checkpoint.read(files.newestCheckpoint(), this);
            done = state.step();
            tokensTrained = 0;
            files.truncateMetrics(state.metricsPosition());
        } else {
            model.parameters().initialise(session, settings.seed(), model.shape().layers());
            files.truncateMetrics(0);
            if (settings.debugReplay() > 0) {
                Replay.write(files.folder(), this);
            }
        }
    }

    private StepReport step() {
        long begin = System.nanoTime();
        long counted = nextBatches();
        TokenStatistics statistics = new TokenStatistics();
        for (Batch batch : microBatches) {
            training.run(batch, counted, statistics, bytesPerToken);
        }
        requireFinite("loss", statistics.mean(RowStatistics.OBJECTIVE) + statistics.nll());
        double rate = schedule.at(done);
        optimizer.run(done + 1, rate);
        session.fetch(ArenaKind.OUTPUTS);
        double norm = optimizer.gradientNorm();
        requireFinite("gradient norm", norm);
        done++;
        double seconds = (System.nanoTime() - begin) / 1e9;
        long tokens = (long) microBatches.length * settings.batch() * settings.length();
        secondsTraining += seconds;
        tokensTrained += tokens;
        return new StepReport("train", done, -statistics.mean(RowStatistics.OBJECTIVE), statistics, norm, rate,
            tokens / seconds, seconds * 1e3, done * tokens);
    }

    /** Fills the micro-batches of the next step; returns the positions that count in all of them. */
    private long nextBatches() {
        long sequence = done * settings.sequencesPerStep();
        long counted = 0;
        for (Batch batch : microBatches) {
            windows.fill(sequence, batch);
            sequence += batch.rows();
            counted += batch.counted();
        }
        return counted;
    }

    private void requireFinite(String what, double value) {
        if (settings.checkFinite() && !Double.isFinite(value)) {
            throw new UserError("the " + what + " of step " + (done + 1) + " is not a finite number (" + value
                + "): the last checkpoint in " + files.folder() + " is intact; lower optimizer.lr, or set"
                + " check-finite=false to go on regardless");
        }
    }

    private boolean due(long every) {
        return every > 0 && done % every == 0;
    }

    private StepReport validate(long tokens) {
        if (data.validation().size() < 2) {
            return null;
        }
        long begin = System.nanoTime();
        long limit = Math.max(1, tokens / settings.length());
        EvaluationWindows held = new EvaluationWindows(data.validation(), settings.length(), tokenizer.endOfText(),
            limit);
        TokenStatistics statistics = new TokenStatistics();
        Batch batch = microBatches[0];
        for (long n = 0; n < held.count(); n += batch.rows()) {
            held.fill(n, batch);
            evaluation.run(batch, statistics, bytesPerToken);
        }
        double seconds = (System.nanoTime() - begin) / 1e9;
        StepReport report = new StepReport("validation", done, -statistics.mean(RowStatistics.OBJECTIVE), statistics,
            Double.NaN, Double.NaN, statistics.count() / seconds, seconds * 1e3, done * settings.sequencesPerStep()
            * settings.length());
        files.append(report.toMap());
        listener.validation(report);
        return report;
    }

    private String sample() {
        // Texts begin as documents do: after an end-of-text mark, or with a line break where there is no such token.
        int first = tokenizer.endOfText() >= 0 ? tokenizer.endOfText() : tokenizer.encode("\n").getInt(0);
        int[] text = generator.run(new int[] {first}, settings.sampleTokens(), tokenizer.endOfText(),
            tokenizer.vocabularySize(), new Sampling(0.8, 0, 1), sampling.child(done));
        String words = tokenizer.decodeText(it.unimi.dsi.fastutil.ints.IntList.of(text));
        files.writeSample(done, words);
        listener.sample(done, "", words);
        return words;
    }

    private void checkpoint() {
        listener.checkpoint(done, Checkpoint.write(this));
    }

    private void finish() {
        StepReport validation = validate(settings.evaluateTokens() * FINAL_VALIDATION_FACTOR);
        if (settings.sampleEvery() > 0) {
            sample();
        }
        files.writeSummary(Summary.of(this, validation));
    }
}
