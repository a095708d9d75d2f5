package org.llmrlpt.generate;

import org.llmrlpt.config.SamplingSettings;

/**
 * How a token is drawn from the distribution of the next one.
 *
 * @param temperature divides the logits; 0: always the most probable token
 * @param topK draw among the k most probable only; 0: all
 * @param topP draw among the most probable of these whose mass reaches the share p; 1: all
 */
public record Sampling(double temperature, int topK, double topP) {
    /** The distribution itself: temperature 1, nothing cut off. */
    public static final Sampling PLAIN = new Sampling(1, 0, 1);

    private static final double LOWEST_TEMPERATURE = 1e-6;

    public static Sampling of(SamplingSettings s) {
        return new Sampling(s.temperature(), s.topK(), s.topP());
    }

    /** Whether the temperature is so low that the draw is certain; its inverse would overflow float. */
    private boolean isGreedy() {
        return temperature < LOWEST_TEMPERATURE;
    }

    /** The factor for the logits; greedy drawing uses the plain distribution. */
    float inverseTemperature() {
        return isGreedy() ? 1f : (float) (1 / temperature);
    }

    /** How many of the most probable tokens are left to the draw: one when it is greedy. */
    int effectiveTopK() {
        return isGreedy() ? 1 : topK;
    }
}
