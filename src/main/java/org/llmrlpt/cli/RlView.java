package org.llmrlpt.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.llmrlpt.bench.ProfileReport;
import org.llmrlpt.config.ModelShape;
import org.llmrlpt.config.RlSettings;
import org.llmrlpt.config.TaskSettings;
import org.llmrlpt.device.ArenaKind;
import org.llmrlpt.device.MemoryPlan;
import org.llmrlpt.device.TornadoSettings;
import org.llmrlpt.rl.EvaluationReport;
import org.llmrlpt.rl.GrpoTrainer;
import org.llmrlpt.rl.RlListener;
import org.llmrlpt.rl.RlReport;
import org.llmrlpt.tasks.Tasks;

/** Shows a run of reinforcement learning: a table at the start, a progress bar, evaluations and answers, a summary. */
final class RlView implements RlListener, AutoCloseable {
    private static final int SAMPLE_LINES = 6;

    private final Console console;
    private final Path run;
    private ProgressBar bar;
    private EvaluationReport first;
    private EvaluationReport last;

    RlView(Console console, Path run) {
        this.console = console;
        this.run = run;
    }

    /** The start-up table. */
    @Override
    public void planned(GrpoTrainer trainer) {
        RlSettings s = trainer.settings();
        ModelShape m = trainer.model().shape();
        MemoryPlan memory = trainer.memoryPlan();
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("run", run.toString()));
        rows.add(List.of("device", KernelSets.describe(trainer.kernels())));
        rows.add(List.of("products", trainer.kernels().products()));
        rows.add(List.of("policy", String.format(Locale.ROOT, "%s: %,d parameters, texts of %d tokens",
            trainer.saved().folder(), m.parameters(), trainer.length())));
        rows.add(List.of("task", trainer.task().name() + (s.dynamicSampling()
            ? ", groups of equal rewards replaced in up to " + s.rounds() + " rounds" : "")));
        rows.add(List.of("step", String.format(Locale.ROOT, "%d prompts x %d answers of up to %d tokens, temperature"
            + " %s, %d update%s, %,d steps", s.prompts(), s.group(), trainer.longestAnswer(), s.temperature(),
            s.updates(), s.updates() == 1 ? "" : "s", s.steps())));
        rows.add(List.of("objective", String.format(Locale.ROOT, "GRPO: clip -%s/+%s, %s, advantages by %s std, %s",
            s.clipLow(), s.clipHigh(), name(s.loss()), name(s.advantageStd()),
            s.kl() == 0 ? "no KL term" : "KL coefficient " + s.kl())));
        rows.add(List.of("memory", String.format(Locale.ROOT, "%s: weights %s, gradients %s, moments %s,"
            + " activations %s, for sampling %s", MemoryPlan.gigabytes(memory.totalBytes()),
            MemoryPlan.gigabytes(memory.bytes(ArenaKind.PARAMETERS)),
            MemoryPlan.gigabytes(memory.bytes(ArenaKind.GRADIENTS)),
            MemoryPlan.gigabytes(memory.bytes(ArenaKind.MOMENT1) + memory.bytes(ArenaKind.MOMENT2)),
            MemoryPlan.gigabytes(memory.bytes(ArenaKind.ACTIVATIONS)),
            MemoryPlan.gigabytes(memory.bytes(ArenaKind.CACHE) + memory.bytes(ArenaKind.PACKED)))));
        console.table(rows);
    }

    private static String name(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    @Override
    public void started(GrpoTrainer trainer, long firstStep) {
        if (firstStep > 0) {
            console.line("resuming after step " + firstStep);
        }
        if (!TornadoSettings.isFallback()) {
            console.line("TornadoVM compiles the kernels during the first step, which can take minutes");
        }
        bar = console.progress("rl", "steps", firstStep, trainer.settings().steps());
    }

    @Override
    public void step(RlReport r) {
        bar.update(r.step(), String.format(Locale.ROOT,
            "reward %.3f, entropy %.3f, length %.1f, |g| %.2f, lr %.1e, %.2f s/step", r.reward(), r.entropy(),
            r.responseLength(), r.gradientNorm(), r.learningRate(), r.seconds()));
    }

    @Override
    public void evaluation(EvaluationReport r) {
        first = first == null ? r : first;
        last = r;
        console.line("step " + r.step() + " held-out: " + describe(r));
    }

    private static String describe(EvaluationReport r) {
        return String.format(Locale.ROOT, "Avg@%d %.3f (95 %%: %.3f to %.3f) on %d problems, length %.1f, entropy %.3f",
            r.samples(), r.average().value(), r.average().low(), r.average().high(), r.problems(),
            r.responseLength(), r.entropy());
    }

    @Override
    public void sample(long step, String prompt, String completion, boolean correct) {
        console.line("step " + step + " answer (" + (correct ? "right" : "wrong") + "):");
        (prompt + completion).lines().limit(SAMPLE_LINES).forEach(l -> console.line("  | " + l));
    }

    @Override
    public void checkpoint(long step, Path folder) {
        console.line("step " + step + " checkpoint: " + folder);
    }

    @Override
    public void profiled(ProfileReport report) {
        close();
        console.table(report.rows());
        console.line(report.ceilings());
    }

    /** The end of the run, and what to do next. */
    void finished(GrpoTrainer trainer, boolean allSteps) {
        close();
        if (!allSteps) {
            console.line("stopped; go on with: scripts/llm-rlpt rl resume=" + CommandLines.quoted(run));
            return;
        }
        console.line("");
        console.line("done: " + run + " holds the checkpoints (Hugging Face folders), metrics.jsonl, samples/ and"
            + " summary.json");
        Runs.report(run, console);
        if (last != null) {
            console.line("held-out: " + (first == last ? "" : String.format(Locale.ROOT, "Avg@%d %.3f before, then ",
                first.samples(), first.average().value())) + describe(last));
        }
        console.line("next:  scripts/llm-rlpt eval checkpoint=" + CommandLines.quoted(trainer.newestCheckpoint())
            + " task=" + others(trainer.settings().task()));
    }

    /** Problems that were not trained on, as the command line names them. */
    private static String others(TaskSettings task) {
        if (Tasks.isBuiltIn(task)) {
            return CommandLines.quoted(task.name()) + (task.level() == null ? "" : " task.level=" + task.level());
        }
        return task.heldOut() == null ? "FILE-OF-OTHER-PROBLEMS" : CommandLines.quoted(task.heldOut());
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
            bar = null;
        }
    }
}
