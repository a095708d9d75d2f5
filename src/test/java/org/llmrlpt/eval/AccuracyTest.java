package org.llmrlpt.eval;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.llmrlpt.random.RandomStream;
import org.llmrlpt.tasks.Verdict;

class AccuracyTest {
    @Test
    void passAtKIsTheShareOfSubsetsWithARightSample() {
        for (int n = 1; n <= 10; n++) {
            for (int c = 0; c <= n; c++) {
                for (int k = 1; k <= n; k++) {
                    int subsets = 0;
                    int solved = 0;
                    for (int set = 0; set < 1 << n; set++) {
                        if (Integer.bitCount(set) == k) {
                            subsets++;
                            solved += (set & (1 << c) - 1) != 0 ? 1 : 0;
                        }
                    }
                    assertEquals((double) solved / subsets, Accuracy.passAtK(n, c, k), 1e-14, n + " " + c + " " + k);
                }
            }
        }
    }

    @Test
    void passAtKIsStableForLargePools() {
        int n = 1_000_000;
        assertEquals(0.5, Accuracy.passAtK(n, n / 2, 1), 1e-9);
        assertEquals(1 - Math.pow(0.9, 100), Accuracy.passAtK(n, n / 10, 100), 1e-3);
        assertEquals(0, Accuracy.passAtK(n, 0, n));
        assertEquals(1, Accuracy.passAtK(n, 1, n));
        assertThrows(IllegalArgumentException.class, () -> Accuracy.passAtK(4, 2, 5));
        assertThrows(IllegalArgumentException.class, () -> Accuracy.passAtK(4, 2, 0));
        assertThrows(IllegalArgumentException.class, () -> Accuracy.passAtK(4, 5, 1));
    }

    @Test
    void missingAnswersHaveNoVote() {
        assertEquals(1, Accuracy.majority(Arrays.asList(null, "a", null, null)));
        assertEquals(-1, Accuracy.majority(Arrays.asList(null, null)));
        assertEquals(2, Accuracy.majority(List.of("b", "c", "a", "c", "a", "a")));
        Accuracy accuracy = new Accuracy(3);
        accuracy.add(List.of(Verdict.NONE, Verdict.NONE, Verdict.NONE));
        accuracy.add(List.of(Verdict.NONE, new Verdict(true, "1"), Verdict.NONE));
        assertEquals(0.5, accuracy.cons().value());
        assertEquals(1 / 6.0, accuracy.avg().value(), 1e-15);
        assertThrows(IllegalArgumentException.class, () -> accuracy.add(List.of(Verdict.NONE)));
    }

    @Test
    void noProblemsGiveNoFigure() {
        assertTrue(Double.isNaN(new Accuracy(2).avg().value()));
        assertEquals(2, new Accuracy(2).passAtEveryK().length);
    }

    @Test
    void intervalsAreThoseOfTheNormalApproximationAndAlwaysTheSame() {
        Accuracy accuracy = pool(400, 8, 1);
        Estimate avg = accuracy.avg();
        double error = Math.sqrt(1 / 12.0 / 400 + 1 / 6.0 / 8 / 400);
        assertTrue(avg.low() < avg.value() && avg.value() < avg.high());
        assertEquals(2 * 1.96 * error, avg.high() - avg.low(), 0.2 * 2 * 1.96 * error);
        assertEquals(avg, accuracy.avg());
        assertEquals(avg.value(), accuracy.passAtEveryK()[0].value(), 1e-14);
        assertEquals(avg.low(), accuracy.passAtEveryK()[0].low(), 1e-14, "the same draws for all figures");
    }

    @Test
    void intervalsHoldTheTruthAboutNineteenTimesInTwenty() {
        int held = 0;
        for (int n = 0; n < 200; n++) {
            Estimate avg = pool(60, 4, 100 + n).avg();
            held += avg.low() <= 0.5 && 0.5 <= avg.high() ? 1 : 0;
        }
        assertTrue(held >= 178 && held <= 199, "of 200: " + held);
    }

    /** Problems whose chances of a right answer are uniform in [0, 1]. */
    private static Accuracy pool(int problems, int samples, long seed) {
        RandomStream random = RandomStream.of(seed, "pool");
        Accuracy accuracy = new Accuracy(samples);
        for (int p = 0; p < problems; p++) {
            double chance = random.nextDouble();
            List<Verdict> verdicts = new ArrayList<>();
            for (int s = 0; s < samples; s++) {
                verdicts.add(random.nextDouble() < chance ? new Verdict(true, "r") : Verdict.NONE);
            }
            accuracy.add(verdicts);
        }
        return accuracy;
    }

    @Test
    void oneProblemHasItsOwnValueAtBothEnds() {
        Accuracy accuracy = new Accuracy(2);
        accuracy.add(List.of(Verdict.NONE, new Verdict(true, "1")));
        assertEquals(new Estimate(0.5, 0.5, 0.5), accuracy.avg());
        double[] pass = Arrays.stream(accuracy.passAtEveryK()).mapToDouble(Estimate::value).toArray();
        assertArrayEquals(new double[] {0.5, 1}, pass, 1e-15);
    }
}
