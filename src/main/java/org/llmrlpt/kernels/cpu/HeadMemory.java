package org.llmrlpt.kernels.cpu;

import static org.llmrlpt.kernels.cpu.Memory.at;

/**
 * Working memory of the policy head: logits of a chunk of rows, W packed for both products that read it (once for all
 * chunks), and gathered rows of h. The parts for the gradient are last, so that evaluation does without them.
 */
final class HeadMemory {
    private static final int ALIGNMENT = (int) Memory.ALIGNMENT / 4;

    private final int chunk;
    private final int stride;
    private final long logits;
    private final long gathered;
    private final long panels;
    private final long backwardPanels;

    HeadMemory(long address, int rows, int width, int vocabulary) {
        chunk = chunk(rows);
        stride = aligned(vocabulary);
        logits = address;
        gathered = at(logits, (long) chunk * stride);
        panels = at(gathered, (long) chunk * aligned(width));
        backwardPanels = at(panels, panelFloats(vocabulary, width));
    }

    /** Floats of working memory for these shapes. */
    static long floats(int rows, int width, int vocabulary, boolean gradient) {
        return (long) chunk(rows) * (aligned(vocabulary) + aligned(width)) + panelFloats(vocabulary, width)
            + (gradient ? panelFloats(width, vocabulary) : 0);
    }

    private static int chunk(int rows) {
        return Math.min(rows, PolicyHeadKernels.CHUNK_ROWS);
    }

    private static int aligned(int columns) {
        return Math.ceilDiv(columns, ALIGNMENT) * ALIGNMENT;
    }

    private static long panelFloats(int columns, int depth) {
        int perPanel = Gemm.TILE.columns;
        return Math.ceilDiv((long) Math.ceilDiv(columns, perPanel) * perPanel * depth, (long) ALIGNMENT) * ALIGNMENT;
    }

    /** Rows of a chunk. */
    int chunk() {
        return chunk;
    }

    /** Floats from one row of logits to the next. */
    int stride() {
        return stride;
    }

    long logits() {
        return logits;
    }

    long gathered() {
        return gathered;
    }

    /** Panels of Wᵀ, for the logits. */
    long panels() {
        return panels;
    }

    /** Panels of W, for dH. */
    long backwardPanels() {
        return backwardPanels;
    }
}
