package org.llmrlpt.kernels.cpu;

import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;
import static jdk.incubator.vector.VectorOperators.GE;
import static jdk.incubator.vector.VectorOperators.LE;
import static org.llmrlpt.kernels.cpu.Memory.ALL;
import static org.llmrlpt.kernels.cpu.Memory.ORDER;
import static org.llmrlpt.kernels.cpu.Memory.at;
import static org.llmrlpt.kernels.cpu.Memory.getFloat;
import static org.llmrlpt.kernels.cpu.Memory.getInt;
import static org.llmrlpt.kernels.cpu.Memory.setFloat;
import static org.llmrlpt.kernels.cpu.Memory.setInt;
import static org.llmrlpt.kernels.cpu.VectorMath.S;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * Causal grouped-query attention inside documents, forward: blocks of queries by blocks of keys with an online softmax.
 * Scores are held as [key, query] (see {@link QueryPanel}), so that keys and values are read where they lie.
 */
public final class AttentionKernels {
    /** Keys of a block: with its values and scores it fits the first cache. */
    static final int KEYS = 64;

    private static final VectorSpecies<Integer> SI = IntVector.SPECIES_PREFERRED;
    private static final int LANES = S.length();
    private static final int BYTES = S.vectorByteSize();
    private static final int WIDTH = QueryPanel.WIDTH;
    private static final long STEP = QueryPanel.STEP;
    private static final Scratch SCRATCH = new Scratch();

    private AttentionKernels() {
    }

    /**
     * Row t of head h in each of {@code sequences} sequences of {@code length} rows sees the keys starts[t]..t of head
     * h/(heads/groups); scale 1/sqrt(width). lse [rows, heads] = log-sum-exp of the scaled scores.
     */
    public static void attention(Strided q, Strided k, Strided v, IntArray starts, int startsAt, Strided out,
        FloatArray lse, int lseAt, int sequences, int length, int heads, int groups, int width) {
        int blocks = Math.ceilDiv(length, WIDTH);
        int perGroup = heads / groups;
        long startsBase = at(starts.getSegment().address(), startsAt);
        long lseBase = at(lse.getSegment().address(), lseAt);
        float scale = (float) (1 / Math.sqrt(width));
        // The last blocks see the most keys: they come first, so that the threads end together.
        Workers.forEach(Math.multiplyExact(blocks, sequences * groups), task -> {
            int first = (blocks - 1 - task / (sequences * groups)) * WIDTH;
            int sequence = task % (sequences * groups) / groups;
            int group = task % groups;
            long row = (long) sequence * length;
            long firstHead = 4L * group * perGroup * width;
            Block block = new Block(first, Math.min(WIDTH, length - first), at(startsBase, row));
            block.run(q.address() + (row + first) * q.step() + firstHead, q.step(),
                k.address() + row * k.step() + 4L * group * width, k.step(),
                v.address() + row * v.step() + 4L * group * width, v.step(),
                out.address() + (row + first) * out.step() + firstHead, out.step(),
                at(lseBase, (row + first) * heads + group * perGroup), heads, perGroup, width, scale);
        });
    }

    /** The queries {@code first} to {@code first + queries} of a sequence, in all heads of one group. */
    private static final class Block {
        private final int first;
        private final int queries;
        /** The keys that any of the queries sees. */
        private final int from;
        private final int to;
        /** Keys before it are in other documents for some of the queries. */
        private final int sharedFrom;
        private final long starts;

        Block(int first, int queries, long starts) {
            this.first = first;
            this.queries = queries;
            this.starts = starts;
            from = getInt(at(starts, first));
            sharedFrom = getInt(at(starts, first + queries - 1));
            to = first + queries;
        }

        void run(long q, long qStep, long k, long kStep, long v, long vStep, long out, long outStep, long lse,
            int lseStride, int heads, int width, float scale) {
            long panel = (long) width * WIDTH;
            long perHead = 2 * panel + 3 * WIDTH;
            long scratch = SCRATCH.floats(heads * perHead + KEYS * WIDTH + WIDTH);
            long scores = at(scratch, heads * perHead);
            long laneStarts = at(scores, KEYS * WIDTH);
            copyStarts(starts, first, queries, laneStarts);
            for (int h = 0; h < heads; h++) {
                long turned = at(scratch, h * perHead);
                QueryPanel.turn(q + 4L * h * width, qStep, queries, width, turned);
                clearSums(at(turned, 2 * panel));
            }
            for (int j = from; j < to; j += KEYS) {
                int keys = Math.min(KEYS, to - j);
                for (int h = 0; h < heads; h++) {
                    long turned = at(scratch, h * perHead);
                    long sums = at(turned, panel);
                    long maximum = at(sums, panel);
                    SmallProduct.multiply(k + j * kStep, kStep, 4, keys, turned, STEP, scores, STEP, width, false);
                    if (j + keys - 1 > first || j < sharedFrom) {
                        mask(scores, keys, j, first, laneStarts);
                    }
                    softmax(scores, keys, scale, maximum, sums, j == from ? 0 : width);
                    SmallProduct.multiply(v + j * vStep, 4, vStep, width, scores, STEP, sums, STEP, keys, j > from);
                }
            }
            for (int h = 0; h < heads; h++) {
                long sums = at(scratch, h * perHead + panel);
                finish(sums, width, at(sums, panel), queries, at(lse, h), lseStride);
                QueryPanel.turnBack(sums, queries, width, out + 4L * h * width, outStep);
            }
        }
    }

