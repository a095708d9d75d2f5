package org.llmrlpt.kernels.cpu;

import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;
import static org.llmrlpt.kernels.cpu.Memory.ALL;
import static org.llmrlpt.kernels.cpu.Memory.FLOAT;
import static org.llmrlpt.kernels.cpu.Memory.ORDER;
import static org.llmrlpt.kernels.cpu.Memory.at;
import static org.llmrlpt.kernels.cpu.Memory.getFloat;
import static org.llmrlpt.kernels.cpu.Memory.getInt;
import static org.llmrlpt.kernels.cpu.Memory.setFloat;
import static org.llmrlpt.kernels.cpu.VectorMath.S;

import jdk.incubator.vector.FloatVector;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * Attention of single queries over the cache: a task has one sequence and one key/value head, and all the query heads
 * that share it. Keys and values come in blocks that stay in the first cache while each of these heads reads them. The
 * order of every sum depends on the number of keys alone.
 */
public final class DecodeAttention {
    /** Keys of a block: 32 KB at a head width of 128. */
    private static final int BLOCK = 64;
    private static final int LANES = S.length();
    private static final int BYTES = S.vectorByteSize();
    private static final Scratch SCORES = new Scratch();
    private static final Scratch LANE_SUMS = new Scratch();

    private DecodeAttention() {
    }

    /**
     * Row r of q [rows, heads·width] sees rows 0 to positions[r] of slot slots[r] in keys and values
     * [slots·length, groups·width]; slot -1 makes its row of out zero.
     */
    public static void attention(Strided q, FloatArray cache, int keysAt, int valuesAt, IntArray ints, int slotsAt,
        int positionsAt, Strided out, int rows, int heads, int groups, int width, int length) {
        long numbers = ints.getSegment().address();
        long base = cache.getSegment().address();
        int perGroup = heads / groups;
        long step = 4L * groups * width;
        float scale = (float) (1 / Math.sqrt(width));
        Workers.forEach(Math.multiplyExact(rows, groups), task -> {
            int r = task / groups;
            int group = task % groups;
            int slot = getInt(at(numbers, slotsAt + (long) r));
            long to = at(out.row(r), (long) group * perGroup * width);
            if (slot < 0) {
                Memory.clear(to, (long) perGroup * width);
                return;
            }
            int keys = getInt(at(numbers, positionsAt + (long) r)) + 1;
            long first = (long) slot * length * groups * width + (long) group * width;
            heads(at(q.row(r), (long) group * perGroup * width), at(base, keysAt + first), at(base, valuesAt + first),
                step, keys, to, perGroup, width, scale);
        });
    }

    private static void heads(long q, long k, long v, long step, int keys, long out, int heads, int width,
        float scale) {
        int pitch = S.loopBound(keys + LANES + 3);
        long scores = SCORES.floats((long) heads * pitch);
        long lanes = LANE_SUMS.floats(4L * LANES);
        for (int j = 0; j < keys; j += BLOCK) {
            int n = Math.min(BLOCK, keys - j);
            for (int h = 0; h < heads; h++) {
                scores(at(q, (long) h * width), k + j * step, step, n, width, at(scores, (long) h * pitch + j), lanes);
            }
        }
        for (int h = 0; h < heads; h++) {
            softmax(at(scores, (long) h * pitch), keys, scale, lanes);
        }
        for (int j = 0; j < keys; j += BLOCK) {
            int n = Math.min(BLOCK, keys - j);
            for (int h = 0; h < heads; h++) {
                values(at(scores, (long) h * pitch + j), v + j * step, step, n, width, at(out, (long) h * width),
                    j > 0);
            }
        }
    }

    /** scores[j] = q · k[j] for n keys; up to three more elements behind them are overwritten. */
    private static void scores(long q, long k, long step, int n, int width, long scores, long lanes) {
        int whole = S.loopBound(width);
        for (int j = 0; j < n; j += 4) {
            long k0 = k + j * step;
            long k1 = k + Math.min(j + 1, n - 1) * step;
            long k2 = k + Math.min(j + 2, n - 1) * step;
            long k3 = k + Math.min(j + 3, n - 1) * step;
            fourScores(q, k0, k1, k2, k3, whole, lanes);
            long to = at(scores, j);
            Lanes.sumFour(lanes, LANES, to);
            for (int i = whole; i < width; i++) {
                long o = 4L * i;
                float x = getFloat(q + o);
                setFloat(to, Math.fma(x, getFloat(k0 + o), getFloat(to)));
                setFloat(to + 4, Math.fma(x, getFloat(k1 + o), getFloat(to + 4)));
                setFloat(to + 8, Math.fma(x, getFloat(k2 + o), getFloat(to + 8)));
                setFloat(to + 12, Math.fma(x, getFloat(k3 + o), getFloat(to + 12)));
            }
        }
    }

    /** The products of q and four keys, added up for each lane. */
    private static void fourScores(long q, long k0, long k1, long k2, long k3, int whole, long lanes) {
        FloatVector s0 = FloatVector.zero(S);
        FloatVector s1 = s0;
        FloatVector s2 = s0;
        FloatVector s3 = s0;
        for (long o = 0; o < 4L * whole; o += BYTES) {
            FloatVector x = fromMemorySegment(S, ALL, q + o, ORDER);
            s0 = x.fma(fromMemorySegment(S, ALL, k0 + o, ORDER), s0);
            s1 = x.fma(fromMemorySegment(S, ALL, k1 + o, ORDER), s1);
            s2 = x.fma(fromMemorySegment(S, ALL, k2 + o, ORDER), s2);
            s3 = x.fma(fromMemorySegment(S, ALL, k3 + o, ORDER), s3);
        }
        s0.intoMemorySegment(ALL, lanes, ORDER);
        s1.intoMemorySegment(ALL, lanes + BYTES, ORDER);
        s2.intoMemorySegment(ALL, lanes + 2 * BYTES, ORDER);
        s3.intoMemorySegment(ALL, lanes + 3 * BYTES, ORDER);
    }

