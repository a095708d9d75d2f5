package org.llmrlpt.kernels;

/** Columns of the policy head's statistics, one row for each position; rows without a target are all zero. */
public final class RowStatistics {
    /** 1 where the position has a target. */
    public static final int COUNTED = 0;
    /** J = sum over the vocabulary of p times reward: what training maximises. */
    public static final int OBJECTIVE = 1;
    /** -log p of the target, in nats. */
    public static final int NLL = 2;
    /** -sum p log p, in nats. */
    public static final int ENTROPY = 3;
    /** Probability of the k most probable tokens together. */
    public static final int TOP_K_MASS = 4;
    /** Probability of the target. */
    public static final int TARGET_PROBABILITY = 5;
    /** 1 where the target is the most probable token (among equals, the lowest id). */
    public static final int RANK_ONE = 6;
    /** 1 where the target is among the k most probable. */
    public static final int TARGET_IN_TOP_K = 7;
    /** How many columns there are. */
    public static final int COLUMNS = 8;

    private RowStatistics() {
    }
}
