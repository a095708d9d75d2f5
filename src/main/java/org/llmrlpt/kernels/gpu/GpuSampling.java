package org.llmrlpt.kernels.gpu;

import static org.llmrlpt.kernels.gpu.GroupReduce.GROUP;
import static org.llmrlpt.kernels.gpu.GroupReduce.LOWEST;

import org.llmrlpt.kernels.DrawStatistics;
import org.llmrlpt.kernels.Philox;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** Draws a token from each row of logits. */
final class GpuSampling {
    /** More than bisection between any two floats can need. */
    private static final int MAX_STEPS = 400;
    /** Its exponential is 0; lower ones could give 0 times infinity. */
    private static final float LEAST = -200f;
    /** Times this, no positive number rounds to itself. */
    private static final float BELOW_ONE = 1f - 1f / (1 << 23);

    private GpuSampling() {
    }

    /**
     * As {@link org.llmrlpt.kernels.Kernels#sample}, but for the drawn tokens, which {@link #kKeepDrawn} puts where the
     * next step finds them. One group of GROUP threads for each row of logits [R, width]; a thread draws from a run of
     * neighbouring ids.
     *
     * <p>Both cuts are one search: the largest logit such that the weights of all that reach it, each 1 for top-k and
     * its probability for top-p, come to the goal, by bisection until two neighbouring floats are left; then the last
     * index among those equal to it. An id stays if it ranks before (bound, boundIndex).
     */
    static void kSample(KernelContext context, IntArray ints, int slotsAt, int drawsAt, int choiceAt, FloatArray scales,
        int scalesAt, FloatArray logits, int logitsAt, int logitsStride, FloatArray statistics, int statisticsAt,
        int allowed, int width) {
        float[] scratch = context.allocateFloatLocalArray(GROUP);
        int t = context.localIdx;
        int row = context.groupIdx;
        int at = logitsAt + row * logitsStride;
        float factor = scales.get(scalesAt);
        float topP = scales.get(scalesAt + 1);
        int k = ints.get(choiceAt + 2);

        float mine = LOWEST;
        int mineIndex = width;
        float mineAllowed = LOWEST;
        float leastAllowed = -LOWEST;
        for (int i = t; i < width; i += GROUP) {
            float z = logits.get(at + i);
            if (z > mine) {
                mine = z;
                mineIndex = i;
            }
            if (i < allowed) {
                mineAllowed = TornadoMath.max(mineAllowed, z);
                leastAllowed = TornadoMath.min(leastAllowed, z);
            }
        }
        float largest = GroupReduce.max(context, mine);
        int best = (int) GroupReduce.min(context, mine == largest ? mineIndex : width);
        float highest = GroupReduce.max(context, mineAllowed);
        float lowest = GroupReduce.min(context, leastAllowed);
        float rest = 0f;
        float spread = 0f;
        for (int i = t; i < width; i += GROUP) {
            float d = TornadoMath.max((logits.get(at + i) - largest) * factor, LEAST);
            if (i != best) {
                rest += TornadoMath.exp(d);
                spread -= TornadoMath.exp(d) * d;
            }
        }
        rest = GroupReduce.sum(context, rest);
        spread = GroupReduce.sum(context, spread);
        float logSum = GpuHead.log1p(rest);

        float bound = lowest;
        int boundIndex = width;
        for (int cut = 0; cut < 2; cut++) {
            float goal = k;
            int wanted = k > 0 ? TornadoMath.max(allowed - k, 0) : 0;
            if (cut == 1) {
                float kept = 0f;
                for (int i = t; i < allowed; i += GROUP) {
                    float z = logits.get(at + i);
                    if (i < GpuTopK.ranksBefore(z, bound, boundIndex + 1)) {
                        kept += TornadoMath.exp((z - highest) * factor);
                    }
                }
                scratch[t] = kept;
                context.localBarrier();
                for (int half = GROUP >> 1; half > 0; half >>= 1) {
                    if (t < half) {
                        scratch[t] = scratch[t] + scratch[t + half];
                    }
                    context.localBarrier();
                }
                goal = topP * scratch[0];
                wanted = topP < 1f ? 1 : 0;
                context.localBarrier();
            }
            float low = bound;
            float high = highest;
            float middle = high;
            int steps = wanted > 0 ? MAX_STEPS : 0;
            int searched = wanted > 0 ? allowed : 0;
            while (steps > 0) {
                float weight = 0f;
                for (int i = t; i < allowed; i += GROUP) {
                    float z = logits.get(at + i);
                    float one = cut == 0 ? 1f : TornadoMath.exp((z - highest) * factor);
                    int limit = z >= middle ? GpuTopK.ranksBefore(z, bound, boundIndex + 1) : 0;
                    weight += i < limit ? one : 0f;
                }
                scratch[t] = weight;
                context.localBarrier();
                for (int half = GROUP >> 1; half > 0; half >>= 1) {
                    if (t < half) {
                        scratch[t] = scratch[t] + scratch[t + half];
                    }
                    context.localBarrier();
                }
                float reached = scratch[0];
                context.localBarrier();
                low = reached >= goal ? middle : low;
                high = reached >= goal ? high : middle;
                middle = 0.5f * low + 0.5f * high;
                steps = middle > low ? steps - 1 : 0;
                steps = middle < high ? steps : 0;
            }
            // low is the bound or just below it: the bound is the smallest logit from there on.
            float least = -LOWEST;
            for (int i = t; i < searched; i += GROUP) {
                float z = logits.get(at + i);
                least = z >= low ? TornadoMath.min(least, z) : least;
            }
            scratch[t] = least;
            context.localBarrier();
            for (int half = GROUP >> 1; half > 0; half >>= 1) {
                if (t < half) {
                    scratch[t] = TornadoMath.min(scratch[t], scratch[t + half]);
                }
                context.localBarrier();
            }
            least = scratch[0];
            context.localBarrier();
            float above = 0f;
            for (int i = t; i < searched; i += GROUP) {
                float z = logits.get(at + i);
                float one = cut == 0 ? 1f : TornadoMath.exp((z - highest) * factor);
                above += z > least ? one : 0f;
            }
            scratch[t] = above;
            context.localBarrier();
            for (int half = GROUP >> 1; half > 0; half >>= 1) {
                if (t < half) {
                    scratch[t] = scratch[t] + scratch[t + half];
                }
                context.localBarrier();
            }
            float one = cut == 0 ? 1f : TornadoMath.exp((least - highest) * factor);
            float equals = TornadoMath.max(1f, TornadoMath.ceil((goal - scratch[0]) / one));
            context.localBarrier();
            int first = 0;
            int last = searched - 1;
            while (first < last) {
                int middleIndex = (first + last) >> 1;
                float count = 0f;
                for (int i = t; i <= middleIndex; i += GROUP) {
                    count += logits.get(at + i) == least ? 1f : 0f;
                }
                scratch[t] = count;
                context.localBarrier();
                for (int half = GROUP >> 1; half > 0; half >>= 1) {
                    if (t < half) {
                        scratch[t] = scratch[t] + scratch[t + half];
                    }
                    context.localBarrier();
                }
                float reached = scratch[0];
                context.localBarrier();
                last = reached >= equals ? middleIndex : last;
                first = reached >= equals ? first : middleIndex + 1;
            }
            // Among equals the first search may have left fewer than there are.
            int limit = least == bound ? boundIndex : width;
            boundIndex = searched > 0 ? TornadoMath.min(first, limit) : boundIndex;
            bound = searched > 0 ? least : bound;
        }

        int run = (allowed + GROUP - 1) / GROUP;
        int from = TornadoMath.min(t * run, allowed);
        int to = TornadoMath.min(from + run, allowed);
        float kept = 0f;
        for (int i = from; i < to; i++) {
            float z = logits.get(at + i);
            if (i < GpuTopK.ranksBefore(z, bound, boundIndex + 1)) {
                kept += TornadoMath.exp((z - highest) * factor);
            }
        }
        scratch[t] = kept;
        context.localBarrier();
        float before = 0f;
        float total = 0f;
        for (int j = 0; j < GROUP; j++) {
            before = j == t ? total : before;
            total += scratch[j];
        }
        int draw = drawsAt + 3 * row;
        float target = total * Philox.uniform(ints.get(choiceAt), ints.get(choiceAt + 1), ints.get(draw),
            ints.get(draw + 1), ints.get(draw + 2));
        target = TornadoMath.min(target, total * BELOW_ONE);
        int token = width;
        float end = before + kept;
        int walked = target >= before && target < end ? to : from;
        float mass = 0f;
        for (int i = from; i < walked; i++) {
            float z = logits.get(at + i);
            if (i < GpuTopK.ranksBefore(z, bound, boundIndex + 1)) {
                float next = mass + TornadoMath.exp((z - highest) * factor);
                token = mass <= target - before && next > mass ? i : token;
                mass = next;
            }
        }
        int drawn = (int) GroupReduce.min(context, token);
        drawn = drawn < width ? drawn : 0;
        int slot = ints.get(slotsAt + row);
        if (t == 0) {
            int place = statisticsAt + row * DrawStatistics.COLUMNS;
            float d = (logits.get(at + drawn) - largest) * factor;
            statistics.set(place + DrawStatistics.TOKEN, slot < 0 ? 0f : drawn);
            statistics.set(place + DrawStatistics.LOG_PROBABILITY, slot < 0 ? 0f : d - logSum);
            statistics.set(place + DrawStatistics.ENTROPY, slot < 0 ? 0f : logSum + spread / (1f + rest));
        }
    }

    /** drawn[slots[r]] = the token of row r of the statistics, for the rows that have a slot. */
    static void kKeepDrawn(KernelContext context, FloatArray statistics, int statisticsAt, IntArray ints, int slotsAt,
        int drawnAt, int n) {
        int r = context.globalIdx;
        if (r < n) {
            int slot = ints.get(slotsAt + r);
            if (slot >= 0) {
                ints.set(drawnAt + slot, (int) statistics.get(statisticsAt + r * DrawStatistics.COLUMNS));
            }
        }
    }
}
