package org.llmrlpt.kernels.cpu;

import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;
import static org.llmrlpt.kernels.cpu.HeadBlocks.SIDE;
import static org.llmrlpt.kernels.cpu.HeadBlocks.SQUARE;
import static org.llmrlpt.kernels.cpu.Memory.ALL;
import static org.llmrlpt.kernels.cpu.Memory.ORDER;
import static org.llmrlpt.kernels.cpu.Memory.at;
import static org.llmrlpt.kernels.cpu.Memory.getFloat;
import static org.llmrlpt.kernels.cpu.Memory.setFloat;
import static org.llmrlpt.kernels.cpu.SmallProduct.STEP;
import static org.llmrlpt.kernels.cpu.SmallProduct.WIDTH;
import static org.llmrlpt.kernels.cpu.VectorMath.S;

import jdk.incubator.vector.FloatVector;
import org.llmrlpt.kernels.SeenKeys;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * Backward pass of {@link AttentionKernels}. With P = exp(scores - lse) and delta = rowsum(dOut out): dV = Pᵀ dOut,
 * dS = P (dOut Vᵀ - delta), dQ = dS K, dK = dSᵀ Q, both times 1/sqrt(D).
 *
 * <p>A task takes a chunk of keys and a chunk of queries, in one group of one sequence. In step s the tasks are the
 * pairs (c, c + s) of all chunks c, so that no two of them add to the same gradient, and each gradient is added up in
 * the order of the steps on any number of threads. Short sequences are one chunk.
 */
