package org.llmrlpt.kernels.gpu;

import org.llmrlpt.kernels.SeenKeys;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * Backward pass of {@link GpuAttention}: once from the queries' side, once from the keys', so that every gradient has
 * one writer. Both compute the weights p = exp(score - lse) again, and both are one kernel, since they differ only in
 * which of the two is a row.
 *
 * <p>A work-group of ACROSS x ACROSS threads owns a tile of TILE rows and goes through tiles of as many columns. It
 * computes products of TILE x TILE elements like {@link GpuMatmul}, 4 x 4 of them in a thread's registers: 8 numbers
 * from local memory serve 16 products.
 */
final class GpuAttentionBackward {
    /** Rows, and columns, of a tile; also head columns that are accumulated at a time. */
    static final int TILE = 64;
    /** Threads of a work-group in each of its two dimensions; a thread has every ACROSS-th row and column. */
    private static final int ACROSS = GpuAttention.TILE;
    /** Head columns in local memory while scores are computed. */
    private static final int STEP = 16;
    /** Columns of the tile in local memory while gradients are accumulated: as many numbers as two STEPs. */
    private static final int DEEP = 2 * STEP;
    /** From one line of a tile to the next: two more than TILE, so that writing along either side meets all banks. */
    private static final int PITCH = TILE + 2;
    /** From the scores of a tile to the slopes. */
    private static final int PAIRS = TILE * PITCH;
    /** Sums of a thread for each TILE of head columns. */
    private static final int SUMS = TILE / ACROSS * (TILE / ACROSS);
    /** Sums of a thread for one gradient. */
    private static final int MINE = GpuAttention.MAX_WIDTH / TILE * SUMS;

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
     * With score = a aColumn / sqrt(D), p = exp(score - lse) and dS = p (b bColumn - dOut out) of each row and column:
     * dA = sum over columns of dS aColumn / sqrt(D), and dB = sum of p bColumn, in a fixed order.
     *
     * <p>{@code keyRows} = 0: rows are queries (a = q, b = dOut), columns keys (k, v), so dA = dQ and there is no dB;
     * groups (sequences times tiles, H). {@code keyRows} = 1: rows are keys (k, v), columns the queries (q, dOut) of
     * all heads that share them, so dA = dK and dB = dV; groups (sequences times tiles, G).
     *
     * <p>Tiles without a pair that counts are left out, as in {@link GpuAttention}; keys that the first query of a
     * tile does not see are done with. terms [R, 2H] of {@link #kAttentionTerms}; shapes and places as in
     * {@link GpuAttention}; dA and dB are in one array. {@code pairs} holds scores, then p, and behind them b bColumn,
     * then dS, by columns.
     */
    static void kAttentionBackward(KernelContext context, FloatArray a, long aPlace, FloatArray b, long bPlace,
        FloatArray aColumns, long aColumnsPlace, FloatArray bColumns, long bColumnsPlace, IntArray seen, int seenAt,
        FloatArray terms, int termsAt, FloatArray gradients, long dAPlace, long dBPlace, long shape, long headCounts,
        int keyRows) {
        float[] pairs = context.allocateFloatLocalArray(2 * PAIRS);
        float[] slice = context.allocateFloatLocalArray(DEEP * PITCH);
        float[] sums = new float[2 * MINE];
        int length = Pair.first(shape);
        int width = Pair.second(shape);
        int heads = Pair.first(headCounts);
        int shared = heads / Pair.second(headCounts);
        int tiles = (length + TILE - 1) / TILE;
        int base = context.groupIdx / tiles * length;
        int firstRow = context.groupIdx % tiles * TILE;
        int lastRow = TornadoMath.min(firstRow + TILE, length) - 1;
        int rowHead = context.groupIdy;
        int firstHead = keyRows == 1 ? rowHead * shared : rowHead;
        int lastHead = keyRows == 1 ? firstHead + shared - 1 : rowHead;
        int aAt = Pair.first(aPlace) + base * Pair.second(aPlace) + rowHead * width;
        int bAt = Pair.first(bPlace) + base * Pair.second(bPlace) + rowHead * width;
        int end = keyRows == 1 ? length : lastRow + 1;
        int x = context.localIdx;
        int y = context.localIdy;
        int t = y * ACROSS + x;
        int rowSeen = seenAt + (base + firstRow) * SeenKeys.COLUMNS;
        int rowGap = seen.get(rowSeen + SeenKeys.GAP);
        int rowGapEnd = seen.get(rowSeen + SeenKeys.GAP_END);
        float scale = 1f / TornadoMath.sqrt(width);
        for (int i = 0; i < 2 * MINE; i++) {
            sums[i] = 0f;
        }
        for (int head = firstHead; head <= lastHead; head++) {
            int columnHead = keyRows == 1 ? head : head / shared;
            int aColumnsAt = Pair.first(aColumnsPlace) + base * Pair.second(aColumnsPlace) + columnHead * width;
            int bColumnsAt = Pair.first(bColumnsPlace) + base * Pair.second(bColumnsPlace) + columnHead * width;
            int firstColumn = keyRows == 1 ? firstRow : seen.get(rowSeen);
            while (firstColumn < end) {
                for (int part = 0; part < 2; part++) {
                    float s00 = 0f, s01 = 0f, s02 = 0f, s03 = 0f;
                    float s10 = 0f, s11 = 0f, s12 = 0f, s13 = 0f;
                    float s20 = 0f, s21 = 0f, s22 = 0f, s23 = 0f;
                    float s30 = 0f, s31 = 0f, s32 = 0f, s33 = 0f;
                    for (int from = 0; from < width; from += STEP) {
                        int d = from + x;
                        for (int r = y; r < TILE; r += ACROSS) {
                            float rowValue = 0f;
                            float columnValue = 0f;
                            int row = firstRow + r;
                            int column = firstColumn + r;
                            if (d < width && row < length) {
                                if (part == 0) {
                                    rowValue = a.get(aAt + row * Pair.second(aPlace) + d);
                                } else {
                                    rowValue = b.get(bAt + row * Pair.second(bPlace) + d);
                                }
                            }
                            if (d < width && column < length) {
                                if (part == 0) {
                                    columnValue = aColumns.get(aColumnsAt + column * Pair.second(aColumnsPlace) + d);
                                } else {
                                    columnValue = bColumns.get(bColumnsAt + column * Pair.second(bColumnsPlace) + d);
                                }
                            }
                            slice[x * PITCH + r] = rowValue;
                            slice[(STEP + x) * PITCH + r] = columnValue;
                        }
                        context.localBarrier();
                        for (int l = 0; l < STEP; l++) {
                            int rowsAt = l * PITCH + y;
                            int columnsAt = (STEP + l) * PITCH + x;
                            float v0 = slice[columnsAt];
                            float v1 = slice[columnsAt + ACROSS];
                            float v2 = slice[columnsAt + 2 * ACROSS];
                            float v3 = slice[columnsAt + 3 * ACROSS];
                            float u0 = slice[rowsAt];
                            s00 += u0 * v0;
                            s01 += u0 * v1;
                            s02 += u0 * v2;
                            s03 += u0 * v3;
                            float u1 = slice[rowsAt + ACROSS];
                            s10 += u1 * v0;
                            s11 += u1 * v1;
                            s12 += u1 * v2;
                            s13 += u1 * v3;
                            float u2 = slice[rowsAt + 2 * ACROSS];
                            s20 += u2 * v0;
                            s21 += u2 * v1;
                            s22 += u2 * v2;
                            s23 += u2 * v3;
                            float u3 = slice[rowsAt + 3 * ACROSS];
                            s30 += u3 * v0;
                            s31 += u3 * v1;
                            s32 += u3 * v2;
                            s33 += u3 * v3;
                        }
                        context.localBarrier();
                    }
                    int to = part * PAIRS + x * PITCH + y;
                    pairs[to] = s00;
                    pairs[to + ACROSS * PITCH] = s01;
                    pairs[to + 2 * ACROSS * PITCH] = s02;
                    pairs[to + 3 * ACROSS * PITCH] = s03;
                    pairs[to + ACROSS] = s10;
                    pairs[to + ACROSS * PITCH + ACROSS] = s11;
                    pairs[to + 2 * ACROSS * PITCH + ACROSS] = s12;
                    pairs[to + 3 * ACROSS * PITCH + ACROSS] = s13;
                    pairs[to + 2 * ACROSS] = s20;
                    pairs[to + ACROSS * PITCH + 2 * ACROSS] = s21;
                    pairs[to + 2 * ACROSS * PITCH + 2 * ACROSS] = s22;
                    pairs[to + 3 * ACROSS * PITCH + 2 * ACROSS] = s23;
                    pairs[to + 3 * ACROSS] = s30;
                    pairs[to + ACROSS * PITCH + 3 * ACROSS] = s31;
                    pairs[to + 2 * ACROSS * PITCH + 3 * ACROSS] = s32;
                    pairs[to + 3 * ACROSS * PITCH + 3 * ACROSS] = s33;
                }
                context.localBarrier();
                for (int e = t; e < TILE * TILE; e += ACROSS * ACROSS) {
                    int r = e & (TILE - 1);
                    int c = e / TILE;
                    int query = keyRows == 1 ? firstColumn + c : firstRow + r;
                    int key = keyRows == 1 ? firstRow + r : firstColumn + c;
                    int at = c * PITCH + r;
                    int first = length;
                    int gap = length;
                    int gapEnd = length;
                    int last = -1;
                    if (query < length) {
                        int keysAt = seenAt + (base + query) * SeenKeys.COLUMNS;
                        first = seen.get(keysAt);
                        gap = seen.get(keysAt + SeenKeys.GAP);
                        gapEnd = seen.get(keysAt + SeenKeys.GAP_END);
                        last = query;
                    }
                    float p = 0f;
                    float slope = 0f;
                    int from = key >= gap && key < gapEnd ? length : first;
                    if (key >= from && key <= last) {
                        int term = termsAt + (base + query) * 2 * heads + head;
                        p = TornadoMath.exp(scale * pairs[at] - terms.get(term));
                        slope = p * (pairs[PAIRS + at] - terms.get(term + heads));
                    }
                    pairs[at] = p;
                    pairs[PAIRS + at] = slope;
                }
                for (int part = 0; part <= keyRows; part++) {
                    for (int from = 0; from < width; from += TILE) {
                        int mine = part * MINE + from / TILE * SUMS;
                        float s00 = sums[mine];
                        float s01 = sums[mine + 1];
                        float s02 = sums[mine + 2];
                        float s03 = sums[mine + 3];
                        float s10 = sums[mine + 4];
                        float s11 = sums[mine + 5];
                        float s12 = sums[mine + 6];
                        float s13 = sums[mine + 7];
                        float s20 = sums[mine + 8];
                        float s21 = sums[mine + 9];
                        float s22 = sums[mine + 10];
                        float s23 = sums[mine + 11];
                        float s30 = sums[mine + 12];
                        float s31 = sums[mine + 13];
                        float s32 = sums[mine + 14];
                        float s33 = sums[mine + 15];
                        for (int deep = 0; deep < TILE; deep += DEEP) {
                            for (int e = t; e < DEEP * TILE; e += ACROSS * ACROSS) {
                                int c = e / TILE;
                                int d = from + (e & (TILE - 1));
                                int column = firstColumn + deep + c;
                                float value = 0f;
                                if (d < width && column < length) {
                                    if (part == 0) {
                                        value = aColumns.get(aColumnsAt + column * Pair.second(aColumnsPlace) + d);
                                    } else {
                                        value = bColumns.get(bColumnsAt + column * Pair.second(bColumnsPlace) + d);
                                    }
                                }
                                slice[c * PITCH + (e & (TILE - 1))] = value;
                            }
                            context.localBarrier();
                            for (int l = 0; l < DEEP; l++) {
                                int weightsAt = (1 - part) * PAIRS + (deep + l) * PITCH + y;
                                int columnsAt = l * PITCH + x;
                                float v0 = slice[columnsAt];
                                float v1 = slice[columnsAt + ACROSS];
                                float v2 = slice[columnsAt + 2 * ACROSS];
                                float v3 = slice[columnsAt + 3 * ACROSS];
                                float u0 = pairs[weightsAt];
                                s00 += u0 * v0;
                                s01 += u0 * v1;
                                s02 += u0 * v2;
                                s03 += u0 * v3;
                                float u1 = pairs[weightsAt + ACROSS];
                                s10 += u1 * v0;
                                s11 += u1 * v1;
                                s12 += u1 * v2;
                                s13 += u1 * v3;
                                float u2 = pairs[weightsAt + 2 * ACROSS];
                                s20 += u2 * v0;
                                s21 += u2 * v1;
                                s22 += u2 * v2;
                                s23 += u2 * v3;
                                float u3 = pairs[weightsAt + 3 * ACROSS];
                                s30 += u3 * v0;
                                s31 += u3 * v1;
                                s32 += u3 * v2;
                                s33 += u3 * v3;
                            }
                            context.localBarrier();
                        }
                        sums[mine] = s00;
                        sums[mine + 1] = s01;
                        sums[mine + 2] = s02;
                        sums[mine + 3] = s03;
                        sums[mine + 4] = s10;
                        sums[mine + 5] = s11;
                        sums[mine + 6] = s12;
                        sums[mine + 7] = s13;
                        sums[mine + 8] = s20;
                        sums[mine + 9] = s21;
                        sums[mine + 10] = s22;
                        sums[mine + 11] = s23;
                        sums[mine + 12] = s30;
                        sums[mine + 13] = s31;
                        sums[mine + 14] = s32;
                        sums[mine + 15] = s33;
                    }
                }
                firstColumn += TILE;
                if (keyRows == 1) {
                    int columnSeen = seenAt + (base + TornadoMath.min(firstColumn, length - 1)) * SeenKeys.COLUMNS;
                    int columnGap = seen.get(columnSeen + SeenKeys.GAP);
                    int columnGapEnd = seen.get(columnSeen + SeenKeys.GAP_END);
                    firstColumn = seen.get(columnSeen) > lastRow ? length : firstColumn;
                    firstColumn = columnGap <= firstRow && columnGapEnd > lastRow ? length : firstColumn;
                } else if (firstColumn >= rowGap && firstColumn < rowGapEnd) {
                    firstColumn = rowGapEnd;
                }
            }
        }
        for (int part = 0; part <= keyRows; part++) {
            long place = part == 0 ? dAPlace : dBPlace;
            float factor = part == 0 ? scale : 1f;
            for (int i = 0; i < MINE; i++) {
                int row = firstRow + y + (i / 4 & 3) * ACROSS;
                int d = i / SUMS * TILE + x + (i & 3) * ACROSS;
                if (row < length && d < width) {
                    gradients.set(Pair.first(place) + (base + row) * Pair.second(place) + rowHead * width + d,
                        factor * sums[part * MINE + i]);
                }
            }
        }
    }
}
