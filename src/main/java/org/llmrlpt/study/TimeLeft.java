package org.llmrlpt.study;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/** How long the rest of a study will take: a stage takes as long as the mean of its kind so far. */
final class TimeLeft {
    private final Map<StageKind, Double> sums = new EnumMap<>(StageKind.class);
    private final Map<StageKind, Integer> counts = new EnumMap<>(StageKind.class);

    /** A stage was done from its beginning to its end. */
    void took(StageKind kind, double seconds) {
        sums.merge(kind, seconds, Double::sum);
        counts.merge(kind, 1, Integer::sum);
    }

    /** Seconds; empty where a kind that is left was never timed. */
    OptionalDouble of(List<StageKind> left) {
        double seconds = 0;
        for (StageKind kind : left) {
            if (!counts.containsKey(kind)) {
                return OptionalDouble.empty();
            }
            seconds += sums.get(kind) / counts.get(kind);
        }
        return OptionalDouble.of(seconds);
    }
}
