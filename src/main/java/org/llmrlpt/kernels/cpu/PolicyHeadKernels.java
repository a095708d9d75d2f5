package org.llmrlpt.kernels.cpu;

import static org.llmrlpt.kernels.cpu.Memory.at;
import static org.llmrlpt.kernels.cpu.Memory.getInt;

import java.util.Arrays;
import org.llmrlpt.kernels.RowStatistics;
import org.llmrlpt.kernels.Shaping;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * The policy head (paper, Eq. 10–13) in chunks of rows: logits = h Wᵀ, then each row's statistics and the gradient of
 * its logits in their place ({@link PolicyRow}), then dW = or += dLogitsᵀ h and dH = dLogits W. Each phase uses all
 * threads. Rows without a target are left out of the chunks; if that leaves gaps, the rows of a chunk are gathered.
 */
public final class PolicyHeadKernels {
    /** Logits of a task between two products. */
    private static final int LOGITS_PER_TASK = 1 << 14;

    private static final ThreadLocal<PolicyRow> ROW = ThreadLocal.withInitial(PolicyRow::new);

    /** What happens to one row of logits between the products, on any thread. */
    @FunctionalInterface
    interface RowObjective {
        /**
         * @param z address of the row's logits, in whose place their gradient comes if there is one
         * @param row which row of h it is
         * @param statistics address of the row's statistics
         */
        void run(long z, int row, int target, boolean gradient, long statistics);
    }

    private final Strided h;
    private final Strided w;
    private final long targets;
    private final RowObjective objective;
    private final Strided statistics;
    private final int columns;
    private final HeadMemory memory;
    private final int rows;
    private final int width;
    private final int vocabulary;

    /** A head with any objective; {@code columns} is the number of a row's statistics. */
    PolicyHeadKernels(Strided h, Strided w, long targets, RowObjective objective, Strided statistics, int columns,
        HeadMemory memory, int rows, int width, int vocabulary) {
        this.h = h;
        this.w = w;
        this.targets = targets;
        this.objective = objective;
        this.statistics = statistics;
        this.columns = columns;
        this.memory = memory;
        this.rows = rows;
        this.width = width;
        this.vocabulary = vocabulary;
    }

    /**
     * Statistics [rows, {@link RowStatistics#COLUMNS}] of h [rows, width] and w [vocabulary, width].
     *
     * @param memory working memory as {@link HeadMemory#floats} says
     */
    public static void evaluate(Strided h, Strided w, IntArray targets, int targetsAt, Shaping shaping,
        Strided statistics, FloatArray memory, int memoryAt, int rows, int width, int vocabulary) {
        HeadMemory parts = new HeadMemory(at(memory.getSegment().address(), memoryAt), rows, width, vocabulary);
        new PolicyHeadKernels(h, w, at(targets.getSegment().address(), targetsAt), shaped(shaping, 0f, vocabulary),
            statistics, RowStatistics.COLUMNS, parts, rows, width, vocabulary).run(null, null, false);
    }

    /**
     * The same, and the gradient of the loss, -scale[0] times the sum of J over rows with a target: dH [rows, width]
     * overwritten, dW [vocabulary, width] too, or it accumulates.
     */
    public static void train(Strided h, Strided w, IntArray targets, int targetsAt, FloatArray scale, int scaleAt,
        Shaping shaping, Strided statistics, Strided dH, Strided dW, boolean accumulate, FloatArray memory,
        int memoryAt, int rows, int width, int vocabulary) {
        HeadMemory parts = new HeadMemory(at(memory.getSegment().address(), memoryAt), rows, width, vocabulary);
        new PolicyHeadKernels(h, w, at(targets.getSegment().address(), targetsAt),
            shaped(shaping, scale.get(scaleAt), vocabulary), statistics, RowStatistics.COLUMNS, parts, rows, width,
            vocabulary).run(dH, dW, accumulate);
    }

    private static RowObjective shaped(Shaping shaping, float scale, int vocabulary) {
        return (z, row, target, gradient, statistics) ->
            ROW.get().run(z, vocabulary, target, shaping, scale, gradient, statistics);
    }

    /** All rows; without gradients where dH is null. */
    void run(Strided dH, Strided dW, boolean accumulate) {
        int[] counted = countedRows(dH);
        if (counted.length == 0 && dW != null && !accumulate) {
            Workers.forEach(vocabulary, i -> Memory.clear(dW.row(i), width));
        }
        for (int from = 0; from < counted.length; from += memory.chunk()) {
            chunk(counted, from, Math.min(counted.length, from + memory.chunk()), dH, dW, accumulate || from > 0);
        }
    }

    /** The rows with a target; statistics and dH of the others become zero. */
    private int[] countedRows(Strided dH) {
        int[] counted = new int[rows];
        int n = 0;
        for (int r = 0; r < rows; r++) {
            int target = getInt(at(targets, r));
            if (target >= vocabulary) {
                throw new IllegalArgumentException(
                    "target " + target + " of row " + r + " is not in the vocabulary of " + vocabulary);
            }
            if (target >= 0) {
                counted[n++] = r;
            } else {
                Memory.clear(statistics.row(r), columns);
                if (dH != null) {
                    Memory.clear(dH.row(r), width);
                }
            }
        }
        return Arrays.copyOf(counted, n);
    }

    private void chunk(int[] counted, int from, int to, Strided dH, Strided dW, boolean accumulate) {
        int n = to - from;
        boolean together = counted[to - 1] - counted[from] == n - 1;
        long x = h.row(counted[from]);
        int ldx = h.stride();
        if (!together) {
            x = memory.gathered();
            ldx = width;
            for (int i = 0; i < n; i++) {
                Memory.copy(h.row(counted[from + i]), at(x, (long) i * width), width);
            }
        }
        long logits = memory.logits();
        int ld = memory.stride();
        Gemm.nt(x, ldx, w.address(), w.stride(), logits, ld, n, vocabulary, width, false);
        rows(counted, from, n, dH != null);
        if (dH == null) {
            return;
        }
        Gemm.tn(logits, ld, x, ldx, dW.address(), dW.stride(), vocabulary, width, n, accumulate);
        long dX = together ? dH.row(counted[from]) : x;
        Gemm.nn(logits, ld, w.address(), w.stride(), dX, together ? dH.stride() : width, n, width, vocabulary, false);
        if (!together) {
            for (int i = 0; i < n; i++) {
                Memory.copy(at(dX, (long) i * width), dH.row(counted[from + i]), width);
            }
        }
    }

    private void rows(int[] counted, int from, int n, boolean gradient) {
        int perTask = Math.max(1, LOGITS_PER_TASK / vocabulary);
        Workers.forEach(Elements.tasks(n, perTask), task -> {
            for (int i = task * perTask; i < Math.min(n, (task + 1) * perTask); i++) {
                int r = counted[from + i];
                objective.run(at(memory.logits(), (long) i * memory.stride()), r, getInt(at(targets, r)), gradient,
                    statistics.row(r));
            }
        });
    }
}
