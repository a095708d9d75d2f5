package org.llmrlpt.kernels;

/** Columns of the policy-gradient head's statistics, one row for each position; rows without a token are all zero. */
public final class SurrogateStatistics {
    /** 1 where the position has a sampled token. */
    public static final int COUNTED = 0;
    /** Log-probability of the token now, in nats. */
    public static final int LOG_P = 1;
    /** Entropy of the distribution that the token is drawn from, in nats. */
    public static final int ENTROPY = 2;
    /** exp(log p now - log p when drawn). */
    public static final int RATIO = 3;
    /** What the position adds to the surrogate loss. */
    public static final int LOSS = 4;
    /** 1 where a negative advantage is no longer followed, the ratio being below 1 - clipLow. */
    public static final int CLIPPED_LOW = 5;
    /** 1 where a positive advantage is no longer followed, the ratio being above 1 + clipHigh. */
    public static final int CLIPPED_HIGH = 6;
    /** The k3 estimate of the divergence from the reference model; 0 without a KL term. */
    public static final int KL = 7;
    /** How many columns there are. */
    public static final int COLUMNS = 8;

    private SurrogateStatistics() {
    }
}
