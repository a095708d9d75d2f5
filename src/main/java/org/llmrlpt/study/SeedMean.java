package org.llmrlpt.study;

import org.apache.commons.statistics.distribution.TDistribution;

/**
 * A mean over seeds with its 95 % interval by Student's t distribution, which is wide for few seeds, as it should be:
 * the seeds' figures are taken as independent and normal.
 *
 * @param value the mean
 * @param low the interval's lower end; NaN for a single seed
 * @param high the interval's upper end; NaN for a single seed
 * @param seeds how many
 */
record SeedMean(double value, double low, double high, int seeds) {
    private static final double UPPER_TAIL = 0.975;

    /** Of the seeds' figures, at least one. */
    static SeedMean of(double[] figures) {
        int n = figures.length;
        double mean = 0;
        for (double f : figures) {
            mean += f / n;
        }
        if (n < 2) {
            return new SeedMean(mean, Double.NaN, Double.NaN, n);
        }
        double squares = 0;
        for (double f : figures) {
            squares += (f - mean) * (f - mean);
        }
        double half = TDistribution.of(n - 1).inverseCumulativeProbability(UPPER_TAIL)
            * Math.sqrt(squares / (n - 1) / n);
        return new SeedMean(mean, mean - half, mean + half, n);
    }
}
