package org.llmrlpt.kernels.cpu;

import static jdk.incubator.vector.FloatVector.fromMemorySegment;
import static org.llmrlpt.kernels.cpu.Memory.ALL;
import static org.llmrlpt.kernels.cpu.Memory.ORDER;
import static org.llmrlpt.kernels.cpu.Memory.at;
import static org.llmrlpt.kernels.cpu.Memory.getFloat;
import static org.llmrlpt.kernels.cpu.Memory.setFloat;
import static org.llmrlpt.kernels.cpu.VectorMath.S;

import jdk.incubator.vector.VectorOperators;
import org.llmrlpt.kernels.RowStatistics;
import org.llmrlpt.kernels.Shaping;

/**
 * One row of the policy head: statistics of the logits, and their gradient in their place. With e_i = exp(z_i - max),
 * x the target, and O = sum over i other than x of p_i r_i:
 *
 * <pre>
 *     w = max(1 - p_x, floor)^beta     J = w + O     dL/dz_i = -scale p_i (r_i - J)
 *     dL/dz_x = -scale (w (1 - p_x) - p_x O)
 * </pre>
 *
 * 1 - p_x comes from the other tokens' exponentials, never from a subtraction, so that it is right when p_x is nearly
 * 1; likewise the tail's sum is not what the head leaves over, but a sum of its own.
 * For use by one thread.
 */
final class PolicyRow {
    private static final int LANES = S.length();
    private static final Scratch HEAD = new Scratch();

    private final TopElements top = new TopElements();
    private int[] head = new int[0];
    private long headExponentials;
    private final Exponentials exponentials = new Exponentials();

    /**
     * @param z address of the row's n logits; overwritten with their gradient, or undefined if there is no gradient
     * @param scale of the loss: 1 / number of counted positions
     * @param statistics address of the row's {@link RowStatistics}
     */
    void run(long z, int n, int target, Shaping shaping, float scale, boolean gradient, long statistics) {
        int k = Math.min(shaping.k(), n);
        top.find(z, n, k);
        float largest = top.largest();
        float own = getFloat(at(z, target));
        boolean inHead = top.belongs(own, target);
        boolean first = own == largest && !reached(z, target, largest);
        // The target and the head leave the row, so that each sum is one of like terms and nothing is subtracted from
        // it. In their places stay exponentials of 1e-38, below any rounding.
        setFloat(at(z, target), Float.NEGATIVE_INFINITY);
        int heads = k < n ? takeHead(z, k, target) : 0;
        exponentials.run(headExponentials, heads, largest);
        double head = exponentials.sum();
        double weighted = exponentials.product();
        exponentials.run(z, n, largest);
        double rest = exponentials.sum();
        weighted += exponentials.product();
        float restReward = k < n ? shaping.lambdaTail() : shaping.lambdaHead();

        double others = head + rest;
        double ownExponential = Math.exp((double) own - largest);
        double total = others + ownExponential;
        double p = ownExponential / total;
        double oneMinusP = others / total;
        double logTotal = own == largest ? Math.log1p(others) : Math.log(total);
        double w = shaping.beta() == 0f ? 1
            : Math.pow(Math.max(oneMinusP, Shaping.ONE_MINUS_P_FLOOR), shaping.beta());
        double otherRewards = (shaping.lambdaHead() * head + restReward * rest) / total;
        double objective = w + otherRewards;
        double ownWeighted = ownExponential * Math.max((double) own - largest, -Double.MAX_VALUE);
        set(statistics, RowStatistics.COUNTED, 1);
        set(statistics, RowStatistics.OBJECTIVE, objective);
        set(statistics, RowStatistics.NLL, (double) largest - own + logTotal);
        set(statistics, RowStatistics.ENTROPY, logTotal - (weighted + ownWeighted) / total);
        double headMass = k < n ? head : rest;
        set(statistics, RowStatistics.TOP_K_MASS, (headMass + (inHead ? ownExponential : 0)) / total);
        set(statistics, RowStatistics.TARGET_PROBABILITY, p);
        set(statistics, RowStatistics.RANK_ONE, first ? 1 : 0);
        set(statistics, RowStatistics.TARGET_IN_TOP_K, inHead ? 1 : 0);
        if (gradient) {
            double unit = -scale / total;
            Rows.scale((float) (unit * (restReward - objective)), z, z, n);
            putHead(z, heads, (float) (unit * (shaping.lambdaHead() - objective)));
            setFloat(at(z, target), (float) (-scale * (w * oneMinusP - p * otherRewards)));
        }
    }

    private static void set(long statistics, int column, double value) {
        setFloat(at(statistics, column), (float) value);
    }

    /** Whether any of the first n elements is {@code value} or more. */
    private static boolean reached(long z, int n, float value) {
        int i = 0;
        for (; i + LANES <= n; i += LANES) {
            if (fromMemorySegment(S, ALL, at(z, i), ORDER).compare(VectorOperators.GE, value).anyTrue()) {
                return true;
            }
        }
        for (; i < n; i++) {
            if (getFloat(at(z, i)) >= value) {
                return true;
            }
        }
        return false;
    }

    /** Moves the logits of the k largest without the target from the row to a list. */
    private int takeHead(long z, int k, int target) {
        if (head.length < k) {
            head = new int[k];
        }
        headExponentials = HEAD.floats(k);
        int n = top.list(head, target);
        for (int i = 0; i < n; i++) {
            long from = at(z, head[i]);
            setFloat(at(headExponentials, i), getFloat(from));
            setFloat(from, Float.NEGATIVE_INFINITY);
        }
        return n;
    }

    private void putHead(long gradient, int n, float factor) {
        for (int i = 0; i < n; i++) {
            setFloat(at(gradient, head[i]), getFloat(at(headExponentials, i)) * factor);
        }
    }
}
