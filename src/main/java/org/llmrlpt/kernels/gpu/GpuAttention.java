package org.llmrlpt.kernels.gpu;

import org.llmrlpt.kernels.SeenKeys;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * Causal grouped-query attention inside documents, in tiles of QUERIES queries by as many keys: no length x length
 * matrix. Work-groups of TILE x TILE threads; a thread has 2 x 2 (query, key) pairs of a tile when scores are computed,
 * so that four numbers from local memory serve four products, and every TILE-th column of two rows when rows are
 * accumulated.
 *
 * <p>Matrices come as (array, {@link Pair} of offset and row stride): a task has at most 20 parameters.
 * {@code shape} is the pair (length, head width), {@code headCounts} the pair (query heads H, key/value heads G).
 * A key that a query leaves out is left out by all behind it ({@link SeenKeys}), so the first query of a tile sees its
 * first key, and no query of the tile sees what lies in the first one's gap. Kernels spell out their loads and dot
 * products, because TornadoVM addresses a local array wrongly in a method that got it as an argument.
 */
final class GpuAttention {
    /** Threads of a work-group in each of its two dimensions, in the backward pass too. */
    static final int TILE = 16;
    /** Queries, and keys, in a tile: two for each thread. */
    static final int QUERIES = 2 * TILE;
    /** Largest head width that the local arrays hold. */
    static final int MAX_WIDTH = 128;
    /** A tile's row in local memory: one more than its columns, so that rows begin in different memory banks. */
    private static final int PITCH = MAX_WIDTH + 1;
    /** Columns of a row that one thread accumulates. */
    private static final int MINE = MAX_WIDTH / TILE;
    /** From one query's scores to the next one's, for the same reason. */
    private static final int SCORES = QUERIES + 1;
    /** A score that no key has: finite, since relaxed arithmetic has no infinity, and far below any real one. */
    private static final float MASKED = -1e30f;

    private GpuAttention() {
    }

