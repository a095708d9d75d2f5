package org.llmrlpt.kernels.cpu;

import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;
import static org.llmrlpt.kernels.cpu.Memory.ALL;
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
 * Backward pass of {@link AttentionKernels}. With P = exp(scores - lse) and delta = rowsum(dOut out): dV = Pᵀ dOut,
 * dS = P (dOut Vᵀ - delta), dQ = dS K, dK = dSᵀ Q, both times 1/sqrt(D).
 *
 * <p>A task takes a chunk of keys and a chunk of queries, in one group of one sequence. In step s the tasks are the
 * pairs (c, c + s) of all chunks c, so that no two of them add to the same gradient, and each gradient is added up in
 * the order of the steps on any number of threads. Short sequences are one chunk.
 */
public final class AttentionGradients {
    /** Most keys or queries of a chunk: its gradients of keys and values stay in the second cache. */
    private static final int LARGEST_CHUNK = 256;
    private static final int SMALLEST_CHUNK = 64;
    /** So many tasks are wanted in the first step before chunks get smaller; of the shape only. */
    private static final int TASKS = 16;

    private static final int LANES = S.length();
    private static final int BYTES = S.vectorByteSize();
    private static final int WIDTH = QueryPanel.WIDTH;
    private static final long STEP = QueryPanel.STEP;
    private static final Scratch SCRATCH = new Scratch();

    private final Strided q;
    private final Strided k;
    private final Strided v;
    private final long starts;
    private final Strided out;
    private final long lse;
    private final Strided dOut;
    private final Strided dQ;
    private final Strided dK;
    private final Strided dV;
    private final int length;
    private final int heads;
    private final int groups;
    private final int width;
    private final int chunk;
    private final float scale;

    private AttentionGradients(Strided q, Strided k, Strided v, long starts, Strided out, long lse, Strided dOut,
        Strided dQ, Strided dK, Strided dV, int sequences, int length, int heads, int groups, int width) {
        this.q = q;
        this.k = k;
        this.v = v;
        this.starts = starts;
        this.out = out;
        this.lse = lse;
        this.dOut = dOut;
        this.dQ = dQ;
        this.dK = dK;
        this.dV = dV;
        this.length = length;
        this.heads = heads;
        this.groups = groups;
        this.width = width;
        this.chunk = chunk(sequences * groups, length);
        this.scale = (float) (1 / Math.sqrt(width));
    }

    /** dQ, dK and dV, overwritten; shapes as in {@link AttentionKernels#attention}. */
    public static void attentionBackward(Strided q, Strided k, Strided v, IntArray starts, int startsAt, Strided out,
        FloatArray lse, int lseAt, Strided dOut, Strided dQ, Strided dK, Strided dV, int sequences, int length,
        int heads, int groups, int width) {
        AttentionGradients pass = new AttentionGradients(q, k, v, at(starts.getSegment().address(), startsAt), out,
            at(lse.getSegment().address(), lseAt), dOut, dQ, dK, dV, sequences, length, heads, groups, width);
        int chunks = Math.ceilDiv(length, pass.chunk);
        for (int step = 0; step < chunks; step++) {
            int apart = step;
            Workers.forEach(Math.multiplyExact(chunks - step, sequences * groups),
                task -> pass.pair(task % (sequences * groups), task / (sequences * groups), apart));
        }
    }

    private static int chunk(int parallel, int length) {
        int chunk = LARGEST_CHUNK;
        while (chunk > SMALLEST_CHUNK && (long) parallel * Math.ceilDiv(length, chunk) < TASKS) {
            chunk /= 2;
        }
        return chunk;
    }