    /** Each lane's start; lanes without a query get the last one's. */
    static void copyStarts(long starts, int first, int queries, long lanes) {
        for (int i = 0; i < WIDTH; i++) {
            setInt(at(lanes, i), getInt(at(starts, first + Math.min(i, queries - 1))));
        }
    }

    private static void clearSums(long maximum) {
        for (int i = 0; i < WIDTH; i += LANES) {
            broadcast(S, -Float.MAX_VALUE).intoMemorySegment(ALL, at(maximum, i), ORDER);
            FloatVector.zero(S).intoMemorySegment(ALL, at(maximum, WIDTH + i), ORDER);
        }
    }

    /** Scores of keys that a query does not see become minus infinity. */
    static void mask(long scores, int keys, int firstKey, int firstQuery, long laneStarts) {
        for (int half = 0; half < WIDTH; half += LANES) {
            IntVector start = IntVector.fromMemorySegment(SI, ALL, at(laneStarts, half), ORDER);
            IntVector query = IntVector.zero(SI).addIndex(1).add(firstQuery + half);
            long p = at(scores, half);
            for (int j = firstKey; j < firstKey + keys; j++) {
                VectorMask<Integer> seen = start.compare(LE, j).and(query.compare(GE, j));
                broadcast(S, Float.NEGATIVE_INFINITY).blend(fromMemorySegment(S, ALL, p, ORDER), seen.cast(S))
                    .intoMemorySegment(ALL, p, ORDER);
                p += STEP;
            }
        }
    }

    /**
     * One step of the online softmax: scores become exp(score scale - maximum) with the maximum so far; when that
     * grows, the sum behind it and the {@code rows} rows of sums over values shrink accordingly. Behind the sum is room
     * for the new maximum.
     */
    private static void softmax(long scores, int keys, float scale, long maximum, long sums, int rows) {
        for (int half = 0; half < 4 * WIDTH; half += BYTES) {
            long before = maximum + half;
            long top = before + 2 * STEP;
            largest(scores + half, keys, scale, before, top);
            exponentials(scores + half, keys, scale, top, before, sums + half, rows);
        }
    }

    /** to = the larger of {@code before} and of the scaled scores, for each lane. */
    private static void largest(long scores, int keys, float scale, long before, long to) {
        FloatVector top = broadcast(S, -Float.MAX_VALUE);
        FloatVector other = broadcast(S, -Float.MAX_VALUE);
        int j = 0;
        for (; j + 2 <= keys; j += 2) {
            top = top.max(fromMemorySegment(S, ALL, scores, ORDER));
            other = other.max(fromMemorySegment(S, ALL, scores + STEP, ORDER));
            scores += 2 * STEP;
        }
        if (j < keys) {
            top = top.max(fromMemorySegment(S, ALL, scores, ORDER));
        }
        fromMemorySegment(S, ALL, before, ORDER).max(top.max(other).mul(scale)).intoMemorySegment(ALL, to, ORDER);
    }

    /** The rest of {@link #softmax} for one vector of queries; {@code maximum} takes over what {@code top} holds. */
    private static void exponentials(long scores, int keys, float scale, long top, long maximum, long sums, int rows) {
        FloatVector factor = broadcast(S, scale);
        FloatVector raised = fromMemorySegment(S, ALL, top, ORDER);
        FloatVector shift = raised.neg();
        FloatVector sum = FloatVector.zero(S);
        for (int j = 0; j < keys; j++) {
            FloatVector e = VectorMath.exp(fromMemorySegment(S, ALL, scores, ORDER).fma(factor, shift));
            e.intoMemorySegment(ALL, scores, ORDER);
            sum = sum.add(e);
            scores += STEP;
        }
        FloatVector before = fromMemorySegment(S, ALL, maximum, ORDER);
        FloatVector shrink = VectorMath.exp(before.sub(raised));
        fromMemorySegment(S, ALL, maximum + STEP, ORDER).fma(shrink, sum)
            .intoMemorySegment(ALL, maximum + STEP, ORDER);
        raised.intoMemorySegment(ALL, maximum, ORDER);
        if (!raised.eq(before).allTrue()) {
            for (int d = 0; d < rows; d++) {
                fromMemorySegment(S, ALL, sums, ORDER).mul(shrink).intoMemorySegment(ALL, sums, ORDER);
                sums += STEP;
            }
        }
    }

    /** Divides by the sum of exponentials, and writes its logarithm for each query. */
    private static void finish(long sums, int width, long maximum, int queries, long lse, int lseStride) {
        for (int half = 0; half < 4 * WIDTH; half += BYTES) {
            FloatVector factor = broadcast(S, 1f).div(fromMemorySegment(S, ALL, maximum + STEP + half, ORDER));
            long p = sums + half;
            for (int d = 0; d < width; d++) {
                fromMemorySegment(S, ALL, p, ORDER).mul(factor).intoMemorySegment(ALL, p, ORDER);
                p += STEP;
            }
        }
        for (int i = 0; i < queries; i++) {
            double sum = Math.log(getFloat(at(maximum, WIDTH + i)));
            setFloat(at(lse, (long) i * lseStride), (float) (getFloat(at(maximum, i)) + sum));
        }
    }
}
