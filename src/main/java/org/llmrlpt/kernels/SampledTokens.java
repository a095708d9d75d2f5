package org.llmrlpt.kernels;

/** Columns of what the host knows about each sampled token, one row for each position. */
public final class SampledTokens {
    /** Log-probability of the token when it was drawn, in nats. */
    public static final int OLD_LOG_P = 0;
    /** Advantage of the answer that the token belongs to. */
    public static final int ADVANTAGE = 1;
    /** Share of the token in the loss; the weights of a whole step add up to 1 for a mean. */
    public static final int WEIGHT = 2;
    /** Log-probability under the reference model; without influence where the surrogate has no KL term. */
    public static final int REFERENCE_LOG_P = 3;
    /** How many columns there are. */
    public static final int COLUMNS = 4;

    private SampledTokens() {
    }
}
