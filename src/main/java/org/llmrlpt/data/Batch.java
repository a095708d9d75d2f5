package org.llmrlpt.data;

/**
 * Sequences side by side: four arrays [B, T], row-major; see {@link Windows#fill}.
 *
 * @param rows B
 * @param length T
 * @param tokens input tokens
 * @param targets next tokens, -1 where none counts
 * @param positions places in the document
 * @param starts where the document begins in the row
 */
public record Batch(int rows, int length, int[] tokens, int[] targets, int[] positions, int[] starts) {
    /** An empty batch of B rows of T tokens. */
    public Batch(int rows, int length) {
        this(rows, length, new int[rows * length], new int[rows * length], new int[rows * length],
                new int[rows * length]);
    }

    /** The number of targets that count. */
    public int counted() {
        int counted = 0;
        for (int target : targets) {
            counted += target >= 0 ? 1 : 0;
        }
        return counted;
    }
}