    /** Keys of chunk {@code c} and queries of chunk {@code c + apart}. */
    private void pair(int sequenceAndGroup, int c, int apart) {
        int group = sequenceAndGroup % groups;
        long row = (long) (sequenceAndGroup / groups) * length;
        int firstKey = c * chunk;
        int keys = Math.min(chunk, length - firstKey);
        int firstQuery = (c + apart) * chunk;
        int endQuery = Math.min(length, firstQuery + chunk);
        // Starts never fall: where the first query's document begins behind all keys, no query sees any of them.
        if (apart > 0 && getInt(at(starts, row + firstQuery)) >= firstKey + keys) {
            return;
        }
        int padded = Math.ceilDiv(width, WIDTH) * WIDTH;
        Work work = new Work(SCRATCH, width, padded, chunk);
        long keyGradient = dK.address() + (row + firstKey) * dK.step() + 4L * group * width;
        long valueGradient = dV.address() + (row + firstKey) * dV.step() + 4L * group * width;
        load(keyGradient, dK.step(), work.dK, keys, padded, apart > 0);
        load(valueGradient, dV.step(), work.dV, keys, padded, apart > 0);
        int perGroup = heads / groups;
        for (int h = group * perGroup; h < (group + 1) * perGroup; h++) {
            for (int first = firstQuery; first < endQuery; first += WIDTH) {
                panel(work, row, group, h, firstKey, firstKey + keys, first, Math.min(WIDTH, endQuery - first),
                    apart > 0);
            }
        }
        store(work.dK, keyGradient, dK.step(), keys, padded);
        store(work.dV, valueGradient, dV.step(), keys, padded);
    }

    /** One panel of queries with all keys of the chunk that they see. */
    private void panel(Work w, long row, int group, int head, int firstKey, int endKey, int first, int queries,
        boolean accumulate) {
        long sequenceStarts = at(starts, row);
        int sharedFrom = getInt(at(sequenceStarts, first + queries - 1));
        int from = Math.max(firstKey, getInt(at(sequenceStarts, first)));
        int to = Math.min(endKey, first + queries);
        if (from >= to) {
            return;
        }
        long column = 4L * head * width;
        long queryRow = row + first;
        AttentionKernels.copyStarts(sequenceStarts, first, queries, w.laneStarts);
        long qRows = q.address() + queryRow * q.step() + column;
        long dOutRows = dOut.address() + queryRow * dOut.step() + column;
        QueryPanel.turn(qRows, q.step(), queries, width, w.q);
        QueryPanel.turn(dOutRows, dOut.step(), queries, width, w.dOut);
        load(qRows, q.step(), w.qRows, queries, w.padded, true);
        load(dOutRows, dOut.step(), w.dOutRows, queries, w.padded, true);
        deltas(w, out.address() + queryRow * out.step() + column, queries);
        for (int i = 0; i < WIDTH; i++) {
            setFloat(at(w.lse, i), i < queries ? getFloat(at(lse, (queryRow + i) * heads + head)) : 0f);
        }
        for (int j = from; j < to; j += AttentionKernels.KEYS) {
            int keys = Math.min(AttentionKernels.KEYS, to - j);
            long kRows = k.address() + (row + j) * k.step() + 4L * group * width;
            long vRows = v.address() + (row + j) * v.step() + 4L * group * width;
            SmallProduct.multiply(kRows, k.step(), 4, keys, w.q, STEP, w.scores, STEP, width, false);
            if (j + keys - 1 > first || j < sharedFrom) {
                AttentionKernels.mask(w.scores, keys, j, first, w.laneStarts);
            }
            SmallProduct.multiply(vRows, v.step(), 4, keys, w.dOut, STEP, w.dScores, STEP, width, false);
            gradients(w, keys);
            long shift = 4L * (j - firstKey) * w.padded;
            for (int d = 0; d < w.padded; d += WIDTH) {
                SmallProduct.multiply(w.scores, STEP, 4, keys, at(w.dOutRows, d), 4L * w.padded, at(w.dV + shift, d),
                    4L * w.padded, queries, true);
                SmallProduct.multiply(w.dScores, STEP, 4, keys, at(w.qRows, d), 4L * w.padded, at(w.dK + shift, d),
                    4L * w.padded, queries, true);
            }
            SmallProduct.multiply(kRows, 4, k.step(), width, w.dScores, STEP, w.dQ, STEP, keys, j > from);
        }
        long dQRows = dQ.address() + queryRow * dQ.step() + column;
        if (accumulate) {
            QueryPanel.turnBack(w.dQ, queries, width, w.qRows, 4L * w.padded);
            for (int i = 0; i < queries; i++) {
                Rows.axpy(1f, at(w.qRows, (long) i * w.padded), dQRows + i * dQ.step(), width);
            }
        } else {
            QueryPanel.turnBack(w.dQ, queries, width, dQRows, dQ.step());
        }
    }

