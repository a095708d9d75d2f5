package org.llmrlpt.rl;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.llmrlpt.bench.ProfileReport;
import org.llmrlpt.config.Binder;
import org.llmrlpt.config.RlSettings;
import org.llmrlpt.config.UserError;
import org.llmrlpt.data.tokenizer.Tokenizer;
import org.llmrlpt.device.MemoryPlan;
import org.llmrlpt.device.Session;
import org.llmrlpt.eval.TaskEvaluation;
import org.llmrlpt.files.AtomicFile;
import org.llmrlpt.files.AtomicFolder;
import org.llmrlpt.files.JsonFile;
import org.llmrlpt.files.JsonLines;
import org.llmrlpt.files.RunFolder;
import org.llmrlpt.generate.GenerationEngine;
import org.llmrlpt.kernels.Kernels;
import org.llmrlpt.kernels.Surrogate;
import org.llmrlpt.kernels.SurrogateStatistics;
import org.llmrlpt.nn.Transformer;
import org.llmrlpt.optim.AdamW;
import org.llmrlpt.optim.Schedule;
import org.llmrlpt.tasks.Task;
import org.llmrlpt.train.Checkpoint;
import org.llmrlpt.train.FiniteCheck;
import org.llmrlpt.train.SavedModel;
import org.llmrlpt.train.Trainee;

/**
 * Reinforcement learning with verifiable rewards by GRPO (arXiv 2402.03300, with clip-higher, token mean and dynamic
 * sampling of arXiv 2503.14476). A step is: sample answers, judge them, pack them, forward and backward, update,
 * report. Sampling and training share one model and one set of weights. What it simplifies: one device, one task,
 * sampling and training take turns, no value model.
 */
public final class GrpoTrainer implements AutoCloseable {
    private static final String NEXT_PROBLEM = "next_problem";
    private static final String UPDATES = "updates";
    private static final String REFERENCE = "reference";
    /** A profile leaves out what ran before the compilers were done. */
    private static final double WARM_UP_SECONDS = 10;

    private final RlSettings settings;
    private final RunFolder run;
    private final SavedModel saved;
    private final JsonLines metrics;
    private final RlListener listener;
    private final Kernels kernels;
    private final Session session;
    private final Transformer model;
    private final Transformer reference;
    private final AdamW optimizer;
    private final Schedule schedule;
    private final AnswerPacking packing;
    private final List<PolicyStep> policySteps = new ArrayList<>();
    /** For answers without a gradient, which are trained on for their statistics only; empty where there are none. */
    private final List<PolicyStep> observingSteps = new ArrayList<>();
    private final List<PolicyStep> referenceSteps = new ArrayList<>();
    private final Rollouts rollouts;
    private final HeldOut heldOut;
    private final Trainee trainee;
    private final Task task;
    private final AnswerLengths lengths;
    private final FiniteCheck finite;
    /** The task's fingerprint. */
    private final String problems;
    private long done;
    private long updates;
    private long nextProblem;
    private double seconds;
    private double lastAverage = Double.NaN;
    private boolean owesReports = true;
    /** The newest checkpoint's step, and whether the reports of that step were made. */
    private long savedStep = -1;
    private boolean savedReported;
    private BooleanSupplier stop = () -> false;

