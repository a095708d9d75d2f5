package org.llmrlpt.kernels.cpu;

import static org.llmrlpt.kernels.cpu.Memory.at;

/** Working memory of the policy head: logits of a chunk of rows, and gathered rows of h. */
final class HeadMemory {
    private static final int ALIGNMENT = (int) Memory.ALIGNMENT / 4;
    /** At most so many logits in a chunk (64 MiB), where that allows {@link #MIN_CHUNK} rows. */
    private static final int MAX_LOGITS = 16 << 20;
    /** At least so many rows in a chunk, if there are as many: W and dW are read once for each chunk. */
    private static final int MIN_CHUNK = 48;
    /** At most so many rows in a chunk: its logits are read again by two products. */
    private static final int MAX_CHUNK = 1024;

    private final int chunk;
    private final int stride;
    private final long logits;
    private final long gathered;

    HeadMemory(long address, int rows, int vocabulary) {
        chunk = chunk(rows, vocabulary);
        stride = aligned(vocabulary);
        logits = address;
        gathered = at(logits, (long) chunk * stride);
    }

    /** Floats of working memory for these shapes. */
    static long floats(int rows, int width, int vocabulary) {
        return (long) chunk(rows, vocabulary) * (aligned(vocabulary) + aligned(width));
    }

    /** As few chunks as the limits allow, and as small as that many allow. */
    private static int chunk(int rows, int vocabulary) {
        int largest = Math.clamp(MAX_LOGITS / vocabulary, MIN_CHUNK, MAX_CHUNK);
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
