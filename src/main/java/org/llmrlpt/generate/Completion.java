package org.llmrlpt.generate;

import java.util.Arrays;

/**
 * One continuation of a prompt.
 *
 * @param prompt index of the prompt in the request
 * @param sample index of the sample in the prompt's group
 * @param tokens the new tokens, in order; a stop token is the last of them, because drawing it was a decision too
 * @param logProbabilities of each token, in nats: log softmax(logits / temperature), over the whole vocabulary, before
 *     top-k and top-p; what the policy head computes for the same temperature. At temperature 0 as at 1
 * @param entropies of the same distribution at each token, in nats
 * @param ending why there are no more tokens
 */
public record Completion(int prompt, int sample, int[] tokens, float[] logProbabilities, float[] entropies,
    Ending ending) {

    /** Why a continuation ended. */
    public enum Ending {
        /** A stop token was drawn. */
        STOPPED,
        /** It reached the number of new tokens, or the longest text that the engine holds. */
        TRUNCATED,
        /** The stop signal came first. */
        INTERRUPTED
    }

    /** The tokens without the stop token. */
    public int[] text() {
        return ending == Ending.STOPPED ? Arrays.copyOf(tokens, tokens.length - 1) : tokens;
    }
}
