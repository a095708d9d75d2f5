package org.llmrlpt.study;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.llmrlpt.files.JsonFile;

/**
 * The figures of all models of a study that are measured so far. They hold no times, so that a study that was
 * interrupted has the very results of one that was not.
 */
final class StudyResults {
    private final StudyPlan plan;
    private final int passK;
    private final Map<Arm, Map<StageKind, JsonNode>> measured = new HashMap<>();

    /** Reads the evaluations that are there. */
    StudyResults(StudyPlan plan) {
        this.plan = plan;
        passK = plan.passK();
        for (Arm arm : plan.arms()) {
            Map<StageKind, JsonNode> own = new HashMap<>();
            for (StageKind kind : new StageKind[] {StageKind.EVAL_BASE, StageKind.EVAL_RL}) {
                if (arm.has(kind)) {
                    own.put(kind, JsonFile.readObject(arm.stage(kind).resolve(StageKind.RESULTS)));
                }
            }
            measured.put(arm, own);
        }
    }

    /** The models that are compared. */
    enum View {
        /** Before reinforcement learning. */
        BEFORE("before"),
        /** After it. */
        AFTER("after"),
        /** What it changed. */
        GAIN("gain");

        private final String key;

        View(String key) {
            this.key = key;
        }

        String key() {
            return key;
        }
    }

    /** Whether anything is measured. */
    boolean isEmpty() {
        return measured.values().stream().allMatch(Map::isEmpty);
    }

    /** A figure of one arm; NaN where it is not measured. */
    double of(Arm arm, View view, Figure figure) {
        return switch (view) {
            case BEFORE -> of(arm, StageKind.EVAL_BASE, figure);
            case AFTER -> of(arm, StageKind.EVAL_RL, figure);
            case GAIN -> of(arm, StageKind.EVAL_RL, figure) - of(arm, StageKind.EVAL_BASE, figure);
        };
    }

    private double of(Arm arm, StageKind kind, Figure figure) {
        JsonNode results = measured.get(arm).get(kind);
        return results == null ? Double.NaN : figure.of(results, passK);
    }

    /** Pass@k for all k of the model that an evaluation measured; empty where it did not. */
    Optional<double[]> passAtEveryK(Arm arm, StageKind kind) {
        JsonNode results = measured.get(arm).get(kind);
        if (results == null) {
            return Optional.empty();
        }
        double[] pass = new double[plan.samples()];
        for (int k = 1; k <= pass.length; k++) {
            pass[k - 1] = results.path("pass_at_k").path(Integer.toString(k)).path("value").asDouble(Double.NaN);
        }
        return Optional.of(pass);
    }

    /** Over the seeds that have it. */
    Optional<SeedMean> over(Objective objective, View view, Figure figure) {
        return spread(arms(objective).stream().mapToDouble(arm -> of(arm, view, figure)).toArray());
    }

    /** The differences to the baseline with the same seed. */
    Optional<SeedMean> difference(Objective objective, View view, Figure figure) {
        List<Arm> base = arms(plan.objectives().getFirst());
        List<Arm> own = arms(objective);
        double[] differences = new double[own.size()];
        for (int i = 0; i < differences.length; i++) {
            differences[i] = of(own.get(i), view, figure) - of(base.get(i), view, figure);
        }
        return spread(differences);
    }

    private static Optional<SeedMean> spread(double[] figures) {
        double[] there = Arrays.stream(figures).filter(Double::isFinite).toArray();
        return there.length == 0 ? Optional.empty() : Optional.of(SeedMean.of(there));
    }

    /** An objective's arms, in the order of the seeds. */
    List<Arm> arms(Objective objective) {
        return plan.arms().stream().filter(arm -> arm.objective().equals(objective)).toList();
    }

    /** All of it, for results.json. */
    Map<String, Object> toMap() {
        Map<String, Object> m = new LinkedHashMap<>();
        m.put("baseline", plan.objectives().getFirst().name());
        m.put("samples", plan.samples());
        m.put("pass_k", passK);
        List<Object> arms = new ArrayList<>();
        for (Arm arm : plan.arms()) {
            if (!measured.get(arm).isEmpty()) {
                Map<String, Object> one = new LinkedHashMap<>();
                one.put("objective", arm.objective().name());
                one.put("seed", arm.seed());
                for (View view : new View[] {View.BEFORE, View.AFTER}) {
                    Map<String, Object> figures = new LinkedHashMap<>();
                    for (Figure figure : Figure.values()) {
                        figures.put(figure.key(), of(arm, view, figure));
                    }
                    one.put(view.key(), figures);
                }
                arms.add(one);
            }
        }
        m.put("arms", arms);
        Map<String, Object> objectives = new LinkedHashMap<>();
        plan.objectives().forEach(o -> objectives.put(o.name(), summary(o)));
        m.put("objectives", objectives);
        return m;
    }

    private Map<String, Object> summary(Objective objective) {
        Map<String, Object> m = new LinkedHashMap<>();
        m.put("beta", Double.valueOf(objective.beta()));
        m.put("lambda_head", Double.valueOf(objective.lambdaHead()));
        m.put("lambda_tail", Double.valueOf(objective.lambdaTail()));
        for (View view : View.values()) {
            Map<String, Object> own = new LinkedHashMap<>();
            Map<String, Object> differences = new LinkedHashMap<>();
            for (Figure figure : Figure.values()) {
                over(objective, view, figure).ifPresent(s -> own.put(figure.key(), s));
                difference(objective, view, figure).ifPresent(s -> differences.put(figure.key(), s));
            }
            m.put(view.key(), own);
            m.put(view.key() + "_minus_baseline", differences);
        }
        return m;
    }
}