    /** scores = softmax(scores · scale), n of them; what follows them up to a whole vector becomes 0. */
    private static void softmax(long scores, int n, float scale, long lanes) {
        FloatVector factor = broadcast(S, scale);
        float largest = Rows.max(scores, n) * scale;
        FloatVector shift = broadcast(S, -largest);
        FloatVector sum = FloatVector.zero(S);
        for (int i = n; i % LANES != 0; i++) {
            setFloat(at(scores, i), Float.NEGATIVE_INFINITY);
        }
        for (int i = 0; i < n; i += LANES) {
            long p = at(scores, i);
            FloatVector e = VectorMath.exp(fromMemorySegment(S, ALL, p, ORDER).fma(factor, shift));
            e.intoMemorySegment(ALL, p, ORDER);
            sum = sum.add(e);
        }
        sum.intoMemorySegment(ALL, lanes, ORDER);
        Rows.scale(1f / Lanes.sum(lanes, LANES), scores, scores, n);
    }

    /** out = or += Σ weights[j] · v[j] over n keys. */
    private static void values(long weights, long v, long step, int n, int width, long out, boolean accumulate) {
        int i = 0;
        for (; i + 4 * LANES <= width; i += 4 * LANES) {
            fourVectors(weights, at(v, i), step, n, at(out, i), accumulate);
        }
        for (; i + LANES <= width; i += LANES) {
            oneVector(weights, at(v, i), step, n, at(out, i), accumulate);
        }
        for (; i < width; i++) {
            float sum = accumulate ? getFloat(at(out, i)) : 0f;
            for (int j = 0; j < n; j++) {
                sum = Math.fma(getFloat(at(weights, j)), getFloat(at(v + j * step, i)), sum);
            }
            setFloat(at(out, i), sum);
        }
    }

    /** Even and odd keys have sums of their own, which keeps the multiply-adds from waiting for each other. */
    private static void fourVectors(long weights, long v, long step, int n, long out, boolean accumulate) {
        FloatVector a0, a1, a2, a3, b0, b1, b2, b3;
        a0 = a1 = a2 = a3 = b0 = b1 = b2 = b3 = FloatVector.zero(S);
        if (accumulate) {
            a0 = fromMemorySegment(S, ALL, out, ORDER);
            a1 = fromMemorySegment(S, ALL, out + BYTES, ORDER);
            a2 = fromMemorySegment(S, ALL, out + 2 * BYTES, ORDER);
            a3 = fromMemorySegment(S, ALL, out + 3 * BYTES, ORDER);
        }
        int j = 0;
        for (; j + 2 <= n; j += 2) {
            FloatVector w = broadcast(S, ALL.get(FLOAT, at(weights, j)));
            a0 = w.fma(fromMemorySegment(S, ALL, v, ORDER), a0);
            a1 = w.fma(fromMemorySegment(S, ALL, v + BYTES, ORDER), a1);
            a2 = w.fma(fromMemorySegment(S, ALL, v + 2 * BYTES, ORDER), a2);
            a3 = w.fma(fromMemorySegment(S, ALL, v + 3 * BYTES, ORDER), a3);
            long next = v + step;
            w = broadcast(S, ALL.get(FLOAT, at(weights, j + 1)));
            b0 = w.fma(fromMemorySegment(S, ALL, next, ORDER), b0);
            b1 = w.fma(fromMemorySegment(S, ALL, next + BYTES, ORDER), b1);
            b2 = w.fma(fromMemorySegment(S, ALL, next + 2 * BYTES, ORDER), b2);
            b3 = w.fma(fromMemorySegment(S, ALL, next + 3 * BYTES, ORDER), b3);
            v = next + step;
        }
        if (j < n) {
            FloatVector w = broadcast(S, ALL.get(FLOAT, at(weights, j)));
            a0 = w.fma(fromMemorySegment(S, ALL, v, ORDER), a0);
            a1 = w.fma(fromMemorySegment(S, ALL, v + BYTES, ORDER), a1);
            a2 = w.fma(fromMemorySegment(S, ALL, v + 2 * BYTES, ORDER), a2);
            a3 = w.fma(fromMemorySegment(S, ALL, v + 3 * BYTES, ORDER), a3);
        }
        a0.add(b0).intoMemorySegment(ALL, out, ORDER);
        a1.add(b1).intoMemorySegment(ALL, out + BYTES, ORDER);
        a2.add(b2).intoMemorySegment(ALL, out + 2 * BYTES, ORDER);
        a3.add(b3).intoMemorySegment(ALL, out + 3 * BYTES, ORDER);
    }

    private static void oneVector(long weights, long v, long step, int n, long out, boolean accumulate) {
        FloatVector sum = accumulate ? fromMemorySegment(S, ALL, out, ORDER) : FloatVector.zero(S);
        for (int j = 0; j < n; j++) {
            FloatVector w = broadcast(S, ALL.get(FLOAT, at(weights, j)));
            sum = w.fma(fromMemorySegment(S, ALL, v, ORDER), sum);
            v += step;
        }
        sum.intoMemorySegment(ALL, out, ORDER);
    }
}