record AttentionGradients(Strided q, Strided k, Strided v, long seen, Strided out, long lse, Strided dOut, Strided dQ,
    Strided dK, Strided dV, int length, int heads, int groups, int width, int chunk, float scale) {
    private static final int LANES = S.length();
    private static final int BYTES = S.vectorByteSize();
    private static final Scratch SCRATCH = new Scratch();

    /** dQ, dK and dV, overwritten; shapes as in {@link AttentionKernels#attention}. */
    public static void attentionBackward(Strided q, Strided k, Strided v, IntArray seen, int seenAt, Strided out,
        FloatArray lse, int lseAt, Strided dOut, Strided dQ, Strided dK, Strided dV, int sequences, int length,
        int heads, int groups, int width) {
        AttentionGradients pass = new AttentionGradients(q, k, v, at(seen.getSegment().address(), seenAt), out,
            at(lse.getSegment().address(), lseAt), dOut, dQ, dK, dV, length, heads, groups, width,
            AttentionKernels.chunk(sequences * groups, length, width), (float) (1 / Math.sqrt(width)));
        int chunks = Math.ceilDiv(length, pass.chunk);
        for (int step = 0; step < chunks; step++) {
            int apart = step;
            Workers.forEach(Math.multiplyExact(chunks - step, sequences * groups),
                task -> pass.pair(task % (sequences * groups), task / (sequences * groups), apart));
        }
    }

    /** Keys of chunk {@code c} and queries of chunk {@code c + apart}. */
    private void pair(int sequenceAndGroup, int c, int apart) {
        int group = sequenceAndGroup % groups;
        long row = (long) (sequenceAndGroup / groups) * length;
        int firstKey = c * chunk;
        int endKey = Math.min(length, firstKey + chunk);
        int firstQuery = (c + apart) * chunk;
        int endQuery = Math.min(length, firstQuery + chunk);
        // First keys never fall: no query sees keys before the first query's document.
        long chunkSeen = ScoreBlock.row(seen, row + firstQuery);
        int start = apart == 0 ? firstKey
            : Math.max(firstKey, ScoreBlock.get(chunkSeen, 0, SeenKeys.FIRST) / SIDE * SIDE);
        if (start >= endKey || ScoreBlock.inGap(chunkSeen, endQuery - firstQuery, start, endKey)) {
            return;
        }
        Work w = new Work(width, chunk);
        long column = 4L * group * width;
        for (int j = start; j < endKey; j += SIDE) {
            int keys = Math.min(SIDE, endKey - j);
            if (ScoreBlock.inGap(chunkSeen, endQuery - firstQuery, j, j + keys)) {
                continue;
            }
            w.choose((j - firstKey) / SIDE);
            long kRows = k.address() + (row + j) * k.step() + column;
            HeadBlocks.load(kRows, k.step(), keys, width, scale, w.k);
            HeadBlocks.transpose(kRows, k.step(), keys, width, w.columnsOfK);
            HeadBlocks.transpose(v.address() + (row + j) * v.step() + column, v.step(), keys, width, w.columnsOfV);
            begin(w.dK, dK, row + j, column, keys, apart > 0);
            begin(w.dV, dV, row + j, column, keys, apart > 0);
        }
        for (int h = group * (heads / groups); h < (group + 1) * (heads / groups); h++) {
            for (int i = firstQuery; i < endQuery; i += SIDE) {
                queries(w, row, h, firstKey, endKey, i, Math.min(SIDE, endQuery - i), apart > 0);
            }
        }
        for (int j = start; j < endKey; j += SIDE) {
            int keys = Math.min(SIDE, endKey - j);
            if (!ScoreBlock.inGap(chunkSeen, endQuery - firstQuery, j, j + keys)) {
                w.choose((j - firstKey) / SIDE);
                HeadBlocks.store(w.dK, keys, width, dK.address() + (row + j) * dK.step() + column, dK.step());
                HeadBlocks.store(w.dV, keys, width, dV.address() + (row + j) * dV.step() + column, dV.step());
            }
        }
    }

    /** A block of a gradient that is added to: from zero, or from what there is. */
    private void begin(long block, Strided gradient, long row, long column, int rows, boolean accumulate) {
        if (accumulate) {
            HeadBlocks.load(gradient.address() + row * gradient.step() + column, gradient.step(), rows, width, 1f,
                block);
        } else {
            Memory.clear(block, HeadBlocks.size(width));
        }
    }

    /** One block of queries with all keys of the chunk that they see. */
    private void queries(Work w, long row, int head, int firstKey, int endKeys, int first, int queries,
        boolean accumulate) {
        long blockSeen = ScoreBlock.row(seen, row + first);
        int from = Math.max(firstKey, ScoreBlock.get(blockSeen, 0, SeenKeys.FIRST) / SIDE * SIDE);
        int endKey = Math.min(endKeys, first + queries);
        if (from >= endKey || accumulate && ScoreBlock.inGap(blockSeen, queries, from, endKey)) {
            return;
        }
        long column = 4L * head * width;
        int block = HeadBlocks.size(width);
        long qRows = q.address() + (row + first) * q.step() + column;
        long dOutRows = dOut.address() + (row + first) * dOut.step() + column;
        HeadBlocks.load(qRows, q.step(), queries, width, scale, w.q);
        HeadBlocks.load(qRows, q.step(), queries, width, scale, w.array, 0);
        HeadBlocks.load(dOutRows, dOut.step(), queries, width, 1f, w.dOut);
        HeadBlocks.load(dOutRows, dOut.step(), queries, width, 1f, w.array, block);
        deltas(w, dOutRows, out.address() + (row + first) * out.step() + column, queries);
        for (int i = 0; i < queries; i++) {
            setFloat(at(w.lse, i), getFloat(at(lse, (row + first + i) * heads + head)));
        }
        long dQRows = dQ.address() + (row + first) * dQ.step() + column;
        if (accumulate) {
            HeadBlocks.load(dQRows, dQ.step(), queries, width, 1f, w.dQ);
        }
        for (int j = from; j < endKey; j += SIDE) {
            w.choose((j - firstKey) / SIDE);
            ScoreBlock scores = w.block;
            scores.set(blockSeen, first, queries, j, Math.min(SIDE, endKey - j));
            scores.scores(w.array, 0, w.columnsOfK, width, w.scores);
            scores.mask(w.scores);
            scores.scores(w.array, block, w.columnsOfV, width, w.dScores);
            for (int c = 0; c < scores.keys(); c += WIDTH) {
                int i = scores.firstQuery(c);
                gradients(at(w.scores + i * STEP, c), at(w.dScores + i * STEP, c), at(w.lse, i), at(w.delta, i),
                    scores.queries(c), w.array, 2 * block + i * SIDE + c);
            }
            scores.overQueries(w.array, 2 * block, w.dOut, width, w.dV);
            scores.overQueries(w.array, 2 * block + SQUARE, w.q, width, w.dK);
            scores.overKeys(w.array, 2 * block + SQUARE, w.k, width, w.dQ, accumulate || j > from);
        }
        HeadBlocks.store(w.dQ, queries, width, dQRows, dQ.step());
    }

    /** delta[i] = sum over the head's columns of dOut out. */
    private void deltas(Work w, long dOutRows, long outRows, int queries) {
        products(dOutRows, dOut.step(), outRows, out.step(), queries, S.loopBound(width), w.lanes);
        for (int i = 0; i < queries; i += 4) {
            Lanes.sumFour(at(w.lanes, (long) i * LANES), LANES, at(w.delta, i));
        }
        for (int d = S.loopBound(width); d < width; d++) {
            for (int i = 0; i < queries; i++) {
                float sum = getFloat(at(w.delta, i));
                setFloat(at(w.delta, i), Math.fma(getFloat(at(dOutRows + i * dOut.step(), d)),
                    getFloat(at(outRows + i * out.step(), d)), sum));
            }
        }
    }

    /** For each row each lane's sum of a b over n elements, whole vectors. */
    private static void products(long a, long aStep, long b, long bStep, int rows, int n, long lanes) {
        for (int i = 0; i < rows; i++) {
            FloatVector sum = FloatVector.zero(S);
            for (int d = 0; d < n; d += LANES) {
                sum = fromMemorySegment(S, ALL, at(a, d), ORDER).fma(fromMemorySegment(S, ALL, at(b, d), ORDER), sum);
            }
            sum.intoMemorySegment(ALL, lanes, ORDER);
            a += aStep;
            b += bStep;
            lanes += BYTES;
        }
    }

    /** Of the columns of a tile: P and dS, into two squares of an array, of the scores and dP. */
    private static void gradients(long scores, long dScores, long lse, long delta, int rows, float[] array, int to) {
        for (int i = 0; i < rows; i++) {
            FloatVector shift = broadcast(S, getFloat(at(lse, i)));
            FloatVector shifted = broadcast(S, getFloat(at(delta, i)));
            FloatVector e = VectorMath.expOfLow(fromMemorySegment(S, ALL, scores, ORDER).sub(shift));
            FloatVector f = VectorMath.expOfLow(fromMemorySegment(S, ALL, scores + BYTES, ORDER).sub(shift));
            e.intoArray(array, to);
            f.intoArray(array, to + LANES);
            fromMemorySegment(S, ALL, dScores, ORDER).sub(shifted).mul(e).intoArray(array, to + SQUARE);
            fromMemorySegment(S, ALL, dScores + BYTES, ORDER).sub(shifted).mul(f)
                .intoArray(array, to + SQUARE + LANES);
            scores += STEP;
            dScores += STEP;
            to += SIDE;
        }
    }

    /** Where a task keeps its blocks. */
    private static final class Work {
        private final ScoreBlock block = new ScoreBlock();
        /** A block of queries and one of dOut, then a square of P and one of dS. */
        private final float[] array;
        private final int width;
        private final long scores;
        private final long dScores;
        private final long lse;
        private final long delta;
        private final long lanes;
        private final long q;
        private final long dOut;
        private final long dQ;
        private final long keys;
        /** Of the keys chosen. */
        private long k;
        private long dK;
        private long dV;
        private long columnsOfK;
        private long columnsOfV;

        Work(int width, int chunk) {
            this.width = width;
            int size = HeadBlocks.size(width);
            array = HeadBlocks.array(2 * (size + SQUARE));
            scores = SCRATCH.floats(2L * SQUARE + (2 + LANES) * SIDE + 3L * size + chunk / SIDE * perKeys());
            dScores = at(scores, SQUARE);
            lse = at(dScores, SQUARE);
            delta = at(lse, SIDE);
            lanes = at(delta, SIDE);
            q = at(lanes, LANES * SIDE);
            dOut = at(q, size);
            dQ = at(dOut, size);
            keys = at(dQ, size);
        }

        private long perKeys() {
            return 3L * HeadBlocks.size(width) + 2L * SIDE * width;
        }

        private void choose(int keyBlock) {
            int size = HeadBlocks.size(width);
            k = at(keys, keyBlock * perKeys());
            dK = at(k, size);
            dV = at(dK, size);
            columnsOfK = at(dV, size);
            columnsOfV = at(columnsOfK, (long) SIDE * width);
        }
    }
}