    /** Records all programs; nothing is allocated or computed yet. {@code saved} is where the policy begins. */
    public GrpoTrainer(RlSettings settings, RunFolder run, SavedModel saved, Task task, Kernels kernels,
        RlListener listener) {
        session = new Session(settings.device());
        this.settings = settings;
        this.run = run;
        this.saved = saved;
        this.task = task;
        problems = task.fingerprint();
        this.kernels = kernels;
        this.listener = listener;
        finite = new FiniteCheck(run, settings.checkFinite());
        Tokenizer tokenizer = saved.tokenizer(null);
        lengths = AnswerLengths.of(settings, saved.shape().maxLength(), tokenizer, task);
        int length = lengths.text();
        model = new Transformer(saved.shape(), session, true, length);
        reference = settings.kl() > 0 ? new Transformer(saved.shape(), session, false, length) : null;
        Surrogate surrogate = new Surrogate((float) settings.clipLow(), (float) settings.clipHigh(),
            (float) settings.kl(), (float) settings.temperature());
        packing = AnswerPacking.of(settings, saved.shape(), lengths);
        for (int rows : packing.shapes()) {
            policySteps.add(new PolicyStep(session, kernels, model, surrogate, "policy", rows, true));
            if (!settings.dynamicSampling() && reference == null) {
                observingSteps.add(new PolicyStep(session, kernels, model, surrogate, "observed", rows, false));
            }
            if (reference != null) {
                referenceSteps.add(new PolicyStep(session, kernels, reference, surrogate, "reference", rows, false));
            }
        }
        optimizer = new AdamW(session, kernels, model.parameters(), AdamW.Constants.of(settings.optimizer()));
        schedule = Schedule.of(settings.optimizer(), settings.steps());
        long most = Math.max((long) settings.prompts() * settings.group(),
            (long) settings.evaluateProblems() * settings.evaluateSamples());
        GenerationEngine engine = new GenerationEngine(session, kernels, model, tokenizer.vocabularySize(),
            (int) Math.min(settings.slots(), most), length);
        rollouts = new Rollouts(settings, engine, tokenizer, task, lengths);
        heldOut = settings.evaluateProblems() == 0 ? null
            : new HeldOut(settings, engine, tokenizer, task, lengths.stages());
        trainee = new Trainee(session, model, optimizer, tokenizer);
        metrics = run.openMetrics(); // last: nobody would close it if the above threw
    }

    /**
     * Trains until all steps are done, or until {@code stopSignal} says so; either way the last state is in a
     * checkpoint. A signal interrupts sampling: the step it belongs to is done again by a resumed run.
     *
     * @return whether all steps are done and the last evaluation too
     */
    public boolean run(BooleanSupplier stopSignal) {
        stop = stopSignal;
        boolean finished = train();
        if (settings.profile()) {
            ProfileReport report = new ProfileReport(session.profile());
            run.profile(report.toMap());
            listener.profiled(report);
        }
        return finished;
    }

    private boolean train() {
        listener.planned(this);
        session.memoryPlan().requireFits(settings.device().memoryBytes());
        session.start();
        if (settings.profile()) {
            session.profile().afterSeconds(WARM_UP_SECONDS);
        }
        begin();
        session.upload();
        listener.started(this, done);
        boolean reported = !owesReports || evaluate();
        while (reported && done < settings.steps()) {
            Optional<RlReport> report = step();
            if (report.isEmpty()) {
                break;
            }
            metrics.write(report.get().toMap());
            listener.step(report.get());
            reported = !due(settings.evaluateEvery()) && done < settings.steps() || evaluate();
            if (done == settings.steps() || due(settings.checkpointEvery())) {
                checkpoint(reported);
            }
        }
        boolean finished = reported && done == settings.steps();
        if (!finished || run.checkpoints().list().isEmpty()) {
            checkpoint(reported);
        }
        if (finished) {
            run.summary(summary());
        }
        return finished;
    }

    private void begin() {
        Optional<Path> newest = run.checkpoints().latest();
        if (newest.isPresent()) {
            model.fillAngles(session);
            Checkpoint.State state = Checkpoint.read(newest.get(), trainee);
            if (!state.data().equals(problems)) {
                throw new UserError("the problems of " + task.name() + " are not those that " + newest.get()
                    + " was trained on: put the same file in its place, or start a new run");
            }
            done = state.step();
            updates = state.counters().getOrDefault(UPDATES, 0L);
            nextProblem = state.counters().getOrDefault(NEXT_PROBLEM, 0L);
            owesReports = !state.reported();
            savedStep = done;
            savedReported = state.reported();
            seconds = state.secondsTraining();
            metrics.truncateTo(state.metricsPosition());
            lastAverage = lastAverage();
        } else {
            saved.read(session, model);
            metrics.truncateTo(0);
        }
        if (reference != null) {
            reference(newest.isEmpty());
        }
    }

