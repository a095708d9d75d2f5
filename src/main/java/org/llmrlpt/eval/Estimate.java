package org.llmrlpt.eval;

/**
 * A figure with its 95 % interval.
 *
 * @param value the estimate
 * @param low the interval's lower end
 * @param high the interval's upper end
 */
public record Estimate(double value, double low, double high) {
}
