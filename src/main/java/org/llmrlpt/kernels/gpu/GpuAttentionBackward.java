package org.llmrlpt.kernels.gpu;

import static org.llmrlpt.kernels.gpu.GpuAttention.MINE;
import static org.llmrlpt.kernels.gpu.GpuAttention.PITCH;
import static org.llmrlpt.kernels.gpu.GpuAttention.TILE;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * Backward pass of {@link GpuAttention}, whose tiles and parameters it shares: once from the queries' side, once from
 * the keys', so that every gradient has one writer. Both compute the weights p = exp(score - lse) again.
 */
final class GpuAttentionBackward {
    private GpuAttentionBackward() {
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
     * dQ = sum over keys of dS k / sqrt(D), with p = exp(score - lse) and dS = p (dOut·v - dOut·out). One
     * group for TILE queries of one head: (sequences times tiles, H); terms [R, 2H] of {@link #kAttentionTerms}.
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
        for (int d = x; d < width; d += TILE) {
            float qValue = 0f;
            float dOutValue = 0f;
            if (firstQuery + y < length) {
                qValue = q.get(qAt + (firstQuery + y) * Pair.second(qPlace) + d);
                dOutValue = dOut.get(dOutAt + (firstQuery + y) * Pair.second(dOutPlace) + d);
            }
            qTile[y * PITCH + d] = qValue;
            dOutTile[y * PITCH + d] = dOutValue;
        }
        for (int firstKey = starts.get(startsAt + base + firstQuery); firstKey < end; firstKey += TILE) {
            for (int d = x; d < width; d += TILE) {
                float kValue = 0f;
                float vValue = 0f;
                if (firstKey + y < end) {
                    kValue = k.get(kAt + (firstKey + y) * Pair.second(kPlace) + d);
                    vValue = v.get(vAt + (firstKey + y) * Pair.second(vPlace) + d);
                }
                kTile[y * PITCH + d] = kValue;
                vTile[y * PITCH + d] = vValue;
            }
            context.localBarrier();
            int key = firstKey + x;
            float slope = 0f;
            if (key >= start && key <= last) {
                float score = 0f;
                float dP = 0f;
                for (int d = 0; d < width; d++) {
                    score += qTile[y * PITCH + d] * kTile[x * PITCH + d];
                    dP += dOutTile[y * PITCH + d] * vTile[x * PITCH + d];
                }
                slope = TornadoMath.exp(scale * score - lse) * (dP - mean);
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
     * that see it, in a fixed order. One group for a tile of keys of one key/value head: groups (sequences times tiles,
     * G). A tile of queries that begins in a later document than the last key ends the search, since starts never fall.
     * dK and dV are in one array.
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
        int kAt = Pair.first(kPlace) + base * Pair.second(kPlace) + kvHead * width;
        int vAt = Pair.first(vPlace) + base * Pair.second(vPlace) + kvHead * width;
        int lastKey = TornadoMath.min(firstKey + TILE, length) - 1;
        float scale = 1f / TornadoMath.sqrt(width);
        for (int j = 0; j < MINE; j++) {
            kSums[j] = 0f;
            vSums[j] = 0f;
        }
        for (int d = x; d < width; d += TILE) {
            float kValue = 0f;
            float vValue = 0f;
            if (firstKey + y < length) {
                kValue = k.get(kAt + (firstKey + y) * Pair.second(kPlace) + d);
                vValue = v.get(vAt + (firstKey + y) * Pair.second(vPlace) + d);
            }
            kTile[y * PITCH + d] = kValue;
            vTile[y * PITCH + d] = vValue;
        }
        for (int head = kvHead * shared; head < (kvHead + 1) * shared; head++) {
            int qAt = Pair.first(qPlace) + base * Pair.second(qPlace) + head * width;
            int dOutAt = Pair.first(dOutPlace) + base * Pair.second(dOutPlace) + head * width;
            int firstQuery = firstKey;
            while (firstQuery < length) {
                for (int d = x; d < width; d += TILE) {
                    float qValue = 0f;
                    float dOutValue = 0f;
                    if (firstQuery + y < length) {
                        qValue = q.get(qAt + (firstQuery + y) * Pair.second(qPlace) + d);
                        dOutValue = dOut.get(dOutAt + (firstQuery + y) * Pair.second(dOutPlace) + d);
                    }
                    qTile[y * PITCH + d] = qValue;
                    dOutTile[y * PITCH + d] = dOutValue;
                }
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
                    float score = 0f;
                    float dP = 0f;
                    for (int d = 0; d < width; d++) {
                        score += kTile[y * PITCH + d] * qTile[x * PITCH + d];
                        dP += vTile[y * PITCH + d] * dOutTile[x * PITCH + d];
                    }
                    int term = termsAt + (base + query) * 2 * heads + head;
                    p = TornadoMath.exp(scale * score - terms.get(term));
                    slope = p * (dP - terms.get(term + heads));
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