    /** The reference model is the first policy; a copy in the run folder outlives the checkpoint that it came from. */
    private void reference(boolean first) {
        Path folder = run.path().resolve(REFERENCE);
        if (first && !Files.exists(folder)) {
            AtomicFolder.create(folder, temporary -> Checkpoint.writeModel(temporary, trainee));
        }
        SavedModel.open(folder.toString()).read(session, reference);
    }

    /** Sample, judge, pack, train, report; empty if the stop signal came before any weight was changed. */
    private Optional<RlReport> step() {
        long begin = System.nanoTime();
        Optional<Rollout> sampled = rollouts.collect(done, nextProblem, stop);
        if (sampled.isEmpty()) {
            return Optional.empty();
        }
        Rollout rollout = sampled.get();
        if (rollout.tokens() > 0) {
            finite.require("entropy", Group.entropy(rollout.completions()), done + 1);
        }
        long packingFrom = System.nanoTime();
        List<PackedBatch> batches = pack(rollout);
        double packSeconds = since(packingFrom);
        double trainSeconds = 0;
        double updateSeconds = 0;
        double rate = schedule.at(done);
        SurrogateSums first = new SurrogateSums();
        SurrogateSums all = new SurrogateSums();
        int rounds = batches.isEmpty() ? 0 : settings.updates();
        double gradientNorm = Double.NaN;
        for (int update = 0; update < rounds; update++) {
            long trainFrom = System.nanoTime();
            SurrogateSums sums = update == 0 ? first : new SurrogateSums();
            batches.forEach(batch -> stepFor(isObserved(batch) ? observingSteps : policySteps, batch).run(batch, sums));
            if (update == 0) {
                requireOnPolicy(first);
            }
            finite.require("surrogate loss", sums.sum(SurrogateStatistics.LOSS), done + 1);
            all.add(sums);
            trainSeconds += since(trainFrom);
            long updateFrom = System.nanoTime();
            optimizer.run(++updates, rate);
            gradientNorm = optimizer.gradientNorm();
            finite.require("gradient norm", gradientNorm, done + 1);
            updateSeconds += since(updateFrom);
        }
        done++;
        nextProblem = rollout.nextProblem();
        if (settings.sampleEvery() > 0 && due(settings.sampleEvery())) {
            keepSamples("step", rollout.sampled().stream().flatMap(g -> g.readable().stream()).toList());
        }
        double total = since(begin);
        seconds += total;
        return Optional.of(new RlReport(done, rollout, first, all, rounds,
            gradientNorm, rate,
            batches.stream().mapToLong(PackedBatch::rows).sum(),
            batches.stream().filter(this::isObserved).mapToLong(PackedBatch::rows).sum(),
            new RlReport.Times(rollout.generateSeconds(), rollout.rewardSeconds(), packSeconds, trainSeconds,
                updateSeconds, total)));
    }

    private List<PackedBatch> pack(Rollout rollout) {
        List<Answer> answers = rollout.kept().stream()
            .flatMap(g -> g.answers(settings.advantageStd(), settings.maskTruncated()).stream()).toList();
        TokenWeights weights = new TokenWeights(settings.loss(), answers, lengths.stages().at(done));
        List<PackedBatch> batches = new ArrayList<>();
        answers.stream().collect(Collectors.partitioningBy(a -> a.teaches() || observingSteps.isEmpty()))
            .values().forEach(some -> batches.addAll(packing.pack(some, weights)));
        if (reference != null) {
            batches.forEach(batch -> stepFor(referenceSteps, batch).fillReference(batch));
        }
        return batches;
    }

