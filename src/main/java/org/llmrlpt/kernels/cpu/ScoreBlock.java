package org.llmrlpt.kernels.cpu;

import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;
import static jdk.incubator.vector.VectorOperators.GE;
import static jdk.incubator.vector.VectorOperators.LE;
import static org.llmrlpt.kernels.cpu.HeadBlocks.SIDE;
import static org.llmrlpt.kernels.cpu.Memory.ALL;
import static org.llmrlpt.kernels.cpu.Memory.ORDER;
import static org.llmrlpt.kernels.cpu.Memory.at;
import static org.llmrlpt.kernels.cpu.Memory.getInt;
import static org.llmrlpt.kernels.cpu.SmallProduct.ROWS;
import static org.llmrlpt.kernels.cpu.SmallProduct.STEP;
import static org.llmrlpt.kernels.cpu.SmallProduct.WIDTH;
import static org.llmrlpt.kernels.cpu.VectorMath.S;

import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/**
 * The part of attention's scores of up to {@link HeadBlocks#SIDE} queries and as many keys of a sequence, and the
 * products that it takes part in. Both begin at multiples of SIDE. What no query of a tile sees is left out.
 */
final class ScoreBlock {
    private static final VectorSpecies<Integer> SI = IntVector.SPECIES_PREFERRED;
    private static final int LANES = S.length();
    private static final int BYTES = S.vectorByteSize();

    private long starts;
    private int firstKey;
    private int queries;
    private int keys;
    /** The first query minus the first key. */
    private int diagonal;
    /** For every {@link SmallProduct#WIDTH} keys: one past the last query of the last tile that sees any of them. */
    private final int[] ends = new int[SIDE / WIDTH];

    /**
     * @param starts address of the first key that each query of the block sees
     */
    void set(long starts, int firstQuery, int queries, int firstKey, int keys) {
        this.starts = starts;
        this.firstKey = firstKey;
        this.queries = queries;
        this.keys = keys;
        diagonal = firstQuery - firstKey;
        int end = queries;
        for (int j = SIDE - WIDTH; j >= 0; j -= WIDTH) {
            // Starts never fall.
            while (end > 0 && getInt(at(starts, end - 1L)) >= firstKey + j + WIDTH) {
                end--;
            }
            ends[j / WIDTH] = Math.min(queries, Math.ceilDiv(end, ROWS) * ROWS);
        }
    }

    /** The number of keys. */
    int keys() {
        return keys;
    }

    /** The first query of the first tile that sees key {@code j} or a later one of its tile. */
    int firstQuery(int j) {
        return Math.max(0, j - diagonal);
    }

    /** How many queries from {@link #firstQuery} on are in tiles that see key {@code j} or its neighbours. */
    int queries(int j) {
        return Math.max(0, ends[j / WIDTH] - firstQuery(j));
    }

    /** to [queries, keys] = rows · columns, of a block and a transposed block of {@code width} columns. */
    void scores(float[] rows, int at, long columns, int width, long to) {
        for (int j = 0; j < keys; j += WIDTH) {
            int first = firstQuery(j);
            int end = first + queries(j);
            for (int i = first; i < end; i += ROWS) {
                for (int d = 0; d < width; d += SIDE) {
                    SmallProduct.multiply(rows, at + d * SIDE + i * SIDE, at(columns + d * STEP, j),
                        at(to + i * STEP, j), Math.min(SIDE, width - d), d > 0);
                }
            }
        }
    }

    /** Scores of keys that a query does not see become minus infinity. */
    void mask(long scores) {
        if (diagonal > 0 && getInt(at(starts, queries - 1L)) <= firstKey) {
            return;
        }
        for (int j = 0; j < keys; j += WIDTH) {
            int i = firstQuery(j);
            mask(at(scores + i * STEP, j), queries(j), at(starts, i), firstKey + j, diagonal + i - j);
        }
    }

    /** Of the columns of a tile and rows that begin with one which sees columns up to {@code last}. */
    private static void mask(long scores, int rows, long starts, int firstKey, int last) {
        IntVector key = IntVector.zero(SI).addIndex(1);
        for (int i = 0; i < rows; i++) {
            int first = getInt(at(starts, i)) - firstKey;
            VectorMask<Integer> seen = key.compare(GE, first).and(key.compare(LE, last + i));
            VectorMask<Integer> seenToo = key.compare(GE, first - LANES).and(key.compare(LE, last + i - LANES));
            broadcast(S, Float.NEGATIVE_INFINITY).blend(fromMemorySegment(S, ALL, scores, ORDER), seen.cast(S))
                .intoMemorySegment(ALL, scores, ORDER);
            broadcast(S, Float.NEGATIVE_INFINITY)
                .blend(fromMemorySegment(S, ALL, scores + BYTES, ORDER), seenToo.cast(S))
                .intoMemorySegment(ALL, scores + BYTES, ORDER);
            scores += STEP;
        }
    }

    /** to [queries, width] = or += weights [queries, keys] · rows [keys, width]. */
    void overKeys(float[] weights, int at, long rows, int width, long to, boolean accumulate) {
        for (int i = 0; i < queries; i += ROWS) {
            int end = Math.min(keys, diagonal + i + ROWS);
            int from = Math.clamp(getInt(at(starts, i)) - firstKey, 0, end) / WIDTH * WIDTH;
            for (int d = 0; d < width; d += WIDTH) {
                int column = HeadBlocks.column(d);
                SmallProduct.multiply(weights, at + i * SIDE + from, at(rows + from * STEP, column),
                    at(to + i * STEP, column), end - from, accumulate);
            }
        }
    }

    /** to [keys, width] += weights [queries, keys], transposed · rows [queries, width]. */
    void overQueries(float[] weights, int at, long rows, int width, long to) {
        for (int d = 0; d < width; d += WIDTH) {
            int column = HeadBlocks.column(d);
            for (int j = 0; j < keys; j += ROWS) {
                int i = firstQuery(j);
                SmallProduct.multiplyTransposed(weights, at + i * SIDE + j, at(rows + i * STEP, column),
                    at(to + j * STEP, column), queries(j), true);
            }
        }
    }
}
