package org.llmrlpt.study;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.llmrlpt.config.Binder;
import org.llmrlpt.config.EvalSettings;
import org.llmrlpt.config.FileProblem;
import org.llmrlpt.config.MidtrainSettings;
import org.llmrlpt.config.MidtrainSettings.OptimizerState;
import org.llmrlpt.config.PretrainSettings;
import org.llmrlpt.config.RlSettings;
import org.llmrlpt.config.UserError;
import org.llmrlpt.data.Corpus;
import org.llmrlpt.data.Windows;
import org.llmrlpt.data.prepare.PreparationProgress;
import org.llmrlpt.eval.TokenStatistics;
import org.llmrlpt.files.AtomicFolder;
import org.llmrlpt.files.JsonFile;
import org.llmrlpt.files.RunFolder;
import org.llmrlpt.files.RunLock;
import org.llmrlpt.kernels.Kernels;
import org.llmrlpt.rl.GrpoTrainer;
import org.llmrlpt.tasks.Tasks;
import org.llmrlpt.train.Beginning;
import org.llmrlpt.train.Pretrainer;
import org.llmrlpt.train.SavedModel;
import org.llmrlpt.train.TaskMeasurement;
import org.llmrlpt.train.TextMeasurement;
import org.llmrlpt.train.TrainingData;

/**
 * The comparison: pre-train, mid-train, measure, reinforce, measure again, for every objective and seed. A stage is a
 * run folder that is skipped where it is done and resumed where it is not, so a study that was killed goes on with the
 * stage it was in. What it simplifies: one stage at a time, in this process.
 */
public final class Study implements AutoCloseable {
    private final StudyPlan plan;
    private final RunLock lock;
    private final Kernels kernels;
    private final StudyListener listener;
    private final TimeLeft timeLeft = new TimeLeft();
    private BooleanSupplier stop = () -> false;

    private Study(StudyPlan plan, Kernels kernels, StudyListener listener) {
        this.plan = plan;
        this.kernels = kernels;
        this.listener = listener;
        lock = RunLock.acquire(plan.folder());
    }

    /**
     * Begins a study, or goes on with the one in its folder.
     *
     * @param mayDiffer settings that need not be those it was begun with
     * @throws UserError for a mistake in the settings of any stage; nothing is written then
     */
    public static Study open(StudyPlan plan, Set<String> mayDiffer, Kernels kernels, StudyListener listener) {
        plan.check();
        if (Files.exists(plan.folder())) {
            if (!StudyPlan.isAt(plan.folder())) {
                throw new UserError("there is something at " + plan.folder()
                    + " already that is not a study: choose another folder with run=");
            }
            plan.requireSame(mayDiffer);
        } else {
            AtomicFolder.create(plan.folder(), temporary ->
                JsonFile.write(temporary.resolve(RunFolder.CONFIG), Binder.unbind(plan.settings())));
        }
        return new Study(plan, kernels, listener);
    }

    /**
     * Does what is left, and renews the results and the page after every arm.
     *
     * @return whether all is done; false if the stop signal came
     */
    public boolean run(BooleanSupplier stopSignal) {
        stop = stopSignal;
        List<StageKind> left = new ArrayList<>();
        plan.arms().forEach(arm -> plan.kinds().stream().filter(kind -> !arm.has(kind)).forEach(left::add));
        int all = plan.arms().size() * plan.kinds().size();
        for (Arm arm : plan.arms()) {
            boolean news = arm.equals(plan.arms().getLast());
            for (StageKind kind : plan.kinds()) {
                if (!arm.has(kind)) {
                    if (!stage(arm, kind, all, left)) {
                        return false;
                    }
                    news = true;
                }
            }
            if (news) {
                StudyReport.write(plan);
            }
        }
        return true;
    }

    /** Does one stage; {@code left} are the stages that are not done, this one first. */
    private boolean stage(Arm arm, StageKind kind, int all, List<StageKind> left) {
        Path folder = arm.stage(kind);
        boolean fresh = !Files.exists(folder);
        listener.begins(arm, kind, all - left.size() + 1, all);
        long begin = System.nanoTime();
        boolean done;
        try {
            prepare(arm, kind);
            done = !stop.getAsBoolean() && switch (kind) {
                case PRETRAIN -> pretrain(arm);
                case MIDTRAIN -> midtrain(arm);
                case RL -> reinforce(arm);
                case EVAL_BASE -> measure(arm, kind, base(arm));
                case EVAL_RL -> measure(arm, kind, SavedModel.open(arm.stage(StageKind.RL).toString()));
            };
        } catch (UserError e) {
            throw new UserError("in " + folder + ": " + e.getMessage(), e);
        }
        // Memory outside the heap is freed when the collector finds its owner gone, and nothing else would call it.
        System.gc();
        if (done) {
            left.removeFirst();
            if (fresh) {
                timeLeft.took(kind, (System.nanoTime() - begin) / 1e9);
            }
            listener.finished(timeLeft.of(left));
        }
        return done;
    }

