package org.llmrlpt.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.llmrlpt.bench.Ceilings;
import org.llmrlpt.bench.KernelBenchmark;
import org.llmrlpt.config.BenchKernelsSettings;
import org.llmrlpt.config.UserError;
import org.llmrlpt.files.JsonFile;
import org.llmrlpt.kernels.KernelSets;
import org.llmrlpt.kernels.Kernels;
import org.llmrlpt.kernels.cpu.Workers;

/** {@code bench kernels}: how near every primitive comes to what the machine can do, with the shapes of a model. */
final class BenchKernelsCommand implements Command<BenchKernelsSettings> {
    private static final int DEFAULT_VOCABULARY = 257;

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

    /** The figures for one number of threads. */
    private record Pass(int threads, Ceilings ceilings, List<KernelBenchmark.Figure> figures) {
    }

    @Override
    public int run(BenchKernelsSettings s, Console console) {
        Kernels kernels = KernelSets.choose(s.device());
        Integer vocabulary = s.model().vocabulary();
        try (KernelBenchmark benchmark = new KernelBenchmark(kernels,
                s.model().shape(vocabulary == null ? DEFAULT_VOCABULARY : vocabulary, s.length()), s.batch(),
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
            show(passes, kernels, console);
            if (s.json()) {
                console.line(JsonFile.line(toMap(passes, kernels)));
            }
        }
        return 0;
    }

    private static Pass pass(BenchKernelsSettings s, KernelBenchmark benchmark, int threads, Console console) {
        Workers.use(threads);
        Ceilings ceilings = benchmark.ceilings();
        List<KernelBenchmark.Figure> figures = new ArrayList<>();
        try (ProgressBar bar = console.progress(threads + (threads == 1 ? " thread" : " threads"), "primitives", 0,
                benchmark.names().size())) {
            for (String name : benchmark.names()) {
                figures.add(benchmark.measure(name, s.seconds()));
                bar.update(figures.size(), name);
            }
        }
        return new Pass(threads, ceilings, figures);
    }

    private static void show(List<Pass> passes, Kernels kernels, Console console) {
        List<List<String>> rows = new ArrayList<>();
        List<String> head = new ArrayList<>(List.of(KernelSets.describe(kernels), "shape"));
        for (Pass p : passes) {
            head.addAll(List.of("ms, threads: " + p.threads(), "min", "max", "GFLOP/s", "GB/s", "of ceiling"));
        }
        rows.add(head);
        for (int i = 0; i < passes.getFirst().figures().size(); i++) {
            KernelBenchmark.Figure first = passes.getFirst().figures().get(i);
            List<String> row = new ArrayList<>(List.of(first.name(), first.shape()));
            for (Pass p : passes) {
                row.addAll(cells(p.figures().get(i), p.ceilings()));
            }
            rows.add(row);
        }
        console.table(rows);
        for (Pass p : passes) {
            console.line(String.format(Locale.ROOT,
                "ceilings with %d of the threads: %.0f GFLOP/s between registers, %.1f GB/s copied%s", p.threads(),
                p.ceilings().gigaflops(), p.ceilings().gigabytes(), p.ceilings().tensorGigaflops() == 0 ? ""
                    : number(", %.0f GFLOP/s of tensor cores", p.ceilings().tensorGigaflops())));
        }
        console.line("median, fastest and slowest call; products are judged by GFLOP/s, all else by GB/s (inputs and"
            + " outputs once)");
    }

    private static List<String> cells(KernelBenchmark.Figure f, Ceilings c) {
        boolean products = f.flops() > 0;
        double share = products ? f.gigaflops() / c.gigaflops() : f.gigabytes() / c.gigabytes();
        return Stream.of(number("%.3f", f.ms().median()), number("%.3f", f.ms().min()), number("%.3f", f.ms().max()),
            products ? number("%.1f", f.gigaflops()) : "-", products ? "-" : number("%.1f", f.gigabytes()),
            number("%.0f %%", 100 * share)).toList();
    }

    private static String number(String format, double value) {
        return String.format(Locale.ROOT, format, value);
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
            p.figures().forEach(f -> figures.add(KernelBenchmark.toMap(f, p.threads(), p.ceilings())));
        }
        m.put("ceilings", ceilings);
        m.put("kernels", figures);
        return m;
    }
}