    /** delta[q] = sum over the head's columns of dOut out. */
    private void deltas(Work w, long outRows, int queries) {
        load(outRows, out.step(), w.outRows, queries, w.padded, true);
        for (int i = 0; i < WIDTH; i++) {
            long row = 4L * i * w.padded;
            products(w.outRows + row, w.dOutRows + row, i < queries ? w.padded : 0, w.lanes);
            setFloat(at(w.delta, i), Lanes.sum(w.lanes, LANES));
        }
    }

    /** Each lane's sum of a b over n elements, whole vectors. */
    private static void products(long a, long b, int n, long lanes) {
        FloatVector sum = FloatVector.zero(S);
        for (int d = 0; d < n; d += LANES) {
            sum = fromMemorySegment(S, ALL, at(a, d), ORDER).fma(fromMemorySegment(S, ALL, at(b, d), ORDER), sum);
        }
        sum.intoMemorySegment(ALL, lanes, ORDER);
    }

    /** Scores become P, dScores (so far dP) become dS/sqrt(D). */
    private void gradients(Work w, int keys) {
        FloatVector factor = broadcast(S, scale);
        for (int half = 0; half < 4 * WIDTH; half += BYTES) {
            FloatVector shift = fromMemorySegment(S, ALL, w.lse + half, ORDER).neg();
            FloatVector delta = fromMemorySegment(S, ALL, w.delta + half, ORDER);
            long p = w.scores + half;
            long g = w.dScores + half;
            for (int j = 0; j < keys; j++) {
                FloatVector e = VectorMath.exp(fromMemorySegment(S, ALL, p, ORDER).fma(factor, shift));
                e.intoMemorySegment(ALL, p, ORDER);
                fromMemorySegment(S, ALL, g, ORDER).sub(delta).mul(e).mul(factor).intoMemorySegment(ALL, g, ORDER);
                p += STEP;
                g += STEP;
            }
        }
    }

    /** Copies rows, padding them with zeros; all zeros if {@code there} is false. */
    private void load(long from, long fromStep, long to, int rows, int padded, boolean there) {
        int taken = there ? width : 0;
        int whole = S.loopBound(taken);
        for (int r = 0; r < rows; r++) {
            int d = 0;
            for (; d < whole; d += LANES) {
                fromMemorySegment(S, ALL, at(from, d), ORDER).intoMemorySegment(ALL, at(to, d), ORDER);
            }
            for (; d < taken; d++) {
                setFloat(at(to, d), getFloat(at(from, d)));
            }
            for (; d < padded; d++) {
                setFloat(at(to, d), 0f);
            }
            from += fromStep;
            to += 4L * padded;
        }
    }

    private void store(long from, long to, long toStep, int rows, int padded) {
        for (int r = 0; r < rows; r++) {
            Memory.copy(from + 4L * r * padded, to + r * toStep, width);
        }
    }

    /** Where a task keeps its blocks. Rows of queries and of gradients are padded to whole panels. */
    private static final class Work {
        private final int padded;
        private final long q;
        private final long dOut;
        private final long dQ;
        private final long scores;
        private final long dScores;
        private final long lse;
        private final long delta;
        private final long laneStarts;
        private final long qRows;
        private final long dOutRows;
        private final long outRows;
        private final long lanes;
        private final long dK;
        private final long dV;

        Work(Scratch scratch, int width, int padded, int chunk) {
            this.padded = padded;
            long panel = (long) width * WIDTH;
            long block = (long) AttentionKernels.KEYS * WIDTH;
            long rows = (long) padded * WIDTH;
            q = scratch.floats(3 * panel + 2 * block + 3 * WIDTH + 3 * rows + LANES + 2L * chunk * padded);
            dOut = at(q, panel);
            dQ = at(dOut, panel);
            scores = at(dQ, panel);
            dScores = at(scores, block);
            lse = at(dScores, block);
            delta = at(lse, WIDTH);
            laneStarts = at(delta, WIDTH);
            qRows = at(laneStarts, WIDTH);
            dOutRows = at(qRows, rows);
            outRows = at(dOutRows, rows);
            lanes = at(outRows, rows);
            dK = at(lanes, LANES);
            dV = at(dK, (long) chunk * padded);
        }
    }
}
