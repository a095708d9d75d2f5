package org.llmrlpt.rl;

/**
 * A sampled answer as training sees it: a document of the prompt and the answer, of which the answer's tokens count.
 *
 * @param prompt at least one token
 * @param tokens the answer's, at least one; a stop token is among them, because drawing it was a decision too
 * @param logProbabilities of the answer's tokens when they were drawn, in nats
 * @param advantage how much better than its group's mean the answer is
 */
record Answer(int[] prompt, int[] tokens, float[] logProbabilities, double advantage) {
    /** Positions that training computes: every token but the last predicts one. */
    int positions() {
        return prompt.length + tokens.length - 1;
    }
}
