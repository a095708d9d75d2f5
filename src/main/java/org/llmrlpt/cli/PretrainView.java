package org.llmrlpt.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.llmrlpt.bench.ProfileReport;
import org.llmrlpt.config.DataSettings;
import org.llmrlpt.config.ModelShape;
import org.llmrlpt.config.ObjectiveSettings;
import org.llmrlpt.config.PretrainSettings;
import org.llmrlpt.config.TrainingSettings;
import org.llmrlpt.device.ArenaKind;
import org.llmrlpt.device.MemoryPlan;
import org.llmrlpt.device.TornadoSettings;
import org.llmrlpt.eval.TokenStatistics;
import org.llmrlpt.kernels.RowStatistics;
import org.llmrlpt.train.PretrainListener;
import org.llmrlpt.train.Pretrainer;
import org.llmrlpt.train.StepReport;

/** Shows a pre-training run: a table at the start, a progress bar, validations and samples, a summary. */
final class PretrainView implements PretrainListener, AutoCloseable {
    private static final int SAMPLE_LINES = 6;

    private final Console console;
    private final Path run;
    private final String command;
    private ProgressBar bar;
    private StepReport lastValidation;

    PretrainView(Console console, Path run, String command) {
        this.command = command;
        this.console = console;
        this.run = run;
    }

    /** The start-up table. */
    @Override
    public void planned(Pretrainer trainer) {
        PretrainSettings s = trainer.settings();
        TrainingSettings t = s.training();
        ModelShape m = trainer.model().shape();
        MemoryPlan memory = trainer.memoryPlan();
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("run", run.toString()));
        rows.add(List.of("device", KernelSets.describe(trainer.kernels())));
        rows.add(List.of("products", trainer.kernels().products()));
        rows.add(List.of("model", String.format(Locale.ROOT,
            "%s: %,d parameters (%d layers, width %d, %d/%d heads of %d,"
            + " ffn %d, vocabulary %d%s)", t.model().file(), trainer.model().parameters().layout().count(), m.layers(),
            m.width(), m.heads(), m.kvHeads(), m.headWidth(), m.ffn(), m.vocabulary(), m.tied() ? ", tied" : "")));
        rows.add(List.of("data", String.format(Locale.ROOT, "%s: %,d training and %,d validation tokens",
            t.data().source() == null ? builtin(t.data()) : t.data().source(),
            trainer.data().trainingTokens(), trainer.data().validationTokens())));
        rows.add(List.of("objective", objective(t.objective())));
        rows.add(List.of("step", String.format(Locale.ROOT, "%,d tokens (%d sequences of %d%s), %,d steps",
            t.tokens(), t.sequences(), t.length(),
            t.microBatches() > 1 ? ", in " + t.microBatches() + " micro-batches" : "", s.steps())));
        rows.add(List.of("memory", String.format(Locale.ROOT, "%s: weights %s, gradients %s, moments %s, activations %s"
            + " (%s without sharing)", MemoryPlan.gigabytes(memory.totalBytes()),
            MemoryPlan.gigabytes(memory.bytes(ArenaKind.PARAMETERS)),
            MemoryPlan.gigabytes(memory.bytes(ArenaKind.GRADIENTS)),
            MemoryPlan.gigabytes(memory.bytes(ArenaKind.MOMENT1) + memory.bytes(ArenaKind.MOMENT2)),
            MemoryPlan.gigabytes(memory.bytes(ArenaKind.ACTIVATIONS)),
            MemoryPlan.gigabytes(memory.activationBytesWithoutSharing()))));
        console.table(rows);
    }

    private static String builtin(DataSettings data) {
        String problems = data.builtin().equals(DataSettings.ALL_BUILTIN) ? "arithmetic and reasoning" : data.builtin();
        return "built-in " + problems + (data.builtinLevel() == null ? "" : ", level " + data.builtinLevel());
    }

    private static String objective(ObjectiveSettings o) {
        if (o.beta() == 0 && o.lambdaHead() == 0 && o.lambdaTail() == 0) {
            return "cross-entropy (beta 0, no rewards for other tokens)";
        }
        return "reward-shaped: beta " + o.beta() + ", lambda-head " + o.lambdaHead() + ", lambda-tail " + o.lambdaTail()
            + ", k " + o.k();
    }

    @Override
    public void started(Pretrainer trainer, long firstStep) {
        if (firstStep > 0) {
            console.line("resuming after step " + firstStep);
        }
        if (!TornadoSettings.isFallback()) {
            console.line("TornadoVM compiles a program's kernels when it first runs, which can take minutes");
        }
        PretrainSettings s = trainer.settings();
        long perStep = s.training().tokens();
        bar = console.progress(command, "tokens", firstStep * perStep, s.steps() * perStep);
    }

    @Override
    public void compiled(String program, int kernels, int of, double seconds) {
        if (!TornadoSettings.isFallback()) {
            console.line(String.format(Locale.ROOT, "TornadoVM compiled %d of %d kernels of %s (%.1f s)", kernels, of,
                program, seconds));
        }
    }

    @Override
    public void step(StepReport r) {
        bar.update(r.tokens(), String.format(Locale.ROOT,
            "step %d, loss %.3f, nll %.4f, entropy %.3f, |g| %.2f, lr %.1e",
            r.step(), r.loss(), r.statistics().nll(), r.statistics().entropy(), r.gradientNorm(), r.learningRate()));
    }

    @Override
    public void validation(StepReport r) {
        lastValidation = r;
        console.line("step " + r.step() + " validation: " + describe(r.statistics()));
    }

    /** The statistics that people compare, in one line. */
    static String describe(TokenStatistics s) {
        return String.format(Locale.ROOT,
            "nll %.4f ±%.4f, perplexity %.3f, %.4f bits per byte, entropy %.4f, top-k mass"
            + " %.4f, rank-1 %.1f %%", s.nll(), s.standardError(RowStatistics.NLL), s.perplexity(), s.bitsPerByte(),
            s.entropy(), s.mean(RowStatistics.TOP_K_MASS), 100 * s.mean(RowStatistics.RANK_ONE));
    }

    @Override
    public void sample(long step, String prompt, String continuation) {
        console.line("step " + step + " sample:");
        (prompt + continuation).lines().limit(SAMPLE_LINES).forEach(l -> console.line("  | " + l));
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
    void finished(Pretrainer trainer, boolean allSteps) {
        close();
        if (!allSteps) {
            console.line("stopped; go on with: scripts/llm-rlpt " + command + " resume=" + CommandLines.quoted(run));
            return;
        }
        Path newest = trainer.newestCheckpoint();
        console.line("");
        console.line("done: " + run + " holds the checkpoints (Hugging Face folders), metrics.jsonl and summary.json");
        Runs.report(run, console);
        if (lastValidation != null) {
            console.line("validation: " + describe(lastValidation.statistics()));
        }
        console.line("next:  scripts/llm-rlpt generate model=" + CommandLines.quoted(newest) + " "
            + (trainer.settings().training().data().source() == null ? "prompt=\"Add 12 and 30.\"" : "prompt=\"...\""));
        console.line("       scripts/llm-rlpt eval model=" + CommandLines.quoted(newest) + " data=FILE");
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
            bar = null;
        }
    }
}
