package org.llmrlpt.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.llmrlpt.bench.KernelComparison;
import org.llmrlpt.check.GpuCheck;
import org.llmrlpt.config.CheckKernelsSettings;
import org.llmrlpt.files.JsonFile;
import org.llmrlpt.kernels.Kernels;
import org.llmrlpt.kernels.cpu.Workers;

/** {@code bench check-kernels}: every primitive on one runtime compared with the same on another. */
final class CheckKernelsCommand implements Command<CheckKernelsSettings> {
    @Override
    public String name() {
        return "bench check-kernels";
    }

    @Override
    public String summary() {
        return "compares every primitive with what another runtime computed: write=, then against=";
    }

    @Override
    public Class<CheckKernelsSettings> settings() {
        return CheckKernelsSettings.class;
    }

    @Override
    public int run(CheckKernelsSettings s, Console console) throws IOException {
        Kernels kernels = KernelSets.choose(s.device());
        Workers.use(s.device().workers());
        try (KernelComparison comparison = new KernelComparison(kernels, s.device(),
                s.model().shape(s.model().vocabularyOrBytes(), s.length()), s.batch(),
                s.length())) {
            comparison.memoryPlan().requireFits(s.device().memoryBytes());
            comparison.start();
            try (ProgressBar bar = console.progress("check", "primitives", 0, comparison.count())) {
                if (s.write() != null) {
                    comparison.write(Path.of(s.write()), bar::update);
                    return 0;
                }
                return report(s, kernels, comparison.compare(Path.of(s.against()), bar::update), console);
            }
        }
    }

    private static int report(CheckKernelsSettings s, Kernels kernels, List<KernelComparison.Difference> differences,
        Console console) {
        List<KernelComparison.Difference> wrong =
            differences.stream().filter(d -> !(d.rms() <= s.tolerance())).toList();
        if (s.json()) {
            console.line(JsonFile.line(toMap(s, kernels, differences, wrong.size())));
        } else {
            List<List<String>> rows = new ArrayList<>();
            rows.add(List.of(KernelSets.describe(kernels), "shape", "tensor", "rms", "largest", ""));
            for (KernelComparison.Difference d : differences) {
                rows.add(List.of(d.primitive(), d.shape(), d.tensor(), number(d.rms()), number(d.largest()),
                    wrong.contains(d) ? "DIFFERS" : "same"));
            }
            console.table(rows);
            console.line(differences.size() + " tensors, " + wrong.size() + " differ by more than " + s.tolerance());
        }
        return wrong.isEmpty() ? 0 : GpuCheck.DIFFERS;
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.1e", value);
    }

    private static Map<String, Object> toMap(CheckKernelsSettings s, Kernels kernels,
        List<KernelComparison.Difference> differences, int wrong) {
        Map<String, Object> m = new LinkedHashMap<>();
        m.put("device", KernelSets.describe(kernels));
        m.put("products", kernels.products());
        m.put("tolerance", s.tolerance());
        m.put("tensors", differences.size());
        m.put("wrong", wrong);
        List<Map<String, Object>> list = new ArrayList<>();
        for (KernelComparison.Difference d : differences) {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("primitive", d.primitive());
            one.put("shape", d.shape());
            one.put("tensor", d.tensor());
            one.put("elements", d.elements());
            one.put("rms", d.rms());
            one.put("largest", d.largest());
            one.put("ok", d.rms() <= s.tolerance());
            list.add(one);
        }
        m.put("differences", list);
        return m;
    }
}
