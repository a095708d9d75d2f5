package org.llmrlpt.train;

import it.unimi.dsi.fastutil.ints.IntList;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.llmrlpt.bench.ProfileReport;
import org.llmrlpt.config.Binder;
import org.llmrlpt.config.ModelShape;
import org.llmrlpt.config.PretrainSettings;
import org.llmrlpt.config.TrainingSettings;
import org.llmrlpt.config.UserError;
import org.llmrlpt.data.Batch;
import org.llmrlpt.data.Corpus;
import org.llmrlpt.data.Windows;
import org.llmrlpt.data.tokenizer.Tokenizer;
import org.llmrlpt.device.MemoryPlan;
import org.llmrlpt.device.Session;
import org.llmrlpt.eval.BatchProgram;
import org.llmrlpt.eval.TokenStatistics;
import org.llmrlpt.files.AtomicFile;
import org.llmrlpt.files.JsonLines;
import org.llmrlpt.files.RunFolder;
import org.llmrlpt.generate.Completion;
import org.llmrlpt.generate.GenerationEngine;
import org.llmrlpt.generate.Prompt;
import org.llmrlpt.generate.Sampling;
import org.llmrlpt.kernels.Kernels;
import org.llmrlpt.kernels.RowStatistics;
import org.llmrlpt.kernels.Shaping;
import org.llmrlpt.nn.Transformer;
import org.llmrlpt.random.RandomStream;

/**
 * The pre-training stage, and mid-training, which is the same with another beginning: from the first batch to the last
 * checkpoint. A step is: next batches, forward and backward, update, report. What it simplifies: one device, no
 * dropout.
 */
public final class Pretrainer implements AutoCloseable {
    /** So many times the tokens of a validation are those of the last one. */
    public static final int FINAL_VALIDATION_FACTOR = 10;
    /** A profile leaves out what ran before the compilers were done. */
    private static final double WARM_UP_SECONDS = 5;

    private final PretrainSettings settings;
    private final RunFolder run;
    private final JsonLines metrics;
    private final PretrainListener listener;
    private final Corpus data;
    private final Tokenizer tokenizer;
    private final int[] bytesPerToken;
    private final Windows windows;
    private final Beginning beginning;
    private final Kernels kernels;
    private final Shaping shaping;
    private final Trainer trainer;
    private final Session session;
    private final Transformer model;
    private final BatchProgram evaluation;
    private final Trainee trainee;
    private final GenerationEngine engine;
    private final long samplingSeed;
    private final FiniteCheck finite;
    private long done;
    private double secondsTraining;
    private long updatesBefore;
    private BooleanSupplier stop = () -> false;
    private boolean owesReports;

    /** Records all programs; nothing is allocated or computed yet. */
    public Pretrainer(PretrainSettings settings, RunFolder run, Corpus data, Kernels kernels,
        Beginning beginning, PretrainListener listener) {
        this.beginning = beginning;
        this.settings = settings;
        this.run = run;
        this.listener = listener;
        finite = new FiniteCheck(run, settings.checkFinite());
        this.data = data;
        this.kernels = kernels;
        tokenizer = data.tokenizer();
        bytesPerToken = tokenizer.bytesPerToken();
        TrainingSettings training = settings.training();
        int length = training.length();
        windows = data.training(length, training.seed());
        ModelShape shape = training.model().shape(tokenizer.vocabularySize(), length);
        shaping = Shaping.of(training.objective());
        Checkpoint.requireWritable(shape);
        if (settings.sampleEvery() > 0 && shape.maxLength() < 2) {
            throw new UserError("setting 'length' is " + length + ", which leaves a sample no room: raise it, or set"
                + " sample.every=0");
        }
        trainer = new Trainer(training, shape, windows, bytesPerToken, settings.steps(), kernels);
        session = trainer.session();
        model = trainer.model();
        evaluation = BatchProgram.evaluating(session, kernels, model, shaping, training.batch(), length);
        trainee = new Trainee(session, model, trainer.optimizer(), tokenizer);
        engine = new GenerationEngine(session, kernels, model, tokenizer.vocabularySize(), 1,
            Math.min(shape.maxLength(), settings.sampleTokens() + 1));
        samplingSeed = RandomStream.of(training.seed(), "sampling").nextLong();
        metrics = run.openMetrics(); // last: nobody would close it if the above threw
    }

