package org.llmrlpt.kernels.cpu;

import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;
import static jdk.incubator.vector.VectorOperators.MAX;
import static org.llmrlpt.kernels.cpu.HeadBlocks.SIDE;
import static org.llmrlpt.kernels.cpu.HeadBlocks.SQUARE;
import static org.llmrlpt.kernels.cpu.Memory.ALL;
import static org.llmrlpt.kernels.cpu.Memory.ORDER;
import static org.llmrlpt.kernels.cpu.Memory.at;
import static org.llmrlpt.kernels.cpu.Memory.getFloat;
import static org.llmrlpt.kernels.cpu.Memory.setFloat;
import static org.llmrlpt.kernels.cpu.Memory.setInt;
import static org.llmrlpt.kernels.cpu.SmallProduct.STEP;
import static org.llmrlpt.kernels.cpu.SmallProduct.WIDTH;
import static org.llmrlpt.kernels.cpu.VectorMath.S;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import org.llmrlpt.kernels.SeenKeys;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * Causal grouped-query attention inside documents, forward: blocks of queries by blocks of keys with an online softmax.
 *
 * <p>A task takes a chunk of queries, in all heads of one group of one sequence, so that these share the copies of keys
 * and values that {@link SmallProduct} wants; of these it holds a chunk at a time.
 */
