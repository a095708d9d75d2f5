package org.llmrlpt.kernels.gpu;

import static org.llmrlpt.kernels.gpu.GroupReduce.GROUP;
import static org.llmrlpt.kernels.gpu.GroupReduce.LOWEST;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/**
 * The exact k-th largest element of a row of finite numbers, among equals by index. To the k belongs what is larger, or
 * equal with an index not above.
 */
final class GpuTopK {
    /** Elements of a row that local memory can hold for the final ranking. */
    static final int CANDIDATES = 1024;
    /** Elements among them that one thread may list: twice its share. */
    private static final int MINE = 2 * CANDIDATES / GROUP;
    /** More than bisection between any two floats can need. */
    private static final int MAX_STEPS = 400;

    private GpuTopK() {
    }

    /**
     * Index of the k-th largest of the {@code width} elements of x from {@code at} on, among equals by index, or -1 if
     * too many come into question: then {@link #searchedIndex} finds it. (One method would be more than TornadoVM
     * inlines.) The GROUP threads of a group call it together and all get it.
     *
     * <p>Each thread takes the largest of its share of the row. The k-th largest of these maxima is a lower bound of
     * the k-th largest element, and few elements reach it (about 200 for k = 100): those are listed in local memory and
     * ranked exactly: the row is read twice. Each thread lists up to MINE of its share, and the lists are joined. More
     * reach the bound when k is above GROUP, or when many elements are equal.
     */
    static int rankedIndex(KernelContext context, FloatArray x, int at, int width, int k) {
        float[] values = context.allocateFloatLocalArray(CANDIDATES);
        int[] indices = context.allocateIntLocalArray(CANDIDATES);
        float[] own = context.allocateFloatLocalArray(MINE * GROUP);
        int[] ownIndices = context.allocateIntLocalArray(MINE * GROUP);
        float[] scratch = context.allocateFloatLocalArray(GROUP);
        int[] counts = context.allocateIntLocalArray(GROUP);
        float[] found = context.allocateFloatLocalArray(1);
        int[] foundIndex = context.allocateIntLocalArray(1);
        int t = context.localIdx;

        float largest = LOWEST;
        for (int i = t; i < width; i += GROUP) {
            largest = TornadoMath.max(largest, x.get(at + i));
        }
        if (t == 0) {
            found[0] = LOWEST;
            foundIndex[0] = -1;
        }
        scratch[t] = largest;
        context.localBarrier();
        int rank = 0;
        for (int j = 0; j < GROUP; j++) {
            if (j < ranksBefore(scratch[j], largest, t)) {
                rank++;
            }
        }
        if (width > CANDIDATES && rank == k - 1) {
            found[0] = largest;
        }
        context.localBarrier();
        float low = found[0];

        int mine = 0;
        for (int i = t; i < width; i += GROUP) {
            float value = x.get(at + i);
            if (value >= low) {
                if (mine < MINE) {
                    own[mine * GROUP + t] = value;
                    ownIndices[mine * GROUP + t] = i;
                }
                mine++;
            }
        }
        counts[t] = mine;
        context.localBarrier();
        int slot = 0;
        int total = 0;
        int most = 0;
        for (int j = 0; j < GROUP; j++) {
            int count = counts[j];
            if (j < t) {
                slot += count;
            }
            total += count;
            most = TornadoMath.max(most, count);
        }
        int listed = total <= CANDIDATES ? total : 0;
        listed = most <= MINE ? listed : 0;
        int kept = listed > 0 ? mine : 0;
        for (int j = 0; j < kept; j++) {
            values[slot + j] = own[j * GROUP + t];
            indices[slot + j] = ownIndices[j * GROUP + t];
        }
        context.localBarrier();
        for (int c = t; c < listed; c += GROUP) {
            float value = values[c];
            int index = indices[c];
            int better = 0;
            for (int j = 0; j < listed; j++) {
                if (indices[j] < ranksBefore(values[j], value, index)) {
                    better++;
                }
            }
            if (better == k - 1) {
                foundIndex[0] = index;
            }
        }
        context.localBarrier();
        return foundIndex[0];
    }

    /**
     * {@code ranked}, the result of {@link #rankedIndex}, unless that is -1: then bisection finds the value, by
     * counting, until two neighbouring floats are left, and then the index.
     */
    static int searchedIndex(KernelContext context, FloatArray x, int at, int width, int k, int ranked) {
        float[] scratch = context.allocateFloatLocalArray(GROUP);
        int t = context.localIdx;
        // All threads agree on how often the loops run, since they contain barriers.
        int steps = ranked < 0 ? MAX_STEPS : 0;
        int searched = ranked < 0 ? width : 0;
        float largest = LOWEST;
        float smallest = -LOWEST;
        for (int i = t; i < searched; i += GROUP) {
            float value = x.get(at + i);
            largest = TornadoMath.max(largest, value);
            smallest = TornadoMath.min(smallest, value);
        }
        float low = GroupReduce.min(context, smallest);
        float high = GroupReduce.max(context, largest);
        float middle = high;
        while (steps > 0) {
            float count = 0f;
            for (int i = t; i < searched; i += GROUP) {
                if (x.get(at + i) >= middle) {
                    count += 1f;
                }
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
            low = reached >= k ? middle : low;
            high = reached >= k ? high : middle;
            middle = 0.5f * low + 0.5f * high;
            steps = middle > low ? steps - 1 : 0;
            steps = middle < high ? steps : 0;
        }
        float least = -LOWEST;
        for (int i = t; i < searched; i += GROUP) {
            float other = x.get(at + i);
            if (other >= low) {
                least = TornadoMath.min(least, other);
            }
        }
        least = GroupReduce.min(context, least);
        float above = 0f;
        for (int i = t; i < searched; i += GROUP) {
            if (x.get(at + i) > least) {
                above += 1f;
            }
        }
        float equals = k - GroupReduce.sum(context, above);
        int first = 0;
        int last = searched - 1;
        while (first < last) {
            int middleIndex = (first + last) >> 1;
            float count = 0f;
            for (int i = t; i <= middleIndex; i += GROUP) {
                if (x.get(at + i) == least) {
                    count += 1f;
                }
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
        return searched > 0 ? first : ranked;
    }

    /**
     * The index below which an element of value {@code other} ranks before the element {@code value} at {@code index}.
     * One comparison at a time: TornadoVM compiles conditions that mix "and" and "or" to wrong code.
     */
    static int ranksBefore(float other, float value, int index) {
        int limit = other == value ? index : 0;
        return other > value ? Integer.MAX_VALUE : limit;
    }
}
