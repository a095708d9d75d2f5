package org.llmrlpt.cli;

import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.llmrlpt.bench.ProcessMemory;
import org.llmrlpt.bench.ProfileReport;
import org.llmrlpt.bench.Spread;
import org.llmrlpt.config.BenchTrainSettings;
import org.llmrlpt.config.Binder;
import org.llmrlpt.config.PretrainSettings;
import org.llmrlpt.config.TrainingSettings;
import org.llmrlpt.data.Corpus;
import org.llmrlpt.data.TrainingWindows;
import org.llmrlpt.data.Windows;
import org.llmrlpt.data.prepare.PreparationProgress;
import org.llmrlpt.data.shards.TokenSource;
import org.llmrlpt.data.tokenizer.Tokenizers;
import org.llmrlpt.device.MemoryPlan;
import org.llmrlpt.files.JsonFile;
import org.llmrlpt.kernels.Kernels;
import org.llmrlpt.kernels.cpu.Workers;
import org.llmrlpt.random.RandomStream;
import org.llmrlpt.train.StepBenchmark;
import org.llmrlpt.train.TrainingData;
import org.llmrlpt.train.WarmUp;

/** {@code bench train}: how fast training steps are, on this machine, for any model. */
final class BenchTrainCommand implements Command<BenchTrainSettings> {
    private static final int RANDOM_TOKENS = 1 << 20;

    @Override
    public String name() {
        return "bench train";
    }

    @Override
    public String summary() {
        return "times training steps";
    }

    @Override
    public Class<BenchTrainSettings> settings() {
        return BenchTrainSettings.class;
    }

    @Override
    public Set<String> ignored() {
        return namesOfRunsOnly();
    }

    /** A whole run's config names much that one step has not: where to write, when to validate. */
    static Set<String> namesOfRunsOnly() {
        Set<String> names = new LinkedHashSet<>(Binder.names(PretrainSettings.class));
        names.removeAll(Binder.names(BenchTrainSettings.class));
        return names;
    }

    @Override
    public int run(BenchTrainSettings s, Console console) throws IOException {
        TrainingSettings t = s.training();
        Kernels kernels = KernelSets.choose(t.device());
        Workers.use(t.device().workers());
        WarmUp.begin(kernels);
        try (TemporaryFolder temporary = TemporaryFolder.create("llm-rlpt-bench-")) {
            Windows windows;
            int vocabulary;
            if (t.data().source() == null) {
                vocabulary = vocabulary(t);
                windows = new TrainingWindows(randomTokens(t, vocabulary), t.length(), -1, t.seed());
            } else {
                Corpus corpus = TrainingData.corpus(t.data(), t.seed(), temporary.folder(), t.device().workers(),
                    PreparationProgress.NONE);
                vocabulary = corpus.tokenizer().vocabularySize();
                windows = corpus.training(t.length(), t.seed());
            }
            try (StepBenchmark benchmark = new StepBenchmark(s, windows, vocabulary, kernels)) {
                benchmark.memoryPlan().requireFits(t.device().memoryBytes());
                report(s, benchmark, benchmark.run(), kernels, console);
            }
        }
        return 0;
    }

    /** Of random tokens: as many as the tokenizer has, or as the model shall have, or as bytes would have. */
    private static int vocabulary(TrainingSettings t) {
        if (t.data().tokenizer() != null) {
            return Tokenizers.open(t.data().tokenizer()).vocabularySize();
        }
        return t.model().vocabularyOrBytes();
    }

    private static TokenSource randomTokens(TrainingSettings t, int vocabulary) {
        RandomStream random = RandomStream.of(t.seed(), "bench tokens");
        int[] ids = new int[Math.max(RANDOM_TOKENS, 2 * t.length() + 2)];
        Arrays.setAll(ids, i -> random.nextInt(vocabulary));
        return TokenSource.of(ids);
    }

    private static void report(BenchTrainSettings s, StepBenchmark benchmark, StepBenchmark.Result r, Kernels kernels,
        Console console) throws IOException {
        long tokensPerStep = s.training().tokens();
        Spread step = Spread.of(r.total());
        double tokensPerSecond = tokensPerStep / (step.median() / 1e3);
        long parameters = benchmark.model().parameters().layout().count();
        long planned = benchmark.memoryPlan().totalBytes();
        long peak = ProcessMemory.peakBytes().orElse(planned);
        ProfileReport profile = s.training().profile() ? new ProfileReport(benchmark.profile()) : null;
        if (profile != null) {
            console.table(profile.rows());
            console.line(profile.ceilings());
        }
        if (s.json()) {
            Map<String, Object> phases = new LinkedHashMap<>();
            phases.put("total", step.median());
            phases.put("data", Spread.of(r.data()).median());
            phases.put("forward_backward", Spread.of(r.train()).median());
            phases.put("update", Spread.of(r.update()).median());
            Map<String, Object> m = new LinkedHashMap<>();
            m.put("tokens_per_second", tokensPerSecond);
            m.put("ms_per_step", phases);
            m.put("ms_per_step_min", step.min());
            m.put("ms_per_step_max", step.max());
            m.put("peak_memory_bytes", peak);
            m.put("planned_memory_bytes", planned);
            m.put("parameters", parameters);
            m.put("tokens_per_step", tokensPerStep);
            m.put("steps", s.steps());
            m.put("warmup_steps", r.warmupSteps());
            m.put("warmup_seconds", r.warmupSeconds());
            m.put("threads", s.training().device().workers());
            m.put("device", KernelSets.describe(kernels));
            m.put("nll", r.nll());
            if (profile != null) {
                m.put("profile", profile.toMap());
            }
            console.line(JsonFile.line(m));
            return;
        }
        console.table(List.of(
            List.of(KernelSets.describe(kernels), "median ms", "min", "max"),
            row("step", r.total()), row("  data", r.data()), row("  forward and backward", r.train()),
            row("  update", r.update())));
        console.line(String.format(Locale.ROOT, "%,.0f tokens/s, %,d parameters, %,d tokens a step, peak memory %s"
            + " (planned %s), warm-up %d steps in %.1f s", tokensPerSecond, parameters, tokensPerStep,
            MemoryPlan.gigabytes(peak), MemoryPlan.gigabytes(planned), r.warmupSteps(), r.warmupSeconds()));
    }

    private static List<String> row(String name, double[] ms) {
        Spread spread = Spread.of(ms);
        return List.of(name, number(spread.median()), number(spread.min()), number(spread.max()));
    }

    private static String number(double ms) {
        return String.format(Locale.ROOT, "%.2f", ms);
    }
}
