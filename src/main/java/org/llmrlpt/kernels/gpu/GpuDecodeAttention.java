package org.llmrlpt.kernels.gpu;

import static org.llmrlpt.kernels.gpu.GroupReduce.GROUP;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** Attention of single queries over the cache, with a running maximum and sum over tiles of keys. */
final class GpuDecodeAttention {
    /** Largest head width: each thread of a group has one column of the values. */
    static final int MAX_WIDTH = GROUP;
    /** Query heads that a group computes together, sharing its reads of keys and values. */
    static final int HEADS = 8;
    /** A running maximum before any key. */
    private static final float LEAST = -1e30f;

    private GpuDecodeAttention() {
    }

    /**
     * out[r] = softmax(q[r] kᵀ / sqrt(D)) v over rows 0 to positions[r] of slot slots[r]; slot -1 makes the row zero.
     * q and out are (offset, row stride) pairs; {@code shape} is the pair (length of a slot, head width),
     * {@code headCounts} the pair (query heads H, key/value heads G). Groups of GROUP threads: (R G, number of
     * {@link #HEADS} in H/G). A thread has one key of a tile when scores are computed, then one column of the values.
     */
    static void kDecodeAttention(KernelContext context, FloatArray q, long qPlace, FloatArray cache, int keysAt,
        int valuesAt, IntArray ints, int slotsAt, int positionsAt, FloatArray out, long outPlace, long shape,
        long headCounts) {
        float[] queries = context.allocateFloatLocalArray(HEADS * MAX_WIDTH);
        float[] weights = context.allocateFloatLocalArray(HEADS * GROUP);
        float[] sums = new float[HEADS];
        float[] largest = new float[HEADS];
        float[] mass = new float[HEADS];
        float[] dots = new float[HEADS];
        int length = Pair.first(shape);
        int width = Pair.second(shape);
        int whole = width / 4 * 4;
        int kvHeads = Pair.second(headCounts);
        int perGroup = Pair.first(headCounts) / kvHeads;
        int row = context.groupIdx / kvHeads;
        int kvHead = context.groupIdx % kvHeads;
        int firstHead = context.groupIdy * HEADS;
        int heads = TornadoMath.min(HEADS, perGroup - firstHead);
        int t = context.localIdx;
        int slot = ints.get(slotsAt + row);
        int keys = slot < 0 ? 0 : ints.get(positionsAt + row) + 1;
        int column = (kvHead * perGroup + firstHead) * width;
        int qAt = Pair.first(qPlace) + row * Pair.second(qPlace) + column;
        int outAt = Pair.first(outPlace) + row * Pair.second(outPlace) + column;
        int pitch = kvHeads * width;
        int first = TornadoMath.max(slot, 0) * length * pitch + kvHead * width;
        float scale = 1f / TornadoMath.sqrt(width);
        for (int h = 0; h < HEADS; h++) {
            sums[h] = 0f;
            largest[h] = LEAST;
            mass[h] = 0f;
        }
        for (int i = t; i < heads * width; i += GROUP) {
            queries[i] = q.get(qAt + i);
        }
        context.localBarrier();
        for (int firstKey = 0; firstKey < keys; firstKey += GROUP) {
            int key = firstKey + t;
            int tile = TornadoMath.min(GROUP, keys - firstKey);
            for (int h = 0; h < HEADS; h++) {
                dots[h] = 0f;
            }
            if (key < keys) {
                int kAt = keysAt + first + key * pitch;
                // TornadoVM keeps the private array of dots in memory: read and written once for four columns.
                for (int d = 0; d < whole; d += 4) {
                    float k0 = cache.get(kAt + d);
                    float k1 = cache.get(kAt + d + 1);
                    float k2 = cache.get(kAt + d + 2);
                    float k3 = cache.get(kAt + d + 3);
                    for (int h = 0; h < heads; h++) {
                        int from = h * width + d;
                        float dot = dots[h];
                        dot += queries[from] * k0;
                        dot += queries[from + 1] * k1;
                        dot += queries[from + 2] * k2;
                        dot += queries[from + 3] * k3;
                        dots[h] = dot;
                    }
                }
                for (int d = whole; d < width; d++) {
                    float value = cache.get(kAt + d);
                    for (int h = 0; h < heads; h++) {
                        dots[h] = dots[h] + queries[h * width + d] * value;
                    }
                }
            }
            for (int h = 0; h < heads; h++) {
                weights[h * GROUP + t] = scale * dots[h];
            }
            context.localBarrier();
            for (int h = 0; h < heads; h++) {
                float newLargest = largest[h];
                for (int j = 0; j < tile; j++) {
                    newLargest = TornadoMath.max(newLargest, weights[h * GROUP + j]);
                }
                float fade = TornadoMath.exp(largest[h] - newLargest);
                float sum = 0f;
                float weighted = 0f;
                int vAt = valuesAt + first + firstKey * pitch + TornadoMath.min(t, width - 1);
                for (int j = 0; j < tile; j++) {
                    float weight = TornadoMath.exp(weights[h * GROUP + j] - newLargest);
                    sum += weight;
                    weighted += weight * cache.get(vAt + j * pitch);
                }
                largest[h] = newLargest;
                mass[h] = mass[h] * fade + sum;
                sums[h] = sums[h] * fade + weighted;
            }
            context.localBarrier();
        }
        if (t < width) {
            for (int h = 0; h < heads; h++) {
                out.set(outAt + h * width + t, keys > 0 ? sums[h] / mass[h] : 0f);
            }
        }
    }
}