    /**
     * out = softmax(q kᵀ / sqrt(D)) v with a running maximum and sum, lse = log-sum-exp of the scaled scores [R, H].
     * One group for a tile of queries of one head; groups: (sequences times tiles, H). out and lse are in one array.
     */
    static void kAttention(KernelContext context, FloatArray q, long qPlace, FloatArray k, long kPlace, FloatArray v,
        long vPlace, IntArray seen, int seenAt, FloatArray out, long outPlace, int lseAt, long shape,
        long headCounts) {
        float[] qTile = context.allocateFloatLocalArray(QUERIES * PITCH);
        float[] kvTile = context.allocateFloatLocalArray(QUERIES * PITCH);
        float[] scores = context.allocateFloatLocalArray(QUERIES * SCORES);
        float[] sums = new float[2 * MINE];
        int length = Pair.first(shape);
        int width = Pair.second(shape);
        int heads = Pair.first(headCounts);
        int head = context.groupIdy;
        int kvHead = head / (heads / Pair.second(headCounts));
        int tiles = (length + QUERIES - 1) / QUERIES;
        int base = context.groupIdx / tiles * length;
        int firstQuery = context.groupIdx % tiles * QUERIES;
        int x = context.localIdx;
        int y = context.localIdy;
        int query0 = firstQuery + y;
        int query1 = query0 + TILE;
        int qAt = Pair.first(qPlace) + base * Pair.second(qPlace) + head * width;
        int kAt = Pair.first(kPlace) + base * Pair.second(kPlace) + kvHead * width;
        int vAt = Pair.first(vPlace) + base * Pair.second(vPlace) + kvHead * width;
        int end = TornadoMath.min(firstQuery + QUERIES, length);
        int first0 = length;
        int gap0 = length;
        int gapEnd0 = length;
        if (query0 < length) {
            int at = seenAt + (base + query0) * SeenKeys.COLUMNS;
            first0 = seen.get(at);
            gap0 = seen.get(at + SeenKeys.GAP);
            gapEnd0 = seen.get(at + SeenKeys.GAP_END);
        }
        int first1 = length;
        int gap1 = length;
        int gapEnd1 = length;
        if (query1 < length) {
            int at = seenAt + (base + query1) * SeenKeys.COLUMNS;
            first1 = seen.get(at);
            gap1 = seen.get(at + SeenKeys.GAP);
            gapEnd1 = seen.get(at + SeenKeys.GAP_END);
        }
        int firstSeen = seenAt + (base + firstQuery) * SeenKeys.COLUMNS;
        int gap = seen.get(firstSeen + SeenKeys.GAP);
        int gapEnd = seen.get(firstSeen + SeenKeys.GAP_END);
        float scale = 1f / TornadoMath.sqrt(width);
        float largest0 = MASKED;
        float largest1 = MASKED;
        float mass0 = 0f;
        float mass1 = 0f;
        for (int j = 0; j < 2 * MINE; j++) {
            sums[j] = 0f;
        }
        for (int r = y; r < QUERIES; r += TILE) {
            for (int d = x; d < width; d += TILE) {
                float value = 0f;
                if (firstQuery + r < length) {
                    value = q.get(qAt + (firstQuery + r) * Pair.second(qPlace) + d);
                }
                qTile[r * PITCH + d] = value;
            }
        }
        int firstKey = seen.get(firstSeen);
        while (firstKey < end) {
            for (int r = y; r < QUERIES; r += TILE) {
                for (int d = x; d < width; d += TILE) {
                    float value = 0f;
                    if (firstKey + r < end) {
                        value = k.get(kAt + (firstKey + r) * Pair.second(kPlace) + d);
                    }
                    kvTile[r * PITCH + d] = value;
                }
            }
            context.localBarrier();
            float dot00 = 0f;
            float dot01 = 0f;
            float dot10 = 0f;
            float dot11 = 0f;
            for (int d = 0; d < width; d++) {
                float q0 = qTile[y * PITCH + d];
                float q1 = qTile[(y + TILE) * PITCH + d];
                float k0 = kvTile[x * PITCH + d];
                float k1 = kvTile[(x + TILE) * PITCH + d];
                dot00 += q0 * k0;
                dot01 += q0 * k1;
                dot10 += q1 * k0;
                dot11 += q1 * k1;
            }
            int key0 = firstKey + x;
            int key1 = key0 + TILE;
            float score00 = MASKED;
            int from00 = key0 >= gap0 && key0 < gapEnd0 ? length : first0;
            if (key0 >= from00 && key0 <= query0) {
                score00 = scale * dot00;
            }
            float score01 = MASKED;
            int from01 = key1 >= gap0 && key1 < gapEnd0 ? length : first0;
            if (key1 >= from01 && key1 <= query0) {
                score01 = scale * dot01;
            }
            float score10 = MASKED;
            int from10 = key0 >= gap1 && key0 < gapEnd1 ? length : first1;
            if (key0 >= from10 && key0 <= query1) {
                score10 = scale * dot10;
            }
            float score11 = MASKED;
            int from11 = key1 >= gap1 && key1 < gapEnd1 ? length : first1;
            if (key1 >= from11 && key1 <= query1) {
                score11 = scale * dot11;
            }
            int row0 = y * SCORES;
            int row1 = row0 + TILE * SCORES;
            scores[row0 + x] = score00;
            scores[row0 + x + TILE] = score01;
            scores[row1 + x] = score10;
            scores[row1 + x + TILE] = score11;
            context.localBarrier();
            float newLargest0 = largest0;
            float newLargest1 = largest1;
            for (int j = 0; j < QUERIES; j++) {
                newLargest0 = TornadoMath.max(newLargest0, scores[row0 + j]);
                newLargest1 = TornadoMath.max(newLargest1, scores[row1 + j]);
            }
            context.localBarrier();
            scores[row0 + x] = score00 > MASKED ? TornadoMath.exp(score00 - newLargest0) : 0f;
            scores[row0 + x + TILE] = score01 > MASKED ? TornadoMath.exp(score01 - newLargest0) : 0f;
            scores[row1 + x] = score10 > MASKED ? TornadoMath.exp(score10 - newLargest1) : 0f;
            scores[row1 + x + TILE] = score11 > MASKED ? TornadoMath.exp(score11 - newLargest1) : 0f;
            for (int r = y; r < QUERIES; r += TILE) {
                for (int d = x; d < width; d += TILE) {
                    float value = 0f;
                    if (firstKey + r < end) {
                        value = v.get(vAt + (firstKey + r) * Pair.second(vPlace) + d);
                    }
                    kvTile[r * PITCH + d] = value;
                }
            }
            context.localBarrier();
            float fade0 = TornadoMath.exp(largest0 - newLargest0);
            float fade1 = TornadoMath.exp(largest1 - newLargest1);
            largest0 = newLargest0;
            largest1 = newLargest1;
            mass0 = mass0 * fade0;
            mass1 = mass1 * fade1;
            for (int j = 0; j < QUERIES; j++) {
                mass0 += scores[row0 + j];
                mass1 += scores[row1 + j];
            }
            for (int j = 0; j < MINE; j++) {
                int d = x + j * TILE;
                if (d < width) {
                    float sum0 = sums[j] * fade0;
                    float sum1 = sums[MINE + j] * fade1;
                    for (int l = 0; l < QUERIES; l++) {
                        float value = kvTile[l * PITCH + d];
                        sum0 += scores[row0 + l] * value;
                        sum1 += scores[row1 + l] * value;
                    }
                    sums[j] = sum0;
                    sums[MINE + j] = sum1;
                }
            }
            context.localBarrier();
            firstKey += QUERIES;
            if (firstKey >= gap && firstKey < gapEnd) {
                firstKey = gapEnd;
            }
        }
        for (int i = 0; i < 2; i++) {
            int query = i == 0 ? query0 : query1;
            float mass = i == 0 ? mass0 : mass1;
            if (query < length) {
                int outAt = Pair.first(outPlace) + (base + query) * Pair.second(outPlace) + head * width;
                for (int j = 0; j < MINE; j++) {
                    int d = x + j * TILE;
                    if (d < width) {
                        out.set(outAt + d, sums[i * MINE + j] / mass);
                    }
                }
                if (x == 0) {
                    float largest = i == 0 ? largest0 : largest1;
                    out.set(lseAt + (base + query) * heads + head, largest + TornadoMath.log(mass));
                }
            }
        }
    }
}
