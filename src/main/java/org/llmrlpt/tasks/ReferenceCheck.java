package org.llmrlpt.tasks;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.llmrlpt.random.RandomStream;

/**
 * Whether a task's verifier can tell right answers from wrong ones: every problem is given its own reference answer,
 * and then another problem's.
 *
 * @param problems how many
 * @param referenceAccuracy share that is right with the own answer; anything below 1 is a fault of file or verifier
 * @param shuffledAccuracy share that is right with another problem's answer; NaN where there is only one problem
 * @param accidentalAccuracy what to expect of the latter: the share of pairs of different problems with equal answers
 */
public record ReferenceCheck(int problems, double referenceAccuracy, double shuffledAccuracy,
    double accidentalAccuracy) {
    /** Checks all of the given problems. */
    public static ReferenceCheck of(List<Problem> problems, Verifier verifier) {
        int n = problems.size();
        int[] order = new int[n];
        for (int i = 0; i < n; i++) {
            order[i] = i;
        }
        RandomStream.of(0, "shuffled answers").shuffle(order);
        Map<String, Integer> equal = new HashMap<>();
        int own = 0;
        int others = 0;
        for (int i = 0; i < n; i++) {
            Problem problem = problems.get(order[i]);
            Verdict verdict = verifier.verify(problem, verifier.stating(problem.answer()), false);
            own += verdict.correct() ? 1 : 0;
            equal.merge(String.valueOf(verdict.answer()), 1, Integer::sum);
            // The next one on a round trip through all problems in random order is never the problem itself.
            String other = verifier.stating(problems.get(order[(i + 1) % n]).answer());
            others += n > 1 && verifier.verify(problem, other, false).correct() ? 1 : 0;
        }
        double pairs = equal.values().stream().mapToDouble(c -> (double) c * (c - 1)).sum() / n / (n - 1);
        return new ReferenceCheck(n, (double) own / n, n > 1 ? (double) others / n : Double.NaN, pairs);
    }
}
