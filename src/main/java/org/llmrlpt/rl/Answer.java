package org.llmrlpt.rl;

import java.util.Arrays;

/**
 * A sampled answer as training sees it: a document of the prompt and the answer, of which the answer's tokens count.
 *
 * @param prompt at least one token
 * @param tokens the answer's, at least one; a stop token is among them, because drawing it was a decision too
 * @param logProbabilities of the answer's tokens when they were drawn, in nats
 * @param advantage how much better than its group's mean the answer is
 */
record Answer(int[] prompt, int[] tokens, float[] logProbabilities, double advantage) {
    /** Positions that answers to one prompt can share: its last token is not among them, as it predicts for each. */
    int beginning() {
        return prompt.length - 1;
    }

    /** Positions of its own: the last token of the prompt, then every token but the answer's last. */
    int positions() {
        return tokens.length;
    }

    /** Whether its tokens have a gradient; without an advantage they have none, unless by a divergence in the loss. */
    boolean teaches() {
        return advantage != 0;
    }

    boolean sharesBeginning(Answer other) {
        return Arrays.equals(prompt, other.prompt);
    }
}
