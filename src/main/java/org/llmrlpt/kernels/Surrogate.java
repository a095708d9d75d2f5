package org.llmrlpt.kernels;

/**
 * Constants of the clipped policy-gradient surrogate of GRPO.
 *
 * @param clipLow the importance ratio counts down to 1 - clipLow
 * @param clipHigh the importance ratio counts up to 1 + clipHigh; above clipLow ("clip-higher") it leaves unlikely
 *     tokens room to grow
 * @param kl coefficient of the k3 estimate of the divergence from a reference model; 0: no such term
 * @param temperature divides the logits, as it did when the tokens were drawn
 */
public record Surrogate(float clipLow, float clipHigh, float kl, float temperature) {
    public float inverseTemperature() {
        return 1f / temperature;
    }
}
