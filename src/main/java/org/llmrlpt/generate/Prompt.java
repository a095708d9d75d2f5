package org.llmrlpt.generate;

/**
 * A prompt and how often to go on with it. Its group of samples shares one prefill.
 *
 * @param tokens at least one
 * @param samples G, how many continuations
 * @param stream number of the first sample's stream of random numbers; sample s draws from stream + s, so its tokens
 *     depend on (seed, stream + s), the prompt and the weights only, but for rounding in a prefill
 */
public record Prompt(int[] tokens, int samples, long stream) {
    /**
     * Checks both counts.
     *
     * @throws IllegalArgumentException if there is no token or no sample
     */
    public Prompt {
        if (tokens.length == 0 || samples < 1) {
            throw new IllegalArgumentException(tokens.length + " tokens, " + samples + " samples");
        }
    }
}
