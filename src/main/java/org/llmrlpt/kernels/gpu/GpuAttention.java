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
 * <p>Matrices come as (array, {@link Pair} of offset and row stride): a task has at most 20 parameters. {@code shape}
 * is the pair (length, head width), {@code heads} the pair (query heads H, key/value heads G). start[t] never falls,
 * so the first row of a tile has the earliest start.
 */
final class GpuAttention {
    /** Queries and keys in a tile. */
    static final int TILE = 16;
    /** Largest head width that the local arrays hold. */
    static final int MAX_WIDTH = 128;
    /** A tile's row in local memory: one more than its columns, so that rows begin in different memory banks. */
    private static final int PITCH = MAX_WIDTH + 1;
    /** Columns of a row that one thread accumulates. */
    private static final int MINE = MAX_WIDTH / TILE;
    /** A score that no key has: finite, since relaxed arithmetic has no infinity, and far below any real one. */
    private static final float MASKED = -1e30f;

    private GpuAttention() {
    }

    /**
     * Rows {@code from ...} of a head, as many as are below {@code end}, into local memory; missing rows become zero.
     */
    private static void load(KernelContext context, FloatArray matrix, int at, int stride, int from, int end, int width,
        float[] tile) {
        int x = context.localIdx;
        int y = context.localIdy;
        for (int d = x; d < width; d += TILE) {
            float value = 0f;
            if (from + y < end) {
                value = matrix.get(at + (from + y) * stride + d);
            }
            tile[y * PITCH + d] = value;
        }
    }

