package org.llmrlpt.cli;

import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.llmrlpt.bench.ProcessMemory;
import org.llmrlpt.bench.Spread;
import org.llmrlpt.config.BenchGenerateSettings;
import org.llmrlpt.device.MemoryPlan;
import org.llmrlpt.files.JsonFile;
import org.llmrlpt.generate.GenerationBenchmark;
import org.llmrlpt.kernels.Kernels;
import org.llmrlpt.kernels.cpu.Workers;

/** {@code bench generate}: how fast a model of any shape writes, on this machine. */
final class BenchGenerateCommand implements Command<BenchGenerateSettings> {
    @Override
    public String name() {
        return "bench generate";
    }

    @Override
    public String summary() {
        return "times generation";
    }

    @Override
    public Class<BenchGenerateSettings> settings() {
        return BenchGenerateSettings.class;
    }

    @Override
    public int run(BenchGenerateSettings s, Console console) throws IOException {
        Kernels kernels = KernelSets.choose(s.device());
        Workers.use(s.device().workers());
        try (GenerationBenchmark benchmark = new GenerationBenchmark(s, s.model().vocabularyOrBytes(), kernels)) {
            MemoryPlan plan = benchmark.memoryPlan();
            plan.requireFits(s.device().memoryBytes());
            double[] rates = Arrays.stream(benchmark.run()).map(t -> (double) s.sequences() * s.newTokens() / t)
                .toArray();
            report(s, rates, benchmark, kernels, console);
        }
        return 0;
    }

    private static void report(BenchGenerateSettings s, double[] rates, GenerationBenchmark benchmark, Kernels kernels,
        Console console) throws IOException {
        Spread rate = Spread.of(rates);
        long planned = benchmark.memoryPlan().totalBytes();
        long peak = ProcessMemory.peakBytes().orElse(planned);
        if (s.json()) {
            Map<String, Object> m = new LinkedHashMap<>();
            m.put("tokens_per_second", rate.median());
            m.put("tokens_per_second_min", rate.min());
            m.put("tokens_per_second_max", rate.max());
            m.put("ms_per_step", 1e3 * Math.min(s.sequences(), s.slotsOrDefault()) / rate.median());
            m.put("sequences", s.sequences());
            m.put("group", s.group());
            m.put("slots", s.slotsOrDefault());
            m.put("prompt", s.prompt());
            m.put("new_tokens", s.newTokens());
            m.put("repetitions", rates.length);
            m.put("parameters", benchmark.model().parameters().layout().count());
            m.put("peak_memory_bytes", peak);
            m.put("planned_memory_bytes", planned);
            m.put("threads", s.device().workers());
            m.put("device", KernelSets.describe(kernels));
            console.line(JsonFile.line(m));
            return;
        }
        console.line(KernelSets.describe(kernels));
        console.line(String.format(Locale.ROOT, "%,.0f new tokens/s (%,.0f to %,.0f in %d runs), %d sequences in %d "
            + "slots, peak memory %s (planned %s)", rate.median(), rate.min(), rate.max(), rates.length, s.sequences(),
            s.slotsOrDefault(), MemoryPlan.gigabytes(peak), MemoryPlan.gigabytes(planned)));
    }
}
