package org.llmrlpt.config;

/** The reward-shaped next-token objective (paper, Eq. 11–13); all zero is cross-entropy. */
public record ObjectiveSettings(
    @Key(value = "objective.beta", or = "0", min = -4, max = 16,
        help = "beta: the target's reward is (1/p)(1-p)^beta; < 0 precision, > 0 diversity (paper: -0.25, 0, 0.5)")
    double beta,
    @Key(value = "objective.lambda-head", or = "0", min = -100, max = 100,
        help = "reward of other tokens among the k most probable (paper: 0 or 0.1)") double lambdaHead,
    @Key(value = "objective.lambda-tail", or = "0", min = -100, max = 100,
        help = "reward of all remaining tokens (paper: 0 or -0.1)") double lambdaTail,
    @Key(value = "objective.k", or = "100", min = 1, max = 1 << 24, help = "how many tokens make the head (paper: 100)")
    int k) {
}
