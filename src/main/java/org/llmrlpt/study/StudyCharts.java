package org.llmrlpt.study;

import it.unimi.dsi.fastutil.doubles.DoubleArrayList;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.llmrlpt.report.Chart;
import org.llmrlpt.report.Curve;
import org.llmrlpt.report.Metrics;

/** The curves that the paper shows: a line for each objective, the mean over its seeds, and their range as band. */
final class StudyCharts {
    private static final String TRAIN = "train";
    private static final String VALIDATION = "validation";
    private static final String EVALUATION = "evaluation";
    private static final String NATS = "nats per token";
    private static final String PERPLEXITY_UNIT = "per token, logarithmic";

    private static final List<Plan> PLANS = List.of(
        new Plan("Pre-training: perplexity", PERPLEXITY_UNIT, true, StageKind.PRETRAIN, TRAIN, "perplexity"),
        new Plan("Pre-training: entropy", NATS, false, StageKind.PRETRAIN, TRAIN, "entropy"),
        new Plan("Pre-training: perplexity on held-out text", PERPLEXITY_UNIT, true, StageKind.PRETRAIN, VALIDATION,
            "perplexity"),
        new Plan("Pre-training: entropy on held-out text", NATS, false, StageKind.PRETRAIN, VALIDATION, "entropy"),
        new Plan("Mid-training: perplexity on held-out text", PERPLEXITY_UNIT, true, StageKind.MIDTRAIN, VALIDATION,
            "perplexity"),
        new Plan("Mid-training: entropy on held-out text", NATS, false, StageKind.MIDTRAIN, VALIDATION, "entropy"),
        new Plan("RL: accuracy on held-out problems", "Avg of their samples", false, StageKind.RL, EVALUATION, "avg"),
        new Plan("RL: reward", "mean of a step's answers", false, StageKind.RL, TRAIN, "reward_mean"),
        new Plan("RL: entropy", NATS, false, StageKind.RL, TRAIN, "entropy"),
        new Plan("RL: response length", "tokens", false, StageKind.RL, TRAIN, "response_length_mean"));

    private StudyCharts() {
    }

    /** A chart before it is known which curves there are. */
    private record Plan(String title, String unit, boolean logarithmic, StageKind kind, String split, String field) {
    }

    /** All charts for which there is a curve. */
    static List<Chart> of(StudyPlan study, StudyResults results) {
        List<Chart> charts = new ArrayList<>();
        for (Plan plan : PLANS) {
            add(charts, plan.title, "step", plan.unit, plan.logarithmic, curves(study, results, plan));
        }
        add(charts, "Pass@k before RL", "k", "share of problems", false,
            passCurves(study, results, StageKind.EVAL_BASE));
        add(charts, "Pass@k after RL", "k", "share of problems", false, passCurves(study, results, StageKind.EVAL_RL));
        return charts;
    }

    private static void add(List<Chart> charts, String title, String x, String y, boolean logarithmic,
        List<Curve> curves) {
        if (!curves.isEmpty()) {
            charts.add(new Chart(title, x, y, logarithmic, curves));
        }
    }

    /** Of the stages that are done: one that is under way would cut the mean short. */
    private static List<Curve> curves(StudyPlan study, StudyResults results, Plan plan) {
        List<Curve> curves = new ArrayList<>();
        for (Objective objective : study.objectives()) {
            List<Curve> seeds = new ArrayList<>();
            for (Arm arm : results.arms(objective)) {
                if (arm.has(plan.kind)) {
                    Metrics.of(arm.stage(plan.kind)).curve(objective.name(), plan.split, plan.field, null)
                        .ifPresent(seeds::add);
                }
            }
            band(objective.name(), seeds).ifPresent(curves::add);
        }
        return curves;
    }

    private static List<Curve> passCurves(StudyPlan study, StudyResults results, StageKind kind) {
        List<Curve> curves = new ArrayList<>();
        for (Objective objective : study.objectives()) {
            List<Curve> seeds = new ArrayList<>();
            for (Arm arm : results.arms(objective)) {
                results.passAtEveryK(arm, kind).ifPresent(pass -> {
                    double[] k = new double[pass.length];
                    for (int i = 0; i < k.length; i++) {
                        k[i] = i + 1;
                    }
                    seeds.add(new Curve(objective.name(), k, pass, null, null));
                });
            }
            band(objective.name(), seeds).ifPresent(curves::add);
        }
        return curves;
    }

    /** The mean at each place that all the curves have, with the least and the greatest value as band. */
    static Optional<Curve> band(String name, List<Curve> seeds) {
        TreeMap<Double, DoubleArrayList> at = new TreeMap<>();
        for (Curve curve : seeds) {
            for (int i = 0; i < curve.x().length; i++) {
                at.computeIfAbsent(curve.x()[i], x -> new DoubleArrayList()).add(curve.y()[i]);
            }
        }
        at.values().removeIf(values -> values.size() < seeds.size());
        double[][] columns = new double[4][at.size()];
        int n = 0;
        for (var place : at.entrySet()) {
            columns[0][n] = place.getKey();
            columns[1][n] = place.getValue().doubleStream().average().orElseThrow();
            columns[2][n] = place.getValue().doubleStream().min().orElseThrow();
            columns[3][n++] = place.getValue().doubleStream().max().orElseThrow();
        }
        boolean several = seeds.size() > 1;
        return at.isEmpty() ? Optional.empty() : Optional.of(new Curve(name, columns[0], columns[1],
            several ? columns[2] : null, several ? columns[3] : null));
    }
}
