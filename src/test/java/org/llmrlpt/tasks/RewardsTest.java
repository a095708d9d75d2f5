package org.llmrlpt.tasks;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.llmrlpt.config.RewardSettings;

class RewardsTest {
    private static final Problem PROBLEM = new Problem("", "", "42", 1, Split.TRAIN);

    private static double reward(double format, String completion, boolean truncated) {
        Verifier verifier = Tasks.open(TaskTest.settings("task", "addition"), 1).verifier();
        return Rewards.of(verifier, new RewardSettings(format, 0, 1)).reward(PROBLEM, completion, truncated);
    }

    @Test
    void aRightAnswerIsWorthOneAndItsFormSomethingIfSoSet() {
        assertEquals(1, reward(0, "Answer: 42", false));
        assertEquals(0, reward(0, "Answer: 41", false));
        assertEquals(1.25, reward(0.25, "Answer: 42", false));
        assertEquals(0.25, reward(0.25, "Answer: 41", false));
        assertEquals(0, reward(0.25, "42", false));
        assertEquals(0, reward(0.25, "Answer: 42", true));
    }

    @Test
    void thePenaltyGrowsWithinTheBuffer() {
        RewardSettings dapo = new RewardSettings(0, 4, 0.5);
        double[] want = {0, 0, -0.125, -0.25, -0.375, -0.5, -0.5};
        for (int i = 0; i < want.length; i++) {
            assertEquals(want[i], Rewards.overlong(15 + i, 20, dapo), 1e-15, "tokens: " + (15 + i));
        }
        assertEquals(0, Rewards.overlong(20, 20, new RewardSettings(0, 0, 1)), "no buffer, no penalty");
        assertEquals(-1, Rewards.overlong(20, 20, new RewardSettings(0, 100, 1)), "a buffer longer than the limit");
    }
}
