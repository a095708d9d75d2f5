package org.llmrlpt.data;

/**
 * Sequences ready for a program, R = batch · length positions, sequence by sequence.
 *
 * @param tokens what the model reads, [R]
 * @param targets the token after each, [R]; -1: does not count
 * @param positions place of each token in its document, [R]
 * @param starts where in its sequence each token's document begins, [R]
 */
public record Batch(int[] tokens, int[] targets, int[] positions, int[] starts) {
    /** An empty batch of R positions, to be filled. */
    public static Batch ofSize(int rows) {
        return new Batch(new int[rows], new int[rows], new int[rows], new int[rows]);
    }

    /** Positions with a target. */
    public int counted() {
        int n = 0;
        for (int t : targets) {
            if (t >= 0) {
                n++;
            }
        }
        return n;
    }
}
