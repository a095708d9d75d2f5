package org.llmrlpt.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.llmrlpt.bench.Ceilings;
import org.llmrlpt.bench.KernelBenchmark.Figure;

/** Primitives beside the ceilings, for people. */
final class KernelTable {
    private KernelTable() {
    }

    /** The figures for one number of threads. */
    record Pass(int threads, List<Figure> figures) {
        /** The highest of all figures. */
        Ceilings ceilings() {
            return figures.stream().map(Figure::ceilings).reduce(Ceilings::orHigher).orElseThrow();
        }

        private boolean hasTensorCores() {
            return ceilings().tensorGigaflops() > 0;
        }
    }

    /** A head and a row for each primitive, with the cells of all passes side by side. */
    static List<List<String>> rows(String device, List<Pass> passes) {
        List<List<String>> rows = new ArrayList<>();
        List<String> head = new ArrayList<>(List.of(device, "shape"));
        for (Pass p : passes) {
            head.addAll(List.of("ms, threads: " + p.threads(), "min", "max", "GFLOP/s", "GB/s", "of ceiling"));
            if (p.hasTensorCores()) {
                head.add("of tensor cores");
            }
        }
        rows.add(head);
        for (int i = 0; i < passes.getFirst().figures().size(); i++) {
            Figure first = passes.getFirst().figures().get(i);
            List<String> row = new ArrayList<>(List.of(first.name(), first.shape()));
            for (Pass p : passes) {
                addCells(row, p.figures().get(i), p);
            }
            rows.add(row);
        }
        return rows;
    }

    private static void addCells(List<String> row, Figure f, Pass pass) {
        Ceilings c = f.ceilings();
        boolean products = f.flops() > 0;
        row.addAll(List.of(number("%.3f", f.ms().median()), number("%.3f", f.ms().min()), number("%.3f", f.ms().max()),
            products ? number("%.1f", f.gigaflops()) : "-", products ? "-" : number("%.1f", f.gigabytes()),
            percent(products ? f.gigaflops() / c.gigaflops() : f.gigabytes() / c.gigabytes())));
        if (pass.hasTensorCores()) {
            row.add(products ? percent(f.gigaflops() / c.tensorGigaflops()) : "-");
        }
    }

    /** What the figures were held against, and how to read them. */
    static List<String> notes(List<Pass> passes) {
        List<String> lines = new ArrayList<>();
        for (Pass p : passes) {
            lines.add(String.format(Locale.ROOT,
                "highest ceilings with %d of the threads: %.0f GFLOP/s between registers, %.1f GB/s copied%s",
                p.threads(), p.ceilings().gigaflops(), p.ceilings().gigabytes(), p.hasTensorCores()
                    ? number(", %.0f GFLOP/s of tensor cores", p.ceilings().tensorGigaflops()) : ""));
        }
        lines.add("median, fastest and slowest call, beside the ceilings measured just before and after; products are"
            + " judged by GFLOP/s, all else by GB/s (inputs and outputs once)");
        if (passes.stream().anyMatch(Pass::hasTensorCores)) {
            lines.add("tensor cores multiply in linear layers and heads, not in attention");
        }
        return lines;
    }

    private static String percent(double share) {
        return number("%.0f %%", 100 * share);
    }

    private static String number(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }
}
