package org.llmrlpt.kernels.cpu;

import static org.llmrlpt.kernels.cpu.Memory.at;

/** Working memory of the policy head: logits of a chunk of rows, and gathered rows of h. */
final class HeadMemory {
    private static final int ALIGNMENT = (int) Memory.ALIGNMENT / 4;
    /** So many logits (64 MiB) are always allowed in a chunk. */
    private static final int LOGITS = 16 << 20;
    /** At least so many rows in a chunk, if there are as many. */
    private static final int MIN_CHUNK = 48;
    /** At most so many rows in a chunk: its logits are read again by two products. */
    private static final int MAX_CHUNK = 1024;

    private final int chunk;
    private final int stride;
    private final long logits;
    private final long gathered;

    HeadMemory(long address, int rows, int width, int vocabulary) {
        chunk = chunk(rows, width, vocabulary);
        stride = aligned(vocabulary);
        logits = address;
        gathered = at(logits, (long) chunk * stride);
    }

    /** Floats of working memory for these shapes. */
    static long floats(int rows, int width, int vocabulary) {
        return (long) chunk(rows, width, vocabulary) * (aligned(vocabulary) + aligned(width));
    }

    /**
     * As few chunks as the limits allow, and as small as that many allow. For each chunk W is packed twice and dW
     * written, and read for all but the first, so there may be as many logits as weights.
     */
    private static int chunk(int rows, int width, int vocabulary) {
        int largest = Math.clamp(Math.max(LOGITS / vocabulary, width), MIN_CHUNK, MAX_CHUNK);
        return Math.ceilDiv(rows, Math.ceilDiv(rows, largest));
    }

    private static int aligned(int columns) {
        return Math.ceilDiv(columns, ALIGNMENT) * ALIGNMENT;
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
}
