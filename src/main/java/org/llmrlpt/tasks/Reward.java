package org.llmrlpt.tasks;

/** What a completion is worth. */
@FunctionalInterface
public interface Reward {
    /**
     * The reward of a completion; see {@link Verifier#verify} for the arguments.
     *
     * @return a finite number, 1 for a right answer unless the settings say otherwise
     */
    double reward(Problem problem, String completion, boolean truncated);
}
