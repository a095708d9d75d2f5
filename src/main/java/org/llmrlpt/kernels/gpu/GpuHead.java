package org.llmrlpt.kernels.gpu;

import static org.llmrlpt.kernels.gpu.GroupReduce.GROUP;
import static org.llmrlpt.kernels.gpu.GroupReduce.LOWEST;

import org.llmrlpt.kernels.RowStatistics;
import org.llmrlpt.kernels.Shaping;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** What happens to rows of logits: the shaped objective with its statistics and gradient. */
final class GpuHead {
    private GpuHead() {
    }

    /** log(1 + x), x >= 0, also where 1 + x rounds to 1: 2 artanh(x / (2 + x)) as a series. */
    static float log1p(float x) {
        float s = x / (2f + x);
        float s2 = s * s;
        float series = 2f * s * (1f + s2 * (1f / 3f + s2 * (1f / 5f + s2 * (1f / 7f + s2 * (1f / 9f)))));
        return x < 0.5f ? series : TornadoMath.log(1f + x);
    }

    /**
     * Statistics of each row, and in place of the logits the loss's gradient if {@code gradient} is not 0: paper,
     * Eq. 11-13, in the stable form of {@link org.llmrlpt.kernels.Kernels#policyHead}. One array holds the logits
     * [n, V] and the statistics [n, {@link RowStatistics#COLUMNS}]; one group of GROUP threads for each row.
     *
     * <p>1 - p_x is the mass of the other tokens and log-probabilities take log1p of the mass beside the largest logit,
     * so that nearly one-hot rows keep their digits.
     *
     * <p>Reads the logits twice for the k-th largest, once for the statistics and once more for the gradient: rows that
     * stay in the caches come from memory once. {@code rest} and {@code spread} are sums over all elements but the
     * largest so far: of e = exp(z - largest), and of e (largest - z). When a larger one comes, all sums fade, and its
     * predecessor joins them; the sums of the group's threads join in the same way.
     */
    static void kObjective(KernelContext context, IntArray targets, int targetsAt, FloatArray scale, int scaleAt,
        FloatArray rows, int logitsAt, int statisticsAt, int width, int k, float beta, float lambdaHead,
        float lambdaTail, int gradient) {
        int t = context.localIdx;
        int row = context.groupIdx;
        int at = logitsAt + row * width;
        int target = targets.get(targetsAt + row);
        float counted = target < 0 ? 0f : 1f;
        int x = TornadoMath.max(target, 0);
        float targetLogit = rows.get(at + x);
        int ranked = GpuTopK.rankedIndex(context, rows, at, width, k);
        int boundIndex = GpuTopK.searchedIndex(context, rows, at, width, k, ranked);
        float bound = rows.get(at + boundIndex);

        float mine = LOWEST;
        int mineIndex = width;
        float rest = 0f;
        float spread = 0f;
        float head = 0f;
        float tail = 0f;
        for (int i = t; i < width; i += GROUP) {
            float z = rows.get(at + i);
            float e = 1f;
            if (z > mine) {
                float fall = z - mine;
                float fade = TornadoMath.exp(-fall);
                spread = fade * (spread + fall * (1f + rest));
                rest = fade * (1f + rest);
                head = fade * head;
                tail = fade * tail;
                mine = z;
                mineIndex = i;
            } else {
                e = TornadoMath.exp(z - mine);
                rest += e;
                spread += e * (mine - z);
            }
            if (i != x) {
                if (i < GpuTopK.ranksBefore(z, bound, boundIndex + 1)) {
                    head += e;
                } else {
                    tail += e;
                }
            }
        }
        float largest = GroupReduce.max(context, mine);
        int best = (int) GroupReduce.min(context, mine == largest ? mineIndex : width);
        float fall = largest - mine;
        float fade = TornadoMath.exp(-fall);
        spread = GroupReduce.sum(context, fade * (spread + fall * (1f + rest)));
        rest = GroupReduce.sum(context, mineIndex == best ? rest : fade * (1f + rest));
        head = GroupReduce.sum(context, fade * head);
        tail = GroupReduce.sum(context, fade * tail);

        float sum = 1f + rest;
        float logSum = log1p(rest);
        float targetP = TornadoMath.exp(targetLogit - largest) / sum;
        float otherP = (head + tail) / sum;
        float reward = 1f;
        if (beta != 0f) {
            reward = TornadoMath.exp(beta * TornadoMath.log(TornadoMath.max(otherP, Shaping.ONE_MINUS_P_FLOOR)));
        }
        float others = (lambdaHead * head + lambdaTail * tail) / sum;
        float objective = reward + others;
        float inHead = x < GpuTopK.ranksBefore(targetLogit, bound, boundIndex + 1) ? 1f : 0f;
        if (t == 0) {
            int to = statisticsAt + row * RowStatistics.COLUMNS;
            rows.set(to + RowStatistics.COUNTED, counted);
            rows.set(to + RowStatistics.OBJECTIVE, counted * objective);
            rows.set(to + RowStatistics.NLL, counted * (largest - targetLogit + logSum));
            rows.set(to + RowStatistics.ENTROPY, counted * (logSum + spread / sum));
            rows.set(to + RowStatistics.TOP_K_MASS, counted * (head / sum + inHead * targetP));
            rows.set(to + RowStatistics.TARGET_PROBABILITY, counted * targetP);
            rows.set(to + RowStatistics.RANK_ONE, x == best ? counted : 0f);
            rows.set(to + RowStatistics.TARGET_IN_TOP_K, counted * inHead);
        }
        if (gradient != 0) {
            float factor = -counted * scale.get(scaleAt);
            float targetSlope = factor * (reward * otherP - targetP * others);
            for (int i = t; i < width; i += GROUP) {
                float z = rows.get(at + i);
                float p = TornadoMath.exp(z - largest) / sum;
                float lambda = i < GpuTopK.ranksBefore(z, bound, boundIndex + 1) ? lambdaHead : lambdaTail;
                float slope = factor * p * (lambda - objective);
                rows.set(at + i, i == x ? targetSlope : slope);
            }
        }
    }
}
