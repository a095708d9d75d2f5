package org.llmrlpt.kernels;

/** Columns of what is known of a drawn token, one row for each sequence; idle rows are all zero. */
public final class DrawStatistics {
    /** The token's id; exact, as ids are below 2^24. */
    public static final int TOKEN = 0;
    /**
     * log p of the token, in nats, where p = softmax(logits / temperature) over the whole vocabulary: before top-k,
     * top-p and the exclusion of padding, so that it equals what the policy head computes.
     */
    public static final int LOG_PROBABILITY = 1;
    /** -sum p log p of the same distribution, in nats. */
    public static final int ENTROPY = 2;
    /** How many columns there are. */
    public static final int COLUMNS = 3;

    private DrawStatistics() {
    }
}
