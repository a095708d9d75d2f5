package org.llmrlpt.tasks;

import org.llmrlpt.config.RewardSettings;

/** The rewards that settings choose. */
public final class Rewards {
    private Rewards() {
    }

    /** 1 for a right answer and 0 for a wrong one, plus the format reward for any completion that gives an answer. */
    public static Reward of(Verifier verifier, RewardSettings settings) {
        return (problem, completion, truncated) -> {
            Verdict verdict = verifier.verify(problem, completion, truncated);
            return (verdict.correct() ? 1 : 0) + (verdict.answer() == null ? 0 : settings.format());
        };
    }

    /**
     * The soft over-length penalty of DAPO (arXiv 2503.14476, Eq. 13), to be added to the reward: 0 up to
     * {@code maxNewTokens - buffer} tokens, then falling linearly to minus the penalty at {@code maxNewTokens}.
     *
     * @param tokens length of the completion
     */
    public static double overlong(int tokens, int maxNewTokens, RewardSettings settings) {
        int buffer = Math.min(settings.overlongBuffer(), maxNewTokens);
        int over = tokens - (maxNewTokens - buffer);
        return buffer == 0 || over <= 0 ? 0 : -settings.overlongPenalty() * Math.min(1, (double) over / buffer);
    }
}
