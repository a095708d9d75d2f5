package org.llmrlpt.optim;

/**
 * The learning rate of each step, counted from 0: a linear warm-up to the maximum, a stable part, a decay to the minimum.
 * Warmup–stable–decay gives all three a length; the other schedules are special cases without the stable part.
 *
 * @param warmup steps of the warm-up; step t of it has max·(t + 1)/warmup
 * @param stable steps at the maximum
 * @param decay steps of the decay; afterwards the rate stays at the minimum
 */
public record Schedule(double max, double min, long warmup, long stable, long decay, Decay shape) {
    /** The form of the decay, with u running over (0, 1]. */
    public enum Decay {
        /** max + (min - max) u. */
        LINEAR,
        /** min + (max - min)(1 + cos(pi u))/2. */
        COSINE,
        /** min + (max - min)(1 - sqrt(u)). */
        SQRT,
        /** max (min/max)^u. */
        EXP
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