    private static float dot(float[] a, int aRow, float[] b, int bRow, int width) {
        float sum = 0f;
        for (int d = 0; d < width; d++) {
            sum += a[aRow * PITCH + d] * b[bRow * PITCH + d];
        }
        return sum;
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
        load(context, q, qAt, Pair.second(qPlace), firstQuery, length, width, qTile);
        for (int firstKey = starts.get(startsAt + base + firstQuery); firstKey < end; firstKey += TILE) {
            load(context, k, kAt, Pair.second(kPlace), firstKey, end, width, kvTile);
            context.localBarrier();
            int key = firstKey + x;
            float score = MASKED;
            if (key >= start && key <= last) {
                score = scale * dot(qTile, y, kvTile, x, width);
            }
            scores[y * TILE + x] = score;
            context.localBarrier();
            float newLargest = largest;
            for (int j = 0; j < TILE; j++) {
                newLargest = TornadoMath.max(newLargest, scores[y * TILE + j]);
            }
            context.localBarrier();
            scores[y * TILE + x] = score > MASKED ? TornadoMath.exp(score - newLargest) : 0f;
            load(context, v, vAt, Pair.second(vPlace), firstKey, end, width, kvTile);
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

    /**
     * terms[r] = (lse of the H heads, then sum over d of out dOut of the H heads): what the backward pass needs of a
     * query besides q and dOut. terms [R, 2H]; one thread for each of the {@code n} = R H pairs.
     */
    static void kAttentionTerms(KernelContext context, FloatArray out, int outAt, int outStride, FloatArray dOut,
        int dOutAt, int dOutStride, FloatArray lse, int lseAt, FloatArray terms, int termsAt, int heads, int width,
        int n) {
        int i = context.globalIdx;
        if (i < n) {
            int row = i / heads;
            int head = i % heads;
            float sum = 0f;
            for (int d = 0; d < width; d++) {
                sum += out.get(outAt + row * outStride + head * width + d)
                    * dOut.get(dOutAt + row * dOutStride + head * width + d);
            }
            terms.set(termsAt + row * 2 * heads + head, lse.get(lseAt + i));
            terms.set(termsAt + row * 2 * heads + heads + head, sum);
        }
    }

    /**
     * dQ = sum over keys of dS k / sqrt(D), with p = exp(score - lse) and dS = p (dOut·v - dOut·out). Groups as in
     * {@link #kAttention}; terms [R, 2H] of {@link #kAttentionTerms}.
     */
    static void kAttentionBackwardQuery(KernelContext context, FloatArray q, long qPlace, FloatArray k, long kPlace,
        FloatArray v, long vPlace, IntArray starts, int startsAt, FloatArray terms, int termsAt, FloatArray dOut,
        long dOutPlace, FloatArray dQ, long dQPlace, long shape, long headCounts) {
        float[] qTile = context.allocateFloatLocalArray(TILE * PITCH);
        float[] dOutTile = context.allocateFloatLocalArray(TILE * PITCH);
        float[] kTile = context.allocateFloatLocalArray(TILE * PITCH);
        float[] vTile = context.allocateFloatLocalArray(TILE * PITCH);
        float[] slopes = context.allocateFloatLocalArray(TILE * TILE);
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
        int dOutAt = Pair.first(dOutPlace) + base * Pair.second(dOutPlace) + head * width;
        int kAt = Pair.first(kPlace) + base * Pair.second(kPlace) + kvHead * width;
        int vAt = Pair.first(vPlace) + base * Pair.second(vPlace) + kvHead * width;
        int end = TornadoMath.min(firstQuery + TILE, length);
        int start = length;
        int last = -1;
        float lse = 0f;
        float mean = 0f;
        if (query < length) {
            last = query;
            start = starts.get(startsAt + base + query);
            lse = terms.get(termsAt + (base + query) * 2 * heads + head);
            mean = terms.get(termsAt + (base + query) * 2 * heads + heads + head);
        }
        float scale = 1f / TornadoMath.sqrt(width);
        for (int j = 0; j < MINE; j++) {
            sums[j] = 0f;
        }
        load(context, q, qAt, Pair.second(qPlace), firstQuery, length, width, qTile);
        load(context, dOut, dOutAt, Pair.second(dOutPlace), firstQuery, length, width, dOutTile);
        for (int firstKey = starts.get(startsAt + base + firstQuery); firstKey < end; firstKey += TILE) {
            load(context, k, kAt, Pair.second(kPlace), firstKey, end, width, kTile);
            load(context, v, vAt, Pair.second(vPlace), firstKey, end, width, vTile);
            context.localBarrier();
            int key = firstKey + x;
            float slope = 0f;
            if (key >= start && key <= last) {
                float p = TornadoMath.exp(scale * dot(qTile, y, kTile, x, width) - lse);
                slope = p * (dot(dOutTile, y, vTile, x, width) - mean);
            }
            slopes[y * TILE + x] = slope;
            context.localBarrier();
            for (int j = 0; j < MINE; j++) {
                int d = x + j * TILE;
                if (d < width) {
                    float sum = sums[j];
                    for (int l = 0; l < TILE; l++) {
                        sum += slopes[y * TILE + l] * kTile[l * PITCH + d];
                    }
                    sums[j] = sum;
                }
            }
            context.localBarrier();
        }
        if (query < length) {
            int dQAt = Pair.first(dQPlace) + (base + query) * Pair.second(dQPlace) + head * width;
            for (int j = 0; j < MINE; j++) {
                int d = x + j * TILE;
                if (d < width) {
                    dQ.set(dQAt + d, scale * sums[j]);
                }
            }
        }
    }

    /**
     * dK = sum over queries of dS q / sqrt(D), dV = sum of p dOut, over the heads of the key's group and the queries
     * that see it, in a fixed order. One group for a tile of keys of one key/value head: groups (sequences times
     * tiles, G). A tile of queries that begins in a later document than the last key ends the search, since starts
     * never fall. dK and dV are in one array.
     */
    static void kAttentionBackwardKeyValue(KernelContext context, FloatArray q, long qPlace, FloatArray k, long kPlace,
        FloatArray v, long vPlace, IntArray starts, int startsAt, FloatArray terms, int termsAt, FloatArray dOut,
        long dOutPlace, FloatArray dKv, long dKPlace, long dVPlace, long shape, long headCounts) {
        float[] qTile = context.allocateFloatLocalArray(TILE * PITCH);
        float[] dOutTile = context.allocateFloatLocalArray(TILE * PITCH);
        float[] kTile = context.allocateFloatLocalArray(TILE * PITCH);
        float[] vTile = context.allocateFloatLocalArray(TILE * PITCH);
        float[] weights = context.allocateFloatLocalArray(TILE * TILE);
        float[] slopes = context.allocateFloatLocalArray(TILE * TILE);
        float[] kSums = new float[MINE];
        float[] vSums = new float[MINE];
        int length = Pair.first(shape);
        int width = Pair.second(shape);
        int heads = Pair.first(headCounts);
        int shared = heads / Pair.second(headCounts);
        int kvHead = context.groupIdy;
        int tiles = (length + TILE - 1) / TILE;
        int base = context.groupIdx / tiles * length;
        int firstKey = context.groupIdx % tiles * TILE;
        int x = context.localIdx;
        int y = context.localIdy;
        int key = firstKey + y;
        int lastKey = TornadoMath.min(firstKey + TILE, length) - 1;
        float scale = 1f / TornadoMath.sqrt(width);
        for (int j = 0; j < MINE; j++) {
            kSums[j] = 0f;
            vSums[j] = 0f;
        }
        load(context, k, Pair.first(kPlace) + base * Pair.second(kPlace) + kvHead * width, Pair.second(kPlace),
            firstKey,
            length, width, kTile);
        load(context, v, Pair.first(vPlace) + base * Pair.second(vPlace) + kvHead * width, Pair.second(vPlace),
            firstKey,
            length, width, vTile);
        for (int head = kvHead * shared; head < (kvHead + 1) * shared; head++) {
            int qAt = Pair.first(qPlace) + base * Pair.second(qPlace) + head * width;
            int dOutAt = Pair.first(dOutPlace) + base * Pair.second(dOutPlace) + head * width;
            int firstQuery = firstKey;
            while (firstQuery < length) {
                load(context, q, qAt, Pair.second(qPlace), firstQuery, length, width, qTile);
                load(context, dOut, dOutAt, Pair.second(dOutPlace), firstQuery, length, width, dOutTile);
                context.localBarrier();
                int query = firstQuery + x;
                float p = 0f;
                float slope = 0f;
                int start = length;
                int last = -1;
                if (query < length) {
                    start = starts.get(startsAt + base + query);
                    last = query;
                }
                if (key >= start && key <= last) {
                    int term = termsAt + (base + query) * 2 * heads + head;
                    p = TornadoMath.exp(scale * dot(kTile, y, qTile, x, width) - terms.get(term));
                    slope = p * (dot(vTile, y, dOutTile, x, width) - terms.get(term + heads));
                }
                weights[y * TILE + x] = p;
                slopes[y * TILE + x] = slope;
                context.localBarrier();
                for (int j = 0; j < MINE; j++) {
                    int d = x + j * TILE;
                    if (d < width) {
                        float kSum = kSums[j];
                        float vSum = vSums[j];
                        for (int l = 0; l < TILE; l++) {
                            kSum += slopes[y * TILE + l] * qTile[l * PITCH + d];
                            vSum += weights[y * TILE + l] * dOutTile[l * PITCH + d];
                        }
                        kSums[j] = kSum;
                        vSums[j] = vSum;
                    }
                }
                context.localBarrier();
                firstQuery += TILE;
                if (firstQuery < length) {
                    firstQuery = starts.get(startsAt + base + firstQuery) > lastKey ? length : firstQuery;
                }
            }
        }
        if (key < length) {
            int dKAt = Pair.first(dKPlace) + (base + key) * Pair.second(dKPlace) + kvHead * width;
            int dVAt = Pair.first(dVPlace) + (base + key) * Pair.second(dVPlace) + kvHead * width;
            for (int j = 0; j < MINE; j++) {
                int d = x + j * TILE;
                if (d < width) {
                    dKv.set(dKAt + d, scale * kSums[j]);
                    dKv.set(dVAt + d, vSums[j]);
                }
            }
        }
    }
}
