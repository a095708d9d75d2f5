package org.llmrlpt.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.llmrlpt.config.BenchTrainSettings;
import org.llmrlpt.data.TokenDataset;
import org.llmrlpt.data.TokenSource;
import org.llmrlpt.data.TrainingWindows;
import org.llmrlpt.device.MemoryPlan;
import org.llmrlpt.files.JsonFile;
import org.llmrlpt.kernels.KernelSets;
import org.llmrlpt.kernels.Kernels;
import org.llmrlpt.kernels.cpu.Workers;
import org.llmrlpt.random.RandomStream;
import org.llmrlpt.train.StepBenchmark;
import org.llmrlpt.train.TrainingData;

/** {@code bench train}: how fast training steps are, on this machine, for any model. */
final class BenchTrainCommand implements Command<BenchTrainSettings> {
    private static final int RANDOM_TOKENS = 1 << 20;
    private static final int DEFAULT_VOCABULARY = 257;

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
    public int run(BenchTrainSettings s, Console console) throws IOException {
        Kernels kernels = KernelSets.choose(s.device().device());
        Workers.use(s.device().workers());
        Path scratch = Files.createTempDirectory("llm-rlpt-bench-");
        try {
            TokenSource tokens;
            int vocabulary;
            int endOfText = -1;
            if (s.data().source() == null) {
                Integer set = s.model().vocabulary();
                vocabulary = set == null ? DEFAULT_VOCABULARY : set;
                tokens = randomTokens(s, vocabulary);
            } else {
                TokenDataset set = TrainingData.open(s.data(), s.seed(), scratch, s.device().workers(),
                    (done, total, n) -> { });
                tokens = set.train();
                vocabulary = set.tokenizer().vocabularySize();
                endOfText = set.tokenizer().endOfText();
            }
            TrainingWindows windows = new TrainingWindows(tokens, s.length(), endOfText, s.seed());
            try (StepBenchmark benchmark = new StepBenchmark(s, windows, vocabulary, kernels)) {
                benchmark.memoryPlan().requireFits(s.device().memoryBytes());
                report(s, benchmark, benchmark.run(), kernels, console);
            }
        } finally {
            Scratch.delete(scratch);
        }
        return 0;
    }

    private static TokenSource randomTokens(BenchTrainSettings s, int vocabulary) {
        RandomStream random = RandomStream.of(s.seed(), "bench tokens");
        int[] ids = new int[Math.max(RANDOM_TOKENS, 2 * s.length() + 2)];
        Arrays.setAll(ids, i -> random.nextInt(vocabulary));
        return TokenSource.of(ids);
    }

    private static void report(BenchTrainSettings s, StepBenchmark benchmark, StepBenchmark.Result r, Kernels kernels,
        Console console) throws IOException {
        long tokensPerStep = (long) s.batch() * s.length() * s.microBatches();
        double median = median(r.total());
        long parameters = benchmark.model().parameters().layout().count();
        if (s.json()) {
            Map<String, Object> phases = new LinkedHashMap<>();
            phases.put("total", median);
            phases.put("data", median(r.data()));
            phases.put("forward_backward", median(r.train()));
            phases.put("update", median(r.update()));
            Map<String, Object> m = new LinkedHashMap<>();
            m.put("tokens_per_second", tokensPerStep / (median / 1e3));
            m.put("ms_per_step", phases);
            m.put("ms_per_step_min", Arrays.stream(r.total()).min().orElseThrow());
            m.put("ms_per_step_max", Arrays.stream(r.total()).max().orElseThrow());
            m.put("peak_memory_bytes", peakMemory(benchmark.memoryPlan().totalBytes()));
            m.put("planned_memory_bytes", benchmark.memoryPlan().totalBytes());
            m.put("parameters", parameters);
            m.put("tokens_per_step", tokensPerStep);
            m.put("steps", s.steps());
            m.put("warmup_steps", r.warmupSteps());
            m.put("warmup_seconds", r.warmupSeconds());
            m.put("threads", s.device().workers());
            m.put("device", KernelSets.describe(kernels));
            m.put("nll", r.nll());
            console.line(JsonFile.line(m));
            return;
        }
        console.table(List.of(
            List.of(KernelSets.describe(kernels), "median ms", "min", "max"),
            row("step", r.total()), row("  data", r.data()), row("  forward and backward", r.train()),
            row("  update", r.update())));
        console.line(String.format(Locale.ROOT, "%,.0f tokens/s, %,d parameters, %,d tokens a step, peak memory %s"
            + " (planned %s), warm-up %d steps in %.1f s", tokensPerStep / (median / 1e3), parameters, tokensPerStep,
            MemoryPlan.gigabytes(peakMemory(benchmark.memoryPlan().totalBytes())), MemoryPlan.gigabytes(benchmark.memoryPlan().totalBytes()),
            r.warmupSteps(), r.warmupSeconds()));
    }

    private static List<String> row(String name, double[] ms) {
        return List.of(name, number(median(ms)), number(Arrays.stream(ms).min().orElseThrow()),
            number(Arrays.stream(ms).max().orElseThrow()));
    }

    private static String number(double ms) {
        return String.format(Locale.ROOT, "%.2f", ms);
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int n = sorted.length;
        return n % 2 == 1 ? sorted[n / 2] : (sorted[n / 2 - 1] + sorted[n / 2]) / 2;
    }

    /** The process's largest resident size where the system tells (Linux), else what the arenas need. */
    static long peakMemory(long planned) throws IOException {
        Path status = Path.of("/proc/self/status");
        if (Files.isReadable(status)) {
            for (String line : Files.readAllLines(status)) {
                if (line.startsWith("VmHWM:")) {
                    return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
                }
            }
        }
        return planned;
    }
}
