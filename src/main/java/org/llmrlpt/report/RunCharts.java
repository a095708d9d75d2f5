package org.llmrlpt.report;

import java.util.ArrayList;
import java.util.List;

/** The charts of a run: each of those below for which its metrics have a field. */
final class RunCharts {
    private static final String TRAIN = "train";
    private static final String VALIDATION = "validation";
    private static final String EVALUATION = "evaluation";
    /** In the place of a standard error: the lines have the interval itself. */
    private static final String INTERVAL = "interval";

    private static final List<Plan> PLANS = List.of(
        new Plan("Reward", "mean of a step's samples", false, new Source("reward", TRAIN, "reward_mean")),
        new Plan("Accuracy on held-out problems", "Avg of their samples", false,
            new Source("accuracy", EVALUATION, "avg", INTERVAL)),
        new Plan("Negative log-likelihood", "nats per token", false, new Source("training", TRAIN, "nll"),
            new Source("validation", VALIDATION, "nll", "nll_standard_error")),
        new Plan("Perplexity", "per token, logarithmic", true, new Source("training", TRAIN, "perplexity"),
            new Source("validation", VALIDATION, "perplexity")),
        new Plan("Entropy", "nats per token", false, new Source("training", TRAIN, "entropy"),
            new Source("validation", VALIDATION, "entropy"), new Source("held-out problems", EVALUATION, "entropy")),
        new Plan("Response length", "tokens", false, new Source("mean", TRAIN, "response_length_mean"),
            new Source("longest", TRAIN, "response_length_max"), new Source("shortest", TRAIN, "response_length_min"),
            new Source("mean on held-out problems", EVALUATION, "response_length_mean")),
        new Plan("Top-k mass", "probability", false, new Source("training", TRAIN, "top_k_mass"),
            new Source("validation", VALIDATION, "top_k_mass")),
        new Plan("Groups with equal rewards", "share", false, new Source("equal", TRAIN, "uniform_groups")),
        new Plan("Truncated answers", "share", false, new Source("truncated", TRAIN, "truncated")),
        new Plan("Clipped tokens", "share", false, new Source("ratio too low", TRAIN, "clipped_low"),
            new Source("ratio too high", TRAIN, "clipped_high")),
        new Plan("Largest |Δ log p| between rollout and training", "nats, logarithmic", true,
            new Source("difference", TRAIN, "log_prob_difference_max")),
        new Plan("Gradient norm", "before clipping, logarithmic", true, new Source("norm", TRAIN, "grad_norm")),
        new Plan("Learning rate", "per step", false, new Source("rate", TRAIN, "lr")),
        new Plan("Speed", "tokens per second", false, new Source("whole step", TRAIN, "tokens_per_second"),
            new Source("rollout", TRAIN, "rollout_tokens_per_second"),
            new Source("training", TRAIN, "training_tokens_per_second")));

    private RunCharts() {
    }

    /** A curve's origin. */
    private record Source(String name, String split, String field, String error) {
        Source(String name, String split, String field) {
            this(name, split, field, null);
        }
    }

    /** A chart before it is known which curves there are. */
    private record Plan(String title, String unit, boolean logarithmic, Source... sources) {
    }

    static List<Chart> of(Metrics metrics) {
        List<Chart> charts = new ArrayList<>();
        for (Plan plan : PLANS) {
            List<Curve> curves = new ArrayList<>();
            for (Source s : plan.sources) {
                (INTERVAL.equals(s.error) ? metrics.curveWithInterval(s.name, s.split, s.field)
                    : metrics.curve(s.name, s.split, s.field, s.error)).ifPresent(curves::add);
            }
            if (!curves.isEmpty()) {
                charts.add(new Chart(plan.title, "step", plan.unit, plan.logarithmic, curves));
            }
        }
        return charts;
    }
}
