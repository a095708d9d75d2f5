package org.llmrlpt.study;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.llmrlpt.config.Binder;
import org.llmrlpt.config.UserError;
import org.llmrlpt.files.JsonFile;
import org.llmrlpt.files.RunFolder;
import org.llmrlpt.report.Chart;
import org.llmrlpt.report.Page;
import org.llmrlpt.study.StudyResults.View;

/** The page of a study: tables of what it measured, the curves, every arm's figures and the settings. */
public final class StudyReport {
    private static final String NOTHING = "–";

    private StudyReport() {
    }

    /** Writes {@code results.json} and the page into the study's folder, from what there is so far. */
    public static void write(StudyPlan plan) {
        StudyResults results = new StudyResults(plan);
        if (!results.isEmpty()) {
            JsonFile.write(plan.folder().resolve(StageKind.RESULTS), results.toMap());
            page(plan, results).write(plan.folder().resolve(RunFolder.REPORT));
        }
    }

    /**
     * Writes the page of the study in {@code folder}, finished or not.
     *
     * @throws UserError if it has no measurements yet
     */
    public static void write(Path folder, Path file) {
        StudyPlan plan = StudyPlan.read(folder);
        StudyResults results = new StudyResults(plan);
        if (results.isEmpty()) {
            throw new UserError("the study " + folder + " has measured nothing yet: wait for its first evaluation");
        }
        page(plan, results).write(file);
    }

    private static Page page(StudyPlan plan, StudyResults results) {
        Page page = new Page("Study " + plan.folder().toAbsolutePath().normalize().getFileName());
        long done = plan.arms().stream().filter(arm -> arm.has(StageKind.EVAL_RL)).count();
        if (done < plan.arms().size()) {
            page.note("The study has not finished: " + done + " of " + plan.arms().size()
                + " runs are done, and this is what they show so far.");
        }
        int seeds = plan.seeds().size();
        page.note(plan.objectives().size() + " pre-training objectives, " + seeds + (seeds == 1 ? " seed" : " seeds")
            + " each. A figure is the mean over seeds, with its 95 % interval by Student's t distribution where there "
            + "are two seeds or more; differences are taken seed by seed. Perplexity and entropy on text are on what "
            + "pre-training held out, the rest is on held-out problems; entropies are in nats per token.");
        String baseline = plan.objectives().getFirst().name();
        page.heading("Before RL").table(table(plan, results, View.BEFORE, false), true);
        page.heading("After RL").table(table(plan, results, View.AFTER, false), true);
        page.heading("Change by RL").table(table(plan, results, View.GAIN, false), true);
        if (plan.objectives().size() > 1) {
            page.heading("Before RL, difference to " + baseline).table(table(plan, results, View.BEFORE, true), true);
            page.heading("After RL, difference to " + baseline).table(table(plan, results, View.AFTER, true), true);
        }
        List<Chart> charts = StudyCharts.of(plan, results);
        page.heading("Curves").note("Lines are means over the seeds that are done, bands reach from the least to the "
            + "greatest seed.").charts(charts);
        page.heading("Every seed").table(arms(plan, results), true);
        page.heading("Settings").table(Binder.unbind(plan.settings()).entrySet().stream()
            .map(e -> List.of(e.getKey(), e.getValue())).toList(), false);
        return page;
    }

    private static List<List<String>> table(StudyPlan plan, StudyResults results, View view, boolean differences) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(header(plan, "objective"));
        for (Objective objective : plan.objectives().subList(differences ? 1 : 0, plan.objectives().size())) {
            List<String> row = new ArrayList<>(List.of(objective.name()));
            for (Figure figure : Figure.values()) {
                Optional<SeedMean> spread = differences ? results.difference(objective, view, figure)
                    : results.over(objective, view, figure);
                row.add(spread.map(s -> text(s, figure, differences || view == View.GAIN)).orElse(NOTHING));
            }
            rows.add(row);
        }
        return rows;
    }

    private static List<String> header(StudyPlan plan, String first) {
        List<String> header = new ArrayList<>(List.of(first));
        for (Figure figure : Figure.values()) {
            header.add(figure.title(plan.samples(), plan.passK()));
        }
        return header;
    }

    private static List<List<String>> arms(StudyPlan plan, StudyResults results) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(header(plan, "objective, seed"));
        for (Arm arm : plan.arms()) {
            for (Map.Entry<View, String> view : List.of(Map.entry(View.BEFORE, ""), Map.entry(View.AFTER,
                ", after RL"))) {
                List<String> row = new ArrayList<>(List.of(arm + view.getValue()));
                for (Figure figure : Figure.values()) {
                    double value = results.of(arm, view.getKey(), figure);
                    row.add(Double.isNaN(value) ? NOTHING : number(value, figure, false));
                }
                rows.add(row);
            }
        }
        return rows;
    }

    private static String text(SeedMean s, Figure figure, boolean signed) {
        String value = number(s.value(), figure, signed);
        return s.seeds() < 2 ? value : value + " (" + number(s.low(), figure, signed) + " to "
            + number(s.high(), figure, signed) + ")";
    }

    private static String number(double value, Figure figure, boolean signed) {
        int digits = figure == Figure.LENGTH ? 1 : 3;
        return String.format(Locale.ROOT, (signed ? "%+." : "%.") + digits + "f", value);
    }
}
