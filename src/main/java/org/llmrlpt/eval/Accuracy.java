package org.llmrlpt.eval;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.llmrlpt.tasks.Verdict;

/**
 * Avg@n, Cons@n and Pass@k of one pool of samples: n completions of each problem, judged. Every figure is a mean over
 * problems, with a {@link Bootstrap} interval over problems.
 */
public final class Accuracy {
    private final int samples;
    private final List<Integer> correct = new ArrayList<>();
    private final List<Boolean> majority = new ArrayList<>();

    /** Metrics of pools of {@code samples} completions. */
    public Accuracy(int samples) {
        this.samples = samples;
    }

    /** Adds a problem's completions, in the order in which they were sampled. */
    public void add(List<Verdict> verdicts) {
        if (verdicts.size() != samples) {
            throw new IllegalArgumentException(verdicts.size() + " samples instead of " + samples);
        }
        correct.add((int) verdicts.stream().filter(Verdict::correct).count());
        List<String> answers = verdicts.stream().map(Verdict::answer).toList();
        int winner = majority(answers);
        majority.add(winner >= 0 && verdicts.get(winner).correct());
    }

    /**
     * The majority answer: the first sample with the most frequent one; among equally frequent answers the one that was
     * seen first wins. A missing answer (null) has no vote.
     *
     * @return the index of the winner's first sample, or -1 where there is no answer at all
     */
    public static int majority(List<String> answers) {
        Map<String, int[]> counts = new LinkedHashMap<>();
        for (int i = 0; i < answers.size(); i++) {
            int first = i;
            if (answers.get(i) != null) {
                counts.computeIfAbsent(answers.get(i), a -> new int[] {0, first})[0]++;
            }
        }
        int most = 0;
        int winner = -1;
        for (int[] count : counts.values()) {
            if (count[0] > most) {
                most = count[0];
                winner = count[1];
            }
        }
        return winner;
    }

    /**
     * The unbiased estimate of Pass@k, the chance that at least one of k samples is right (Chen et al. 2021):
     * 1 - C(n-c, k)/C(n, k), as a product, which neither overflows nor cancels for large n.
     *
     * @param n samples
     * @param c how many of them are right
     * @param k from 1 to n
     */
    public static double passAtK(int n, int c, int k) {
        if (k < 1 || k > n || c < 0 || c > n) {
            throw new IllegalArgumentException("n " + n + ", c " + c + ", k " + k);
        }
        if (n - c < k) {
            return 1;
        }
        double allWrong = 1;
        for (int i = n - c + 1; i <= n; i++) {
            allWrong *= 1 - (double) k / i;
        }
        return 1 - allWrong;
    }

    /** Problems so far. */
    public int problems() {
        return correct.size();
    }

    /** Avg@n: the mean share of right samples. */
    public Estimate avg() {
        return Bootstrap.means(correct.size(), 1, (i, figure) -> (double) correct.get(i) / samples)[0];
    }

    /** Cons@n: the share of problems whose majority answer is right. */
    public Estimate cons() {
        return Bootstrap.means(correct.size(), 1, (i, figure) -> majority.get(i) ? 1 : 0)[0];
    }

    /** Pass@k for every k from 1 to n; element k - 1 is that of k. */
    public Estimate[] passAtEveryK() {
        double[][] byCount = new double[samples + 1][samples];
        for (int c = 0; c <= samples; c++) {
            for (int k = 1; k <= samples; k++) {
                byCount[c][k - 1] = passAtK(samples, c, k);
            }
        }
        return Bootstrap.means(correct.size(), samples, (i, figure) -> byCount[correct.get(i)][figure]);
    }
}