    /** Whether the gradient of a micro-batch is known to be zero, so that its backward pass is left out. */
    private boolean isObserved(PackedBatch batch) {
        return !batch.teaches() && !observingSteps.isEmpty();
    }

    private static PolicyStep stepFor(List<PolicyStep> steps, PackedBatch batch) {
        return steps.stream().filter(s -> s.rows() == batch.rows()).findFirst().orElseThrow();
    }

    /** Sampling and training use one set of weights: only rounding may tell their log-probabilities apart. */
    private void requireOnPolicy(SurrogateSums sums) {
        if (sums.largestDifference() > settings.maxDifference()) {
            throw new UserError("in step " + (done + 1) + " the log-probability of a sampled token differs by "
                + sums.largestDifference() + " between sampling and training, which should be the same: unless"
                + " device.matmul rounds (fp16, cublas) this is a fault of the program or the device;"
                + " max-log-prob-difference=X allows more");
        }
    }

    /** Answers the held-out problems; false if the stop signal came first. */
    private boolean evaluate() {
        if (heldOut == null) {
            return true;
        }
        Optional<HeldOut.Result> answered = heldOut.run(done, stop);
        if (answered.isEmpty()) {
            return false;
        }
        EvaluationReport report = answered.get().report();
        lastAverage = report.average().value();
        metrics.write(report.toMap());
        keepSamples("evaluation", answered.get().readable());
        listener.evaluation(report);
        TaskEvaluation.Sample shown = answered.get().samples().getFirst();
        listener.sample(done, shown.problem().prompt(), shown.text(), shown.verdict().correct());
        return true;
    }

    /** The last Avg@m in the metrics, for the summary of a run that was resumed after its last evaluation. */
    private double lastAverage() {
        return JsonLines.read(run.path().resolve(RunFolder.METRICS)).stream()
            .filter(m -> m.path("split").asText().equals("evaluation")).mapToDouble(m -> m.path("avg").asDouble())
            .reduce(Double.NaN, (before, after) -> after);
    }

    private void keepSamples(String what, List<Map<String, Object>> answers) {
        StringBuilder lines = new StringBuilder();
        answers.forEach(m -> lines.append(JsonFile.line(m)).append('\n'));
        AtomicFile.writeText(run.samples().resolve(String.format(Locale.ROOT, "%s-%06d.jsonl", what, done)),
            lines.toString());
    }

    private void checkpoint(boolean reported) {
        if (done == savedStep && reported == savedReported) {
            return;
        }
        Checkpoint.State state = new Checkpoint.State(done, metrics.sync(), problems, reported, seconds,
            Map.of(UPDATES, updates, NEXT_PROBLEM, nextProblem));
        listener.checkpoint(done, Checkpoint.write(run.checkpoints(), settings.checkpointKeep(), trainee, state,
            Binder.unbind(settings)));
        savedStep = done;
        savedReported = reported;
    }

    private boolean due(long every) {
        return every > 0 && done % every == 0;
    }

    private static double since(long begin) {
        return (System.nanoTime() - begin) / 1e9;
    }

    private Map<String, Object> summary() {
        Map<String, Object> m = new LinkedHashMap<>();
        m.put("steps", done);
        m.put("updates", updates);
        m.put("problems", nextProblem);
        m.put("task", task.name());
        m.put("avg", lastAverage);
        m.put("samples", settings.evaluateSamples());
        m.put("seconds", seconds);
        m.put("parameters", model.parameters().layout().count());
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

    public RlSettings settings() {
        return settings;
    }

    public SavedModel saved() {
        return saved;
    }

    public Transformer model() {
        return model;
    }

    public Kernels kernels() {
        return kernels;
    }

    public Task task() {
        return task;
    }

    /** Most tokens of a problem and its answer together. */
    public int length() {
        return lengths.text();
    }

    /** Most tokens of an answer, in any step. */
    public int longestAnswer() {
        return lengths.stages().longest();
    }

    @Override
    public void close() {
        metrics.close();
        session.close();
    }
}
