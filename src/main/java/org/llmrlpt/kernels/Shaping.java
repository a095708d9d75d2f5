package org.llmrlpt.kernels;

import org.llmrlpt.config.ObjectiveSettings;

/**
 * Constants of the reward-shaped next-token objective (paper, Eq. 11–13).
 *
 * @param beta exponent of the target's reward (1/p_x)(1 - p_x)^beta; below 0 favours precision, above 0 diversity
 * @param lambdaHead reward of the other tokens among the k most probable
 * @param lambdaTail reward of all remaining tokens
 * @param k how many of the most probable tokens make the head; clamped to the vocabulary
 */
public record Shaping(float beta, float lambdaHead, float lambdaTail, int k) {
    /** Floor of 1 - p_x under the exponent, for every beta. */
    public static final float ONE_MINUS_P_FLOOR = 1e-6f;

    /** Plain cross-entropy: beta = 0, no rewards for other tokens. */
    public static final Shaping CROSS_ENTROPY = new Shaping(0f, 0f, 0f, 100);

    /** The constants that the settings name. */
    public static Shaping of(ObjectiveSettings o) {
        return new Shaping((float) o.beta(), (float) o.lambdaHead(), (float) o.lambdaTail(), o.k());
    }

    /** Whether the gradient is exactly that of cross-entropy. */
    public boolean isCrossEntropy() {
        return beta == 0f && lambdaHead == 0f && lambdaTail == 0f;
    }
}
