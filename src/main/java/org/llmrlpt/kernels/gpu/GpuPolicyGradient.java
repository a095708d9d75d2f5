package org.llmrlpt.kernels.gpu;

import static org.llmrlpt.kernels.gpu.GroupReduce.GROUP;
import static org.llmrlpt.kernels.gpu.GroupReduce.LOWEST;

import org.llmrlpt.kernels.SampledTokens;
import org.llmrlpt.kernels.SurrogateStatistics;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** The clipped surrogate of GRPO on rows of logits. */
final class GpuPolicyGradient {
    private GpuPolicyGradient() {
    }

    /**
     * Statistics of each row, and in place of the logits the loss's gradient if {@code gradient} is not 0, in the form
     * of {@link org.llmrlpt.kernels.Kernels#policyGradient}. tokens is [n, {@link SampledTokens#COLUMNS}]; one array
     * holds the logits [n, V] and the statistics [n, {@link SurrogateStatistics#COLUMNS}]; one group of GROUP threads
     * for each row.
     *
     * <p>1 - p_x is the mass of the other tokens, and log-probabilities take log1p of the mass beside the largest
     * logit, so that nearly certain tokens keep their digits. The logits are read once for the statistics, with sums
     * that fade when a larger logit comes as in {@link GpuHead#kObjective}, and once more for the gradient.
     */
    static void kPolicyGradient(KernelContext context, IntArray targets, int targetsAt, FloatArray tokens, int tokensAt,
        FloatArray rows, int logitsAt, int statisticsAt, int width, float factor, float clipLow, float clipHigh,
        float kl, int gradient) {
        int t = context.localIdx;
        int row = context.groupIdx;
        int at = logitsAt + row * width;
        int target = targets.get(targetsAt + row);
        float counted = target < 0 ? 0f : 1f;
        int x = TornadoMath.max(target, 0);
        float targetLogit = factor * rows.get(at + x);

        float mine = LOWEST;
        int mineIndex = width;
        float rest = 0f;
        float spread = 0f;
        float others = 0f;
        for (int i = t; i < width; i += GROUP) {
            float z = factor * rows.get(at + i);
            float e = 1f;
            if (z > mine) {
                float fall = z - mine;
                float fade = TornadoMath.exp(-fall);
                spread = fade * (spread + fall * (1f + rest));
                rest = fade * (1f + rest);
                others = fade * others;
                mine = z;
                mineIndex = i;
            } else {
                e = TornadoMath.exp(z - mine);
                rest += e;
                spread += e * (mine - z);
            }
            if (i != x) {
                others += e;
            }
        }
        float largest = GroupReduce.max(context, mine);
        int best = (int) GroupReduce.min(context, mine == largest ? mineIndex : width);
        float fall = largest - mine;
        float fade = TornadoMath.exp(-fall);
        spread = GroupReduce.sum(context, fade * (spread + fall * (1f + rest)));
        rest = GroupReduce.sum(context, mineIndex == best ? rest : fade * (1f + rest));
        others = GroupReduce.sum(context, fade * others);

        float sum = 1f + rest;
        float logSum = GpuHead.log1p(rest);
        float logP = targetLogit - largest - logSum;
        int known = tokensAt + row * SampledTokens.COLUMNS;
        float advantage = tokens.get(known + SampledTokens.ADVANTAGE);
        float weight = counted * tokens.get(known + SampledTokens.WEIGHT);
        float ratio = TornadoMath.exp(logP - tokens.get(known + SampledTokens.OLD_LOG_P));
        float low = 0f;
        float high = 0f;
        float clipped = ratio;
        if (advantage < 0f && ratio < 1f - clipLow) {
            low = counted;
            clipped = 1f - clipLow;
        }
        if (advantage > 0f && ratio > 1f + clipHigh) {
            high = counted;
            clipped = 1f + clipHigh;
        }
        float slope = clipped == ratio ? -weight * ratio * advantage : 0f;
        float k3 = 0f;
        if (kl != 0f) {
            float away = tokens.get(known + SampledTokens.REFERENCE_LOG_P) - logP;
            float e = expm1(away);
            k3 = TornadoMath.abs(away) < 0.1f ? k3Series(away) : e - away;
            slope -= weight * kl * e;
        }
        if (t == 0) {
            int to = statisticsAt + row * SurrogateStatistics.COLUMNS;
            rows.set(to + SurrogateStatistics.COUNTED, counted);
            rows.set(to + SurrogateStatistics.LOG_P, counted * logP);
            rows.set(to + SurrogateStatistics.ENTROPY, counted * (logSum + spread / sum));
            rows.set(to + SurrogateStatistics.RATIO, counted * ratio);
            rows.set(to + SurrogateStatistics.LOSS, -weight * (clipped * advantage - kl * k3));
            rows.set(to + SurrogateStatistics.CLIPPED_LOW, low);
            rows.set(to + SurrogateStatistics.CLIPPED_HIGH, high);
            rows.set(to + SurrogateStatistics.KL, counted * k3);
        }
        if (gradient != 0) {
            float unit = slope * factor / sum;
            for (int i = t; i < width; i += GROUP) {
                float e = TornadoMath.exp(factor * rows.get(at + i) - largest);
                rows.set(at + i, i == x ? unit * others : -unit * e);
            }
        }
    }

    /** e^x - 1, also where e^x rounds to 1. */
    private static float expm1(float x) {
        return TornadoMath.abs(x) < 0.1f ? x + k3Series(x) : TornadoMath.exp(x) - 1f;
    }

    /** e^x - 1 - x for |x| < 0.1, where the subtraction would leave no digits. */
    private static float k3Series(float x) {
        return x * x * (0.5f + x * (1f / 6f + x * (1f / 24f + x * (1f / 120f + x * (1f / 720f)))));
    }
}
