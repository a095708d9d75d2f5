package org.llmrlpt.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.llmrlpt.bench.KernelBenchmark;
import org.llmrlpt.cli.KernelTable.Pass;
import org.llmrlpt.config.BenchKernelsSettings;
import org.llmrlpt.config.UserError;
import org.llmrlpt.files.JsonFile;
import org.llmrlpt.kernels.Kernels;
import org.llmrlpt.kernels.cpu.Workers;

/** {@code bench kernels}: how near every primitive comes to what the machine can do, with the shapes of a model. */
final class BenchKernelsCommand implements Command<BenchKernelsSettings> {
    @Override
    public String name() {
        return "bench kernels";
    }

    @Override
    public String summary() {
        return "times every primitive beside the machine's ceilings";
    }

    @Override
    public Class<BenchKernelsSettings> settings() {
        return BenchKernelsSettings.class;
    }

    @Override
    public int run(BenchKernelsSettings s, Console console) {
        Kernels kernels = KernelSets.choose(s.device());
        try (KernelBenchmark benchmark = new KernelBenchmark(kernels,
                s.model().shape(s.model().vocabularyOrBytes(), s.length()), s.batch(),
                s.length(), s.only())) {
            if (benchmark.names().isEmpty()) {
                throw new UserError("no primitive has '" + s.only() + "' in its name: leave out 'only' to see all");
            }
            benchmark.memoryPlan().requireFits(s.device().memoryBytes());
            benchmark.start();
            int most = s.device().workers();
            List<Pass> passes = new ArrayList<>();
            // One thread says something about the CPU kernels only.
            for (int threads : kernels.name().equals("cpu") && most > 1 ? new int[] {most, 1} : new int[] {most}) {
                passes.add(pass(s, benchmark, threads, console));
            }
            Workers.use(most);
            console.table(KernelTable.rows(KernelSets.describe(kernels), passes));
            KernelTable.notes(passes).forEach(console::line);
            if (s.json()) {
                console.line(JsonFile.line(toMap(passes, kernels)));
            }
        }
        return 0;
    }

    private static Pass pass(BenchKernelsSettings s, KernelBenchmark benchmark, int threads, Console console) {
        Workers.use(threads);
        List<KernelBenchmark.Figure> figures = new ArrayList<>();
        try (ProgressBar bar = console.progress(threads + (threads == 1 ? " thread" : " threads"), "primitives", 0,
                benchmark.names().size())) {
            for (String name : benchmark.names()) {
                figures.add(benchmark.measure(name, s.seconds()));
                bar.update(figures.size(), name);
            }
        }
        return new Pass(threads, figures);
    }

    private static Map<String, Object> toMap(List<Pass> passes, Kernels kernels) {
        Map<String, Object> m = new LinkedHashMap<>();
        m.put("device", KernelSets.describe(kernels));
        List<Map<String, Object>> ceilings = new ArrayList<>();
        List<Map<String, Object>> figures = new ArrayList<>();
        for (Pass p : passes) {
            Map<String, Object> c = new LinkedHashMap<>();
            c.put("threads", p.threads());
            c.put("gflops", p.ceilings().gigaflops());
            c.put("gb_per_second", p.ceilings().gigabytes());
            if (p.ceilings().tensorGigaflops() > 0) {
                c.put("tensor_gflops", p.ceilings().tensorGigaflops());
            }
            ceilings.add(c);
            p.figures().forEach(f -> figures.add(KernelBenchmark.toMap(f, p.threads())));
        }
        m.put("ceilings", ceilings);
        m.put("kernels", figures);
        return m;
    }
}
