package org.llmrlpt.kernels.gpu;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** Rows chosen by an index: embedding and its backward pass. */
final class GpuEmbedding {
    /** Classes of tokens in {@link #kScatterAdd}, a power of two. */
    static final int CLASSES = 16;

    private GpuEmbedding() {
    }

    /** y[i] = x[index[i]]; x [rows, C], y [n / C, C], width C. One thread for each of the {@code n} elements of y. */
    static void kGather(KernelContext context, FloatArray x, int xAt, IntArray index, int indexAt, FloatArray y,
        int yAt,
        int width, int n) {
        int i = context.globalIdx;
        if (i < n) {
            int row = index.get(indexAt + i / width);
            y.set(yAt + i, x.get(xAt + row * width + i % width));
        }
    }

    /**
     * dTable[token[r]] accumulates dOut[r], r ascending; dTable [V, C], dOut [R, C], width C.
     *
     * <p>No atomics: one thread owns one column of the tokens of one class (token mod CLASSES), so each element of
     * dTable is written by a single thread, in the order of r. {@code n} = C CLASSES threads.
     */
    static void kScatterAdd(KernelContext context, IntArray token, int tokenAt, FloatArray dOut, int dOutAt,
        FloatArray dTable, int dTableAt, int rows, int width, int n) {
        int i = context.globalIdx;
        if (i < n) {
            int column = i % width;
            int mine = i / width;
            for (int r = 0; r < rows; r++) {
                int id = token.get(tokenAt + r);
                if ((id & (CLASSES - 1)) == mine) {
                    int at = dTableAt + id * width + column;
                    dTable.set(at, dTable.get(at) + dOut.get(dOutAt + r * width + column));
                }
            }
        }
    }
}
