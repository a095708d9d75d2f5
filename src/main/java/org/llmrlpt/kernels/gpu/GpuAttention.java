package org.llmrlpt.kernels.gpu;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * Causal grouped-query attention inside documents, in tiles of TILE queries by TILE keys: no length x length matrix.
 * Work-groups of TILE x TILE threads; a thread has one (query, key) pair of a tile when scores are computed, and every
 * TILE-th column of one row when rows are accumulated.
 *
 * <p>Matrices come as (array, {@link Pair} of offset and row stride): a task has at most 20 parameters.
 * {@code shape} is the pair (length, head width), {@code headCounts} the pair (query heads H, key/value heads G).
 * start[t] never falls, so the first row of a tile has the earliest start. Kernels spell out their loads and dot
 * products, because TornadoVM addresses a local array wrongly in a method that got it as an argument.
 */
final class GpuAttention {
    /** Queries and keys in a tile. */
    static final int TILE = 16;
    /** Largest head width that the local arrays hold. */
    static final int MAX_WIDTH = 128;
    /** A tile's row in local memory: one more than its columns, so that rows begin in different memory banks. */
    static final int PITCH = MAX_WIDTH + 1;
    /** Columns of a row that one thread accumulates. */
    static final int MINE = MAX_WIDTH / TILE;
    /** A score that no key has: finite, since relaxed arithmetic has no infinity, and far below any real one. */
    private static final float MASKED = -1e30f;

    private GpuAttention() {
    }

    /**
     * out = softmax(q kᵀ / sqrt(D)) v with a running maximum and sum, lse = log-sum-exp of the scaled scores [R, H].
     * One group for a tile of queries of one head; groups: (sequences times tiles, H). out and lse are in one array.
     */
    static void kAttention(KernelContext context, FloatArray q, long qPlace, FloatArray k, long kPlace, FloatArray v,
        long vPlace, IntArray starts, int startsAt, FloatArray out, long outPlace, int lseAt, long shape,
        long headCounts) {
        float[] qTile = context.allocateFloatLocalArray(TILE * PITCH);
        float[] kvTile = context.allocateFloatLocalArray(TILE * PITCH);
        float[] scores = context.allocateFloatLocalArray(TILE * TILE);
        float[] sums = new float[MINE];
        int length = Pair.first(shape);
        int width = Pair.second(shape);
        int heads = Pair.first(headCounts);
        int head = context.groupIdy;
        int kvHead = head / (heads / Pair.second(headCounts));
        int tiles = (length + TILE - 1) / TILE;
        int base = context.groupIdx / tiles * length;
        int firstQuery = context.groupIdx % tiles * TILE;
        int x = context.localIdx;
        int y = context.localIdy;
        int query = firstQuery + y;
        int qAt = Pair.first(qPlace) + base * Pair.second(qPlace) + head * width;
        int kAt = Pair.first(kPlace) + base * Pair.second(kPlace) + kvHead * width;
        int vAt = Pair.first(vPlace) + base * Pair.second(vPlace) + kvHead * width;
        int end = TornadoMath.min(firstQuery + TILE, length);
        int start = length;
        int last = -1;
        if (query < length) {
            start = starts.get(startsAt + base + query);
            last = query;
        }
        float scale = 1f / TornadoMath.sqrt(width);
        float largest = MASKED;
        float mass = 0f;
        for (int j = 0; j < MINE; j++) {
            sums[j] = 0f;
        }
        for (int d = x; d < width; d += TILE) {
            float qValue = 0f;
            if (firstQuery + y < length) {
                qValue = q.get(qAt + (firstQuery + y) * Pair.second(qPlace) + d);
            }
            qTile[y * PITCH + d] = qValue;
        }
        for (int firstKey = starts.get(startsAt + base + firstQuery); firstKey < end; firstKey += TILE) {
            for (int d = x; d < width; d += TILE) {
                float value = 0f;
                if (firstKey + y < end) {
                    value = k.get(kAt + (firstKey + y) * Pair.second(kPlace) + d);
                }
                kvTile[y * PITCH + d] = value;
            }
            context.localBarrier();
            int key = firstKey + x;
            float score = MASKED;
            if (key >= start && key <= last) {
                float dot = 0f;
                for (int d = 0; d < width; d++) {
                    dot += qTile[y * PITCH + d] * kvTile[x * PITCH + d];
                }
                score = scale * dot;
            }
            scores[y * TILE + x] = score;
            context.localBarrier();
            float newLargest = largest;
            for (int j = 0; j < TILE; j++) {
                newLargest = TornadoMath.max(newLargest, scores[y * TILE + j]);
            }
            context.localBarrier();
            scores[y * TILE + x] = score > MASKED ? TornadoMath.exp(score - newLargest) : 0f;
            for (int d = x; d < width; d += TILE) {
                float value = 0f;
                if (firstKey + y < end) {
                    value = v.get(vAt + (firstKey + y) * Pair.second(vPlace) + d);
                }
                kvTile[y * PITCH + d] = value;
            }
            context.localBarrier();
            float fade = TornadoMath.exp(largest - newLargest);
            largest = newLargest;
            mass = mass * fade;
            for (int j = 0; j < TILE; j++) {
                mass += scores[y * TILE + j];
            }
            for (int j = 0; j < MINE; j++) {
                int d = x + j * TILE;
                if (d < width) {
                    float sum = sums[j] * fade;
                    for (int l = 0; l < TILE; l++) {
                        sum += scores[y * TILE + l] * kvTile[l * PITCH + d];
                    }
                    sums[j] = sum;
                }
            }
            context.localBarrier();
        }
        if (query < length) {
            int outAt = Pair.first(outPlace) + (base + query) * Pair.second(outPlace) + head * width;
            for (int j = 0; j < MINE; j++) {
                int d = x + j * TILE;
                if (d < width) {
                    out.set(outAt + d, sums[j] / mass);
                }
            }
            if (x == 0) {
                out.set(lseAt + (base + query) * heads + head, largest + TornadoMath.log(mass));
            }
        }
    }
}
