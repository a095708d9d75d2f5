package org.llmrlpt.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.llmrlpt.bench.Comparison;
import org.llmrlpt.bench.OutsideProgram;
import org.llmrlpt.bench.Spread;
import org.llmrlpt.config.BenchCompareSettings;
import org.llmrlpt.config.Binder;
import org.llmrlpt.files.JsonFile;

/** {@code bench compare}: our training step and another program in alternation, each in a process of its own. */
final class BenchCompareCommand implements Command<BenchCompareSettings> {
    @Override
    public String name() {
        return "bench compare";
    }

    @Override
    public String summary() {
        return "runs our training step and another program in alternation and compares their figures";
    }

    @Override
    public Class<BenchCompareSettings> settings() {
        return BenchCompareSettings.class;
    }

    @Override
    public Set<String> ignored() {
        return BenchTrainCommand.namesOfRunsOnly();
    }

    @Override
    public int run(BenchCompareSettings s, Console console) throws IOException, InterruptedException {
        OutsideProgram ours = new OutsideProgram("our bench train", ourCommand(s), s.ourField(), null);
        OutsideProgram theirs = new OutsideProgram("'" + s.command() + "'", OutsideProgram.shell(s.command()),
            s.field(), s.pattern() == null ? null : Pattern.compile(s.pattern()));
        Comparison result;
        try (ProgressBar bar = console.progress("compare", "rounds", 0, s.rounds())) {
            int[] done = {0};
            result = Comparison.run(ours, theirs, s.rounds(), (our, their) -> bar.update(++done[0],
                String.format(Locale.ROOT, "ours %.6g, theirs %.6g", our, their)));
        }
        show(result, s, console);
        return 0;
    }

    private static List<String> ourCommand(BenchCompareSettings s) {
        List<String> args = new ArrayList<>(List.of("bench", "train"));
        Binder.unbind(s.ours()).forEach((name, value) -> {
            if (!name.equals("json")) {
                args.add(name + "=" + value);
            }
        });
        args.add("json=true");
        return Relaunch.again(args.toArray(String[]::new));
    }

    private static void show(Comparison result, BenchCompareSettings s, Console console) {
        Spread ours = Spread.of(result.ours());
        Spread theirs = Spread.of(result.theirs());
        Spread ratios = result.ratios();
        console.table(List.of(List.of("", "median", "min", "max"), row("ours, " + s.ourField(), ours),
            row("theirs, " + (s.pattern() == null ? s.field() : s.pattern()), theirs)));
        console.line(String.format(Locale.ROOT, "ratio of medians %.3f (rounds: %.3f to %.3f, %d rounds)",
            result.ratioOfMedians(), ratios.min(), ratios.max(), s.rounds()));
        if (s.ours().json()) {
            Map<String, Object> m = new LinkedHashMap<>();
            m.put("ratio", result.ratioOfMedians());
            m.put("ratio_min", ratios.min());
            m.put("ratio_max", ratios.max());
            m.put("ours", result.ours());
            m.put("theirs", result.theirs());
            console.line(JsonFile.line(m));
        }
    }

    private static List<String> row(String name, Spread s) {
        return List.of(name, number(s.median()), number(s.min()), number(s.max()));
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, value < 100 ? "%.3f" : "%.0f", value);
    }
}
