package org.llmrlpt.optim;

import org.llmrlpt.config.OptimizerSettings;
import org.llmrlpt.config.OptimizerSettings.DecayShape;

/**
 * The learning rate of each step, counted from 0: a linear warm-up to the maximum, a stable part, a decay to the
 * minimum. Warmup–stable–decay gives all three a length; the other schedules are special cases without the stable part.
 *
 * @param warmup steps of the warm-up; step t of it has max·(t + 1)/warmup
 * @param stable steps at the maximum
 * @param decay steps of the decay; afterwards the rate stays at the minimum
 */
public record Schedule(double max, double min, long warmup, long stable, long decay, DecayShape shape) {
    /** The schedule of a run of so many steps. */
    public static Schedule of(OptimizerSettings o, long steps) {
        double min = o.minLr() == null ? o.lr() / 10 : o.minLr();
        long warmup = Math.min(steps, o.warmup() == null ? Math.min(2000, steps / 20) : o.warmup());
        long rest = steps - warmup;
        return switch (o.schedule()) {
            case CONSTANT -> new Schedule(o.lr(), o.lr(), warmup, rest, 0, DecayShape.LINEAR);
            case COSINE -> new Schedule(o.lr(), min, warmup, 0, rest, DecayShape.COSINE);
            case LINEAR -> new Schedule(o.lr(), min, warmup, 0, rest, DecayShape.LINEAR);
            case WSD -> {
                long decay = Math.min(rest, o.decay() == null ? steps / 5 : o.decay());
                yield new Schedule(o.lr(), min, warmup, rest - decay, decay, o.decayShape());
            }
        };
    }

    /** Rate of step {@code t}. */
    public double at(long t) {
        if (t < warmup) {
            return max * (t + 1) / warmup;
        }
        if (t < warmup + stable) {
            return max;
        }
        if (t >= warmup + stable + decay) {
            return min;
        }
        double u = (double) (t - warmup - stable + 1) / decay;
        return switch (shape) {
            case LINEAR -> max + (min - max) * u;
            case COSINE -> min + (max - min) * (1 + Math.cos(Math.PI * u)) / 2;
            case SQRT -> min + (max - min) * (1 - Math.sqrt(u));
            case EXP -> max * Math.pow(min / max, u);
        };
    }
}