    /** What a killed process left half-written goes; an evaluation begins again, for it takes no checkpoints. */
    private static void prepare(Arm arm, StageKind kind) {
        try {
            Files.createDirectories(arm.folder());
        } catch (IOException e) {
            throw FileProblem.writing(arm.folder(), e);
        }
        AtomicFolder.deleteLeftovers(arm.folder());
        boolean measures = kind == StageKind.EVAL_BASE || kind == StageKind.EVAL_RL;
        if (measures && Files.exists(arm.stage(kind))) {
            AtomicFolder.delete(arm.stage(kind));
        }
    }

    private static RunFolder folder(Path folder, Record settings) {
        return Files.exists(folder) ? RunFolder.open(folder) : RunFolder.create(folder, Binder.unbind(settings));
    }

    private boolean pretrain(Arm arm) {
        PretrainSettings settings = plan.stages().pretrain(arm);
        return train(settings, settings, Beginning.random());
    }

    private boolean midtrain(Arm arm) {
        SavedModel begin = SavedModel.open(arm.stage(StageKind.PRETRAIN).toString());
        MidtrainSettings settings = plan.stages().midtrain(arm, begin);
        return train(settings.pretrain(), settings, Beginning.of(begin,
            settings.optimizerState() == OptimizerState.CONTINUED));
    }

    /** Pre-training or mid-training; {@code all} are the whole settings, to be kept in the folder. */
    private boolean train(PretrainSettings settings, Record all, Beginning beginning) {
        try (RunFolder run = folder(Path.of(settings.run()), all);
                Pretrainer trainer = new Pretrainer(settings, run, corpus(settings, run.path()), kernels, beginning,
                    new StageProgress(listener))) {
            return trainer.run(stop);
        }
    }

    private static Corpus corpus(PretrainSettings settings, Path run) {
        return TrainingData.corpus(settings.training().data(), settings.training().seed(), run,
            settings.training().device().workers(), PreparationProgress.NONE);
    }

    private boolean reinforce(Arm arm) {
        SavedModel base = base(arm);
        RlSettings settings = plan.stages().rl(arm, base.folder().toString());
        try (RunFolder run = folder(arm.stage(StageKind.RL), settings);
                GrpoTrainer trainer = new GrpoTrainer(settings, run, base, Tasks.open(settings.task(), settings.seed()),
                    kernels, new StageProgress(listener))) {
            return trainer.run(stop);
        }
    }

    /** What reinforcement learning begins with. */
    private SavedModel base(Arm arm) {
        StageKind last = plan.stages().hasMidtraining() ? StageKind.MIDTRAIN : StageKind.PRETRAIN;
        return SavedModel.open(arm.stage(last).toString());
    }

    /** Perplexity and entropy on what pre-training held out, and answers to the task's problems. */
    private boolean measure(Arm arm, StageKind kind, SavedModel saved) {
        EvalSettings settings = plan.stages().eval(kind, arm, saved.folder().toString());
        Map<String, Object> results = new LinkedHashMap<>();
        AtomicFolder.create(arm.stage(kind), temporary ->
            JsonFile.write(temporary.resolve(RunFolder.CONFIG), Binder.unbind(settings)));
        try (TaskMeasurement measurement = new TaskMeasurement(settings, saved, kernels)) {
            listener.planned("samples", 0, measurement.samples());
            measurement.run(arm.stage(kind), stop, done -> listener.at(done, ""));
            if (stop.getAsBoolean()) {
                return false;
            }
            results.putAll(measurement.results());
        }
        text(arm, saved, results);
        JsonFile.write(arm.stage(kind).resolve(StageKind.RESULTS), results);
        return true;
    }

    private void text(Arm arm, SavedModel saved, Map<String, Object> results) {
        PretrainSettings s = plan.stages().pretrain(arm);
        Corpus corpus = corpus(s, arm.stage(StageKind.PRETRAIN));
        int length = s.training().length();
        Windows windows = corpus.validation(length,
            Math.max(1, s.evaluateTokens() * Pretrainer.FINAL_VALIDATION_FACTOR / length));
        if (windows.count() > 0) {
            TokenStatistics t = TextMeasurement.of(saved, corpus.tokenizer(), windows, s.training().batch(),
                s.training().objective().k(), kernels, s.training().device(), done -> { });
            results.put("text_tokens", t.count());
            results.put("text_nll", t.nll());
            results.put("text_perplexity", t.perplexity());
            results.put("text_bits_per_byte", t.bitsPerByte());
            results.put("text_entropy", t.entropy());
        }
    }

    @Override
    public void close() {
        lock.close();
    }
}