    /**
     * Trains until all steps are done, or until {@code stopSignal} says so; either way the last state is in a
     * checkpoint. A signal interrupts validation and sampling, which a resumed run makes up for.
     *
     * @return whether all steps are done and the final validation too
     */
    public boolean run(BooleanSupplier stopSignal) {
        stop = stopSignal;
        boolean finished = train();
        if (settings.training().profile()) {
            ProfileReport report = new ProfileReport(session.profile());
            run.profile(report.toMap());
            listener.profiled(report);
        }
        return finished;
    }

    private boolean train() {
        listener.planned(this);
        session.memoryPlan().requireFits(settings.training().device().memoryBytes());
        session.onFirstRuns(listener::compiled);
        trainer.start();
        if (settings.training().profile()) {
            session.profile().afterSeconds(WARM_UP_SECONDS);
        }
        begin();
        session.upload();
        listener.started(this, done);
        if (owesReports && !report()) {
            return false;
        }
        while (done < settings.steps()) {
            StepReport report = step();
            metrics.write(report.toMap());
            listener.step(report);
            boolean reported = done == settings.steps() || report();
            if (!reported || stop.getAsBoolean() || done == settings.steps() || due(settings.checkpointEvery())) {
                checkpoint(reported);
            }
            if (done < settings.steps() && stop.getAsBoolean()) {
                return false;
            }
        }
        if (run.checkpoints().list().isEmpty()) {
            checkpoint(true);
        }
        return finish();
    }

    /** The validation and the sample that are due after this step; false if the stop signal cut them short. */
    private boolean report() {
        long before = metrics.position();
        if (due(settings.evaluateEvery()) && validate(settings.evaluateTokens()).isEmpty() && stop.getAsBoolean()) {
            return false;
        }
        if (due(settings.sampleEvery()) && !sample()) {
            metrics.truncateTo(before); // a resumed run makes both again
            return false;
        }
        return true;
    }

    private void begin() {
        Optional<Path> newest = run.checkpoints().latest();
        if (newest.isPresent()) {
            Checkpoint.State state = Checkpoint.read(newest.get(), trainee);
            if (!state.data().equals(data.fingerprint())) {
                throw new UserError("the data is not what " + newest.get()
                    + " was trained on: give the same data again,"
                    + " or start a new run");
            }
            done = state.step();
            owesReports = !state.reported() && done < settings.steps();
            secondsTraining = state.secondsTraining();
            updatesBefore = state.updates() - done;
            metrics.truncateTo(state.metricsPosition());
        } else {
            updatesBefore = beginning.prepare(trainee, settings.training().seed());
            metrics.truncateTo(0);
            if (settings.debugReplay() > 0) {
                Replay.write(run.path(), trainee, windows, settings.debugReplay(),
                    Math.toIntExact(settings.training().sequences()));
            }
        }
        trainee.optimizer().continueAfter(updatesBefore);
    }

    private StepReport step() {
        long begin = System.nanoTime();
        trainer.nextBatches(done);
        TokenStatistics statistics = trainer.gradients(done);
        finite.require("loss", statistics.mean(RowStatistics.OBJECTIVE) + statistics.nll(), done + 1);
        double rate = trainer.learningRate(done);
        double norm = trainer.update(done);
        finite.require("gradient norm", norm, done + 1);
        done++;
        double seconds = (System.nanoTime() - begin) / 1e9;
        long tokens = settings.training().tokens();
        secondsTraining += seconds;
        return new StepReport("train", done, loss(statistics), statistics, norm, rate,
            tokens / seconds, seconds * 1e3, done * tokens);
    }

    private double loss(TokenStatistics statistics) {
        return shaping.isCrossEntropy() ? statistics.nll() : -statistics.mean(RowStatistics.OBJECTIVE);
    }

    private boolean due(long every) {
        return every > 0 && done % every == 0;
    }