record AttentionKernels(Strided q, Strided k, Strided v, long seen, Strided out, long lse, int length, int heads,
    int groups, int width, int chunk) {
    /** Most keys or queries of a chunk. */
    private static final int LARGEST_CHUNK = 512;
    /** Most numbers that one head has in a chunk: its copies, sums and gradients stay in the second cache. */
    private static final int CHUNK_NUMBERS = 1 << 15;
    /** So many tasks are wanted at least before chunks get smaller; of the shape only. */
    private static final int TASKS = 8;

    private static final int LANES = S.length();
    private static final int BYTES = S.vectorByteSize();
    private static final Scratch SCRATCH = new Scratch();

    /**
     * Row t of head h in each of {@code sequences} sequences of {@code length} rows sees those keys up to t of head
     * h/(heads/groups) that {@link SeenKeys} names; scale 1/sqrt(width). lse [rows, heads] = log-sum-exp of the scaled
     * scores.
     */
    public static void attention(Strided q, Strided k, Strided v, IntArray seen, int seenAt, Strided out,
        FloatArray lse, int lseAt, int sequences, int length, int heads, int groups, int width) {
        AttentionKernels pass = new AttentionKernels(q, k, v, at(seen.getSegment().address(), seenAt), out,
            at(lse.getSegment().address(), lseAt), length, heads, groups, width,
            chunk(sequences * groups, length, width));
        int chunks = Math.ceilDiv(length, pass.chunk);
        // The last chunks see the most keys: they come first, so that the threads end together.
        Workers.forEach(Math.multiplyExact(chunks, sequences * groups),
            task -> pass.chunk(task % (sequences * groups), chunks - 1 - task / (sequences * groups), new Work(pass)));
    }

    /** Queries or keys of a chunk, a multiple of {@link HeadBlocks#SIDE}. */
    static int chunk(int parallel, int length, int width) {
        int chunk = LARGEST_CHUNK;
        while (chunk > SIDE && (chunk * width > CHUNK_NUMBERS || chunk >= 2 * length
            || (long) parallel * Math.ceilDiv(length, chunk) < TASKS)) {
            chunk /= 2;
        }
        return chunk;
    }

    private void chunk(int sequenceAndGroup, int c, Work w) {
        int group = sequenceAndGroup % groups;
        int firstHead = group * (heads / groups);
        int endHead = firstHead + heads / groups;
        long row = (long) (sequenceAndGroup / groups) * length;
        int first = c * chunk;
        int end = Math.min(length, first + chunk);
        long chunkSeen = ScoreBlock.row(seen, row + first);
        int start = ScoreBlock.get(chunkSeen, 0, SeenKeys.FIRST) / SIDE * SIDE;
        for (int firstKey = start / chunk * chunk; firstKey < end; firstKey += chunk) {
            int endKey = Math.min(end, firstKey + chunk);
            long column = 4L * group * width;
            for (int j = Math.max(start, firstKey); j < endKey; j += SIDE) {
                int keys = Math.min(SIDE, endKey - j);
                if (ScoreBlock.inGap(chunkSeen, end - first, j, j + keys)) {
                    continue;
                }
                int block = (j - firstKey) / SIDE;
                HeadBlocks.transpose(k.address() + (row + j) * k.step() + column, k.step(), keys, width,
                    w.columnsOfK(block));
                HeadBlocks.load(v.address() + (row + j) * v.step() + column, v.step(), keys, width, 1f, w.v(block));
            }
            for (int i = first; i < end; i += SIDE) {
                queries(w, row, i, Math.min(SIDE, end - i), firstHead, firstKey, Math.min(endKey, i + SIDE));
            }
        }
        for (int h = firstHead; h < endHead; h++) {
            for (int i = first; i < end; i += SIDE) {
                w.choose(h - firstHead, (i - first) / SIDE);
                finish(w, row + i, h, Math.min(SIDE, end - i));
            }
        }
    }

    /** One block of queries, in all heads of the group, with all keys of a chunk that they see. */
    private void queries(Work w, long row, int first, int queries, int firstHead, int firstKey, int endKey) {
        long blockSeen = ScoreBlock.row(seen, row + first);
        int start = ScoreBlock.get(blockSeen, 0, SeenKeys.FIRST);
        int from = Math.max(0, start - firstKey) / SIDE;
        int end = Math.ceilDiv(endKey - firstKey, SIDE);
        for (int b = from; b < end; b++) {
            int key = firstKey + b * SIDE;
            w.blocks[b].set(blockSeen, first, queries, key, Math.min(SIDE, endKey - key));
        }
        for (int h = 0; from < end && h < heads / groups; h++) {
            w.choose(h, first % chunk / SIDE);
            HeadBlocks.load(q.address() + (row + first) * q.step() + 4L * (firstHead + h) * width, q.step(), queries,
                width, (float) (1 / Math.sqrt(width)), w.array, 0);
            for (int b = from; b < end; b++) {
                w.blocks[b].scores(w.array, 0, w.columnsOfK(b), width, at(w.scores, b * SQUARE));
                w.blocks[b].mask(at(w.scores, b * SQUARE));
            }
            boolean begun = start < firstKey; // in an earlier chunk
            softmax(w, queries, from, end, begun);
            if (begun) {
                multiply(w.out, width, w.factors, queries);
            }
            for (int b = from; b < end; b++) {
                w.blocks[b].overKeys(w.array, HeadBlocks.size(width) + b * SQUARE, w.v(b), width, w.out,
                    begun || b > from);
            }
        }
    }

    /**
     * One step of the online softmax: weights = exp(score - maximum) with the maximum so far. When that grows, the sum
     * of weights (one for each lane) shrinks accordingly, and so should the sums over values, by w.factors.
     */
    private void softmax(Work w, int queries, int from, int end, boolean begun) {
        if (!begun) {
            fill(w.maxima, SIDE, -Float.MAX_VALUE);
            fill(w.sums, SIDE * LANES, 0f);
        }
        fill(w.tops, SIDE * LANES, -Float.MAX_VALUE);
        for (int b = from; b < end; b++) {
            ScoreBlock block = w.blocks[b];
            for (int j = 0; j < block.keys(); j += WIDTH) {
                int i = block.firstQuery(j);
                largest(at(w.scores + i * STEP, b * SQUARE + j), block.queries(j), at(w.tops, (long) i * LANES));
            }
        }
        largestLanes(w.tops, queries, w.factors);
        raise(w.maxima, w.factors);
        if (begun) {
            multiplyLanes(w.sums, BYTES, w.factors, SIDE);
        }
        for (int b = from; b < end; b++) {
            ScoreBlock block = w.blocks[b];
            for (int j = 0; j < block.keys(); j += WIDTH) {
                int i = block.firstQuery(j);
                exponentials(at(w.scores + i * STEP, b * SQUARE + j), block.queries(j), at(w.maxima, i),
                    at(w.sums, (long) i * LANES), w.array, HeadBlocks.size(width) + b * SQUARE + i * SIDE + j);
            }
        }
    }

    private static void fill(long floats, int count, float value) {
        for (int i = 0; i < count; i += LANES) {
            broadcast(S, value).intoMemorySegment(ALL, at(floats, i), ORDER);
        }
    }

    /** tops [rows, LANES] = the larger of what they hold and of the scores in the columns of a tile. */
    private static void largest(long scores, int rows, long tops) {
        for (int i = 0; i < rows; i++) {
            FloatVector top = VectorMath.larger(fromMemorySegment(S, ALL, tops, ORDER),
                fromMemorySegment(S, ALL, scores, ORDER));
            VectorMath.larger(top, fromMemorySegment(S, ALL, scores + BYTES, ORDER))
                .intoMemorySegment(ALL, tops, ORDER);
            scores += STEP;
            tops += BYTES;
        }
    }

    /** to[i] = the key of the largest of the lanes of top i: integers are compared in a third of the instructions. */
    private static void largestLanes(long tops, int rows, long to) {
        for (int i = 0; i < rows; i++) {
            setInt(at(to, i), VectorMath.key(fromMemorySegment(S, ALL, tops, ORDER)).reduceLanes(MAX));
            tops += BYTES;
        }
    }

    /** Maxima become the larger of themselves and of the tops, which become the factor by which sums then shrink. */
    private static void raise(long maxima, long tops) {
        for (int i = 0; i < SIDE; i += LANES) {
            FloatVector before = fromMemorySegment(S, ALL, at(maxima, i), ORDER);
            FloatVector after = VectorMath.larger(before, VectorMath.ofKeys(at(tops, i)));
            after.intoMemorySegment(ALL, at(maxima, i), ORDER);
            VectorMath.expOfLow(before.sub(after)).intoMemorySegment(ALL, at(tops, i), ORDER);
        }
    }

    /** Of the columns of a tile: weights = exp(score - maximum), which are added to the sums [rows, LANES]. */
    private static void exponentials(long scores, int rows, long maxima, long sums, float[] weights, int to) {
        for (int i = 0; i < rows; i++) {
            FloatVector shift = broadcast(S, getFloat(at(maxima, i)));
            FloatVector e = VectorMath.expOfLow(fromMemorySegment(S, ALL, scores, ORDER).sub(shift));
            FloatVector f = VectorMath.expOfLow(fromMemorySegment(S, ALL, scores + BYTES, ORDER).sub(shift));
            e.intoArray(weights, to);
            f.intoArray(weights, to + LANES);
            fromMemorySegment(S, ALL, sums, ORDER).add(e.add(f)).intoMemorySegment(ALL, sums, ORDER);
            scores += STEP;
            sums += BYTES;
            to += SIDE;
        }
    }

    /** Row i of a block times factors[i]. */
    private static void multiply(long block, int width, long factors, int rows) {
        for (int d = 0; d < width; d += LANES) {
            multiplyLanes(at(block, HeadBlocks.column(d)), STEP, factors, rows);
        }
    }

    private static void multiplyLanes(long column, long step, long factors, int rows) {
        for (int i = 0; i < rows; i++) {
            fromMemorySegment(S, ALL, column, ORDER).mul(broadcast(S, getFloat(at(factors, i))))
                .intoMemorySegment(ALL, column, ORDER);
            column += step;
        }
    }

    /** Divides by the sums of weights, and writes the logarithm of each query's. */
    private void finish(Work w, long row, int head, int queries) {
        for (int i = 0; i < queries; i += 4) {
            Lanes.sumFour(at(w.sums, (long) i * LANES), LANES, at(w.factors, i));
        }
        logarithms(w.maxima, w.factors);
        for (int i = 0; i < queries; i++) {
            setFloat(at(lse, (row + i) * heads + head), getFloat(at(w.maxima, i)));
        }
        multiply(w.out, width, w.factors, queries);
        HeadBlocks.store(w.out, queries, width, out.address() + row * out.step() + 4L * head * width, out.step());
    }

    /** maxima += ln sums, and sums become 1 / sums. */
    private static void logarithms(long maxima, long sums) {
        for (int i = 0; i < SIDE; i += LANES) {
            FloatVector sum = fromMemorySegment(S, ALL, sums, ORDER);
            fromMemorySegment(S, ALL, maxima, ORDER).add(VectorMath.log(sum)).intoMemorySegment(ALL, maxima, ORDER);
            broadcast(S, 1f).div(sum).intoMemorySegment(ALL, sums, ORDER);
            maxima += BYTES;
            sums += BYTES;
        }
    }

    /** Where a task keeps its blocks. */
    private static final class Work {
        private final ScoreBlock[] blocks;
        /** A block of queries, then the weights. */
        private final float[] array;
        private final int width;
        private final long scores;
        private final long factors;
        private final long tops;
        private final long keys;
        private final long states;
        /** Of the queries chosen: sums over values, sums of weights for each lane, maxima. */
        private long out;
        private long sums;
        private long maxima;

        Work(AttentionKernels pass) {
            width = pass.width;
            blocks = new ScoreBlock[pass.chunk / SIDE];
            Arrays.setAll(blocks, b -> new ScoreBlock());
            array = HeadBlocks.array(HeadBlocks.size(width) + blocks.length * SQUARE);
            long perState = HeadBlocks.size(width) + (long) SIDE * LANES + SIDE;
            long perKeys = HeadBlocks.size(width) + (long) SIDE * width;
            scores = SCRATCH.floats(SIDE + SIDE * LANES
                + blocks.length * (SQUARE + perKeys + pass.heads / pass.groups * perState));
            factors = at(scores, blocks.length * SQUARE);
            tops = at(factors, SIDE);
            keys = at(tops, (long) SIDE * LANES);
            states = at(keys, blocks.length * perKeys);
        }

        private long v(int block) {
            return at(keys, block * ((long) HeadBlocks.size(width) + (long) SIDE * width));
        }

        private long columnsOfK(int block) {
            return at(v(block), HeadBlocks.size(width));
        }

        private void choose(int head, int block) {
            out = at(states, (head * blocks.length + block) * (HeadBlocks.size(width) + (long) SIDE * LANES + SIDE));
            sums = at(out, HeadBlocks.size(width));
            maxima = at(sums, (long) SIDE * LANES);
        }
    }
}
