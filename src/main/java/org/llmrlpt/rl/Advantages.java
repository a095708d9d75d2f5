package org.llmrlpt.rl;

import java.util.Arrays;
import org.llmrlpt.config.RlSettings.AdvantageStd;

/** Advantages of the answers of one group: how much better than the group's mean each is (GRPO, arXiv 2402.03300). */
final class Advantages {
    /** Keeps the quotient finite; far below any spread of rewards that differ. */
    private static final double EPSILON = 1e-6;

    private Advantages() {
    }

    /**
     * (reward - mean) / (std + 1e-6), or the difference alone; all in double, the variance around the mean. Exactly 0
     * where all rewards are equal.
     */
    static double[] of(double[] rewards, AdvantageStd std) {
        if (allEqual(rewards)) {
            return new double[rewards.length];
        }
        double mean = Arrays.stream(rewards).average().orElseThrow();
        double divisor = switch (std) {
            case NONE -> 1;
            case POPULATION -> deviation(rewards, mean, rewards.length) + EPSILON;
            case SAMPLE -> deviation(rewards, mean, rewards.length - 1) + EPSILON;
        };
        return Arrays.stream(rewards).map(r -> (r - mean) / divisor).toArray();
    }

    private static double deviation(double[] rewards, double mean, int count) {
        return Math.sqrt(Arrays.stream(rewards).map(r -> (r - mean) * (r - mean)).sum() / count);
    }

    /**
     * Whether all rewards of a group are the same, so that it teaches nothing. By their values: the deviation of equal
     * rewards need not come out as 0.
     */
    static boolean allEqual(double[] rewards) {
        return Arrays.stream(rewards).allMatch(r -> r == rewards[0]);
    }
}
