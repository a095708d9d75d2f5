package org.llmrlpt.kernels.cpu;

import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;
import static jdk.incubator.vector.VectorOperators.GE;
import static jdk.incubator.vector.VectorOperators.LE;
import static jdk.incubator.vector.VectorOperators.LT;
import static org.llmrlpt.kernels.cpu.HeadBlocks.SIDE;
import static org.llmrlpt.kernels.cpu.Memory.ALL;
import static org.llmrlpt.kernels.cpu.Memory.ORDER;
import static org.llmrlpt.kernels.cpu.Memory.at;
import static org.llmrlpt.kernels.cpu.Memory.getInt;
import static org.llmrlpt.kernels.cpu.SmallProduct.ROWS;
import static org.llmrlpt.kernels.cpu.SmallProduct.STEP;
import static org.llmrlpt.kernels.cpu.SmallProduct.WIDTH;
import static org.llmrlpt.kernels.cpu.VectorMath.S;

import java.util.Arrays;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;
import org.llmrlpt.kernels.SeenKeys;

/**
 * The part of attention's scores of up to {@link HeadBlocks#SIDE} queries and as many keys of a sequence, and the
 * products that it takes part in. Both begin at multiples of SIDE. What no query of a tile sees is left out.
 */
final class ScoreBlock {
    private static final VectorSpecies<Integer> SI = IntVector.SPECIES_PREFERRED;
    private static final int LANES = S.length();
    private static final int BYTES = S.vectorByteSize();

    private long seen;
    private int firstKey;
    private int queries;
    private int keys;
    /** The first query minus the first key. */
    private int diagonal;
    /** For every {@link SmallProduct#ROWS} keys: one past the last query that sees any of them. */
    private final int[] ends = new int[SIDE / ROWS];
    /** For every {@link SmallProduct#WIDTH} keys: one past the last query of the last tile that sees any of them. */
    private final int[] tileEnds = new int[SIDE / WIDTH];

    /** Where the {@link SeenKeys} of row {@code row} are, {@code seen} being where they begin. */
    static long row(long seen, long row) {
        return at(seen, row * SeenKeys.COLUMNS);
    }

    /** What a column of {@link SeenKeys} says of row {@code row}. */
    static int get(long seen, long row, int column) {
        return getInt(at(row(seen, row), column));
    }

    /** Whether keys {@code from} to before {@code to} lie in the gap of each of so many rows; gaps never fall. */
    static boolean inGap(long seen, int rows, int from, int to) {
        return from >= get(seen, rows - 1, SeenKeys.GAP) && to <= get(seen, 0, SeenKeys.GAP_END);
    }

    /**
     * A block with keys that lie in the gap of all its queries is one without keys.
     *
     * @param seen address of the {@link SeenKeys} of the first query
     */
    void set(long seen, int firstQuery, int queries, int firstKey, int keys) {
        this.seen = seen;
        this.firstKey = firstKey;
        this.queries = queries;
        this.keys = inGap(seen, queries, firstKey, firstKey + keys) ? 0 : keys;
        diagonal = firstQuery - firstKey;
        Arrays.fill(ends, 0);
        int document = -1;
        for (int q = queries - 1; q >= 0; q--) {
            int own = get(seen, q, SeenKeys.GAP_END);
            if (own != document) { // what the queries before it see of the document, its last one sees too
                end(get(seen, q, SeenKeys.FIRST) - firstKey, get(seen, q, SeenKeys.GAP) - firstKey, q + 1);
                end(own - firstKey, this.keys, q + 1);
                document = own;
            }
        }
        for (int j = 0; j < this.keys; j += WIDTH) {
            int end = 0;
            for (int g = j / ROWS; g < (j + WIDTH) / ROWS; g++) {
                end = Math.max(end, ends[g]);
            }
            tileEnds[j / WIDTH] = Math.min(queries, Math.ceilDiv(end, ROWS) * ROWS);
        }
    }