    /** Empty without validation data, or if the stop signal came. */
    private Optional<StepReport> validate(long tokens) {
        Windows held = data.validation(settings.training().length(),
            Math.max(1, tokens / settings.training().length()));
        if (held.count() == 0) {
            return Optional.empty();
        }
        try (Phase _ = new Phase("validation", done)) {
            return validation(held);
        }
    }

    private Optional<StepReport> validation(Windows held) {
        long begin = System.nanoTime();
        TokenStatistics statistics = new TokenStatistics();
        Batch batch = trainer.spareBatch();
        for (long n = 0; n < held.count(); n += batch.rows()) {
            if (stop.getAsBoolean()) {
                return Optional.empty();
            }
            held.fill(n, batch);
            evaluation.run(batch, batch.counted(), statistics, bytesPerToken);
        }
        double seconds = (System.nanoTime() - begin) / 1e9;
        StepReport report = new StepReport("validation", done, loss(statistics), statistics,
            Double.NaN, Double.NaN, statistics.count() / seconds, seconds * 1e3,
            done * settings.training().tokens());
        metrics.write(report.toMap());
        listener.validation(report);
        return Optional.of(report);
    }

    /** False if the stop signal came. */
    private boolean sample() {
        try (Phase _ = new Phase("sample", done)) {
            return write();
        }
    }

    private boolean write() {
        // Texts begin as documents do: after an end-of-text mark, or with a line break where there is no such token.
        int first = tokenizer.endOfText() >= 0 ? tokenizer.endOfText() : tokenizer.encode("\n").getInt(0);
        Completion completion = engine.generate(List.of(new Prompt(new int[] {first}, 1, done)),
            new Sampling(0.8, 0, 1), settings.sampleTokens(), new int[] {tokenizer.endOfText()}, samplingSeed, stop)
            .getFirst();
        if (completion.ending() == Completion.Ending.INTERRUPTED) {
            return false;
        }
        String words = tokenizer.decodeText(IntList.of(completion.text()));
        AtomicFile.writeText(run.samples().resolve(String.format(Locale.ROOT, "step-%06d.txt", done)), words);
        listener.sample(done, "", words);
        return true;
    }

    private void checkpoint(boolean reported) {
        try (Phase _ = new Phase("checkpoint", done)) {
            Checkpoint.State state = new Checkpoint.State(done, metrics.sync(), data.fingerprint(), reported,
                secondsTraining, Map.of("updates", updatesBefore + done));
            listener.checkpoint(done, Checkpoint.write(run.checkpoints(), settings.checkpointKeep(), trainee, state,
                Binder.unbind(settings)));
        }
    }

    private boolean finish() {
        Optional<StepReport> validation = validate(settings.evaluateTokens() * FINAL_VALIDATION_FACTOR);
        if (stop.getAsBoolean() || settings.sampleEvery() > 0 && !sample()) {
            return false;
        }
        run.summary(summary(validation.orElse(null)));
        return true;
    }

    private Map<String, Object> summary(StepReport validation) {
        Map<String, Object> m = new LinkedHashMap<>();
        m.put("steps", done);
        m.put("parameters", model.parameters().layout().count());
        long tokens = done * settings.training().tokens();
        m.put("tokens", tokens);
        m.put("tokens_per_second", secondsTraining == 0 ? null : tokens / secondsTraining);
        m.put("seconds", secondsTraining);
        if (validation != null) {
            m.put("validation_nll", validation.statistics().nll());
            StepReport.fields(validation.statistics()).forEach((k, v) -> m.putIfAbsent(k, v));
        }
        m.put("checkpoint", run.checkpoints().latest().map(Path::toString).orElse(null));
        return m;
    }

    /** The folder of the newest checkpoint; there is one when {@link #run} has returned. */
    public Path newestCheckpoint() {
        return run.checkpoints().latest().orElseThrow();
    }

    /** What the run will need, known before {@link #run}. */
    public MemoryPlan memoryPlan() {
        return session.memoryPlan();
    }

    public PretrainSettings settings() {
        return settings;
    }

    public Transformer model() {
        return model;
    }

    public Kernels kernels() {
        return kernels;
    }

    public Corpus data() {
        return data;
    }

    @Override
    public void close() {
        metrics.close();
        session.close();
    }
}
