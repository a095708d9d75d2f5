package org.llmrlpt.rl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.llmrlpt.config.RlSettings.AdvantageStd;

class AdvantagesTest {
    private static final double[] REWARDS = {1, 0, 0, 1, 1, 1};

    @Test
    void theDivisorIsThePopulationsDeviationTheSamplesOrNone() {
        double mean = 4 / 6.0;
        double squares = 4 * (1 - mean) * (1 - mean) + 2 * mean * mean;
        check(Advantages.of(REWARDS, AdvantageStd.POPULATION), mean, Math.sqrt(squares / 6) + 1e-6);
        check(Advantages.of(REWARDS, AdvantageStd.SAMPLE), mean, Math.sqrt(squares / 5) + 1e-6);
        check(Advantages.of(REWARDS, AdvantageStd.NONE), mean, 1);
    }

    private static void check(double[] got, double mean, double divisor) {
        assertArrayEquals(Arrays.stream(REWARDS).map(r -> (r - mean) / divisor).toArray(), got, 1e-12);
    }

    @Test
    void equalRewardsAreRecognisedByTheirValues() {
        double[] tenths = new double[7];
        Arrays.fill(tenths, 0.1f);
        assertTrue(Advantages.allEqual(tenths));
        for (AdvantageStd std : AdvantageStd.values()) {
            assertArrayEquals(new double[7], Advantages.of(tenths, std));
        }
        tenths[6] = Math.nextUp(tenths[6]);
        assertFalse(Advantages.allEqual(tenths));
    }
}