    /** Queries before {@code end} see keys {@code from} to before {@code to}, as far as these are not after them. */
    private void end(int from, int to, int end) {
        for (int g = Math.max(0, from) / ROWS; g * ROWS < Math.min(to, keys); g++) {
            ends[g] = Math.max(ends[g], end);
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
        return Math.max(0, tileEnds[j / WIDTH] - firstQuery(j));
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
        if (diagonal > 0 && get(seen, queries - 1, SeenKeys.GAP_END) <= firstKey) {
            return;
        }
        for (int j = 0; j < keys; j += WIDTH) {
            int i = firstQuery(j);
            mask(at(scores + i * STEP, j), queries(j), row(seen, i), firstKey + j, diagonal + i - j);
        }
    }

    /** Of the columns of a tile and rows that begin with one which sees columns up to {@code last}. */
    private static void mask(long scores, int rows, long seen, int firstKey, int last) {
        IntVector key = IntVector.zero(SI).addIndex(1);
        IntVector further = key.add(LANES);
        for (int i = 0; i < rows; i++) {
            int first = get(seen, i, SeenKeys.FIRST) - firstKey;
            int gap = get(seen, i, SeenKeys.GAP) - firstKey;
            int gapEnd = get(seen, i, SeenKeys.GAP_END) - firstKey;
            VectorMask<Integer> visible = key.compare(GE, first).and(key.compare(LT, gap))
                .or(key.compare(GE, gapEnd)).and(key.compare(LE, last + i));
            VectorMask<Integer> visibleToo = further.compare(GE, first).and(further.compare(LT, gap))
                .or(further.compare(GE, gapEnd)).and(further.compare(LE, last + i));
            broadcast(S, Float.NEGATIVE_INFINITY).blend(fromMemorySegment(S, ALL, scores, ORDER), visible.cast(S))
                .intoMemorySegment(ALL, scores, ORDER);
            broadcast(S, Float.NEGATIVE_INFINITY)
                .blend(fromMemorySegment(S, ALL, scores + BYTES, ORDER), visibleToo.cast(S))
                .intoMemorySegment(ALL, scores + BYTES, ORDER);
            scores += STEP;
        }
    }

    /** to [queries, width] = or += weights [queries, keys] · rows [keys, width]. */
    void overKeys(float[] weights, int at, long rows, int width, long to, boolean accumulate) {
        for (int i = 0; i < queries; i += ROWS) {
            boolean add = accumulate;
            for (int from = 0; from < keys; from += WIDTH) {
                int end = from;
                while (end < keys && isIn(i, end)) {
                    end += WIDTH;
                }
                if (end > from) {
                    int first = firstKey(i, from);
                    int count = lastKey(i, end) - first;
                    overKeys(weights, at + i * SIDE + first, rows + first * STEP, width, to + i * STEP, count, add);
                    add = true;
                    from = end;
                }
            }
            if (!add) {
                overKeys(weights, at, rows, width, to + i * STEP, 0, false);
            }
        }
    }

    /** Whether query {@code i} is in the tile of key {@code j}. */
    private boolean isIn(int i, int j) {
        return i >= firstQuery(j) && i < tileEnds[j / WIDTH];
    }

    /** The first key from {@code from} on that a tile of queries sees. */
    private int firstKey(int i, int from) {
        int gap = get(seen, Math.min(i + ROWS, queries) - 1, SeenKeys.GAP) - firstKey;
        return Math.max(from, get(seen, i, from < gap ? SeenKeys.FIRST : SeenKeys.GAP_END) - firstKey);
    }

    /** One past the last key before {@code end} that a tile of queries sees. */
    private int lastKey(int i, int end) {
        int last = Math.min(i + ROWS, queries) - 1;
        boolean beforeGap = get(seen, i, SeenKeys.GAP_END) - firstKey >= end;
        int most = beforeGap ? get(seen, last, SeenKeys.GAP) - firstKey : diagonal + i + ROWS;
        return Math.min(Math.min(end, keys), most);
    }

    /** The rows of a tile of queries, and so many keys one after the other. */
    private static void overKeys(float[] weights, int at, long rows, int width, long to, int keys,
        boolean accumulate) {
        for (int d = 0; d < width; d += WIDTH) {
            int column = HeadBlocks.column(d);
            SmallProduct.multiply(weights, at, at(rows, column), at(to, column), keys, accumulate);
        }
    }

    /** to [keys, width] += weights [queries, keys], transposed · rows [queries, width]. */
    void overQueries(float[] weights, int at, long rows, int width, long to) {
        for (int d = 0; d < width; d += WIDTH) {
            int column = HeadBlocks.column(d);
            for (int j = 0; j < keys; j += ROWS) {
                int i = firstQuery(j);
                if (i < ends[j / ROWS]) {
                    SmallProduct.multiplyTransposed(weights, at + i * SIDE + j, at(rows + i * STEP, column),
                        at(to + j * STEP, column), ends[j / ROWS] - i, true);
                }
            }
        }
    }
}
