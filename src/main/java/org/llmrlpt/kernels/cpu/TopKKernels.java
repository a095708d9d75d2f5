package org.llmrlpt.kernels.cpu;

import static org.llmrlpt.kernels.cpu.Memory.at;
import static org.llmrlpt.kernels.cpu.Memory.setFloat;

import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/** Where the k largest elements of each row end. */
public final class TopKKernels {
    private static final ThreadLocal<TopElements> TOP = ThreadLocal.withInitial(TopElements::new);

    private TopKKernels() {
    }

    /**
     * threshold[r] = (k-th largest of row r, highest index of an equal element that belongs to the k); x [rows,
     * columns], threshold [rows, 2]. Of equal elements the lower index is the larger; k is clamped to the row; NaN
     * never belongs, and in a row of fewer than k numbers the threshold is minus infinity.
     */
    public static void topK(FloatArray x, int xAt, int xStride, FloatArray threshold, int thresholdAt,
        int thresholdStride, int rows, int columns, int k) {
        long xBase = at(x.getSegment().address(), xAt);
        long thresholdBase = at(threshold.getSegment().address(), thresholdAt);
        int perTask = Elements.rowsPerTask(columns);
        Workers.forEach(Elements.tasks(rows, perTask), task -> {
            TopElements top = TOP.get();
            for (int r = task * perTask; r < Math.min(rows, (task + 1) * perTask); r++) {
                top.find(at(xBase, (long) r * xStride), columns, Math.min(k, columns));
                long to = at(thresholdBase, (long) r * thresholdStride);
                setFloat(to, top.threshold());
                setFloat(to + 4, top.lastEqual());
            }
        });
    }
}
