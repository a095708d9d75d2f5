package org.llmrlpt.kernels.cpu;

import static jdk.incubator.vector.FloatVector.fromMemorySegment;
import static org.llmrlpt.kernels.cpu.Memory.ALL;
import static org.llmrlpt.kernels.cpu.Memory.ORDER;
import static org.llmrlpt.kernels.cpu.Memory.at;
import static org.llmrlpt.kernels.cpu.Memory.getFloat;
import static org.llmrlpt.kernels.cpu.Memory.setFloat;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * y[i,j] = or += x[i]·w[j] for few rows x [M,K], as in decoding: w [N,K] is read once and not packed. The lanes of a
 * vector run along k, so the order of a sum differs from {@link BlockedProduct}'s; it depends on K alone, so that a
 * row's result is the same whichever rows it is computed with.
 */
final class DotProducts {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final int BYTES = S.vectorByteSize();
    private static final Scratch LANES = new Scratch();
    /** Rows of w in a task, a multiple of 4. */
    private static final int TASK_ROWS = 32;

    private DotProducts() {
    }

    /** y's element (i, j) is at y + 4 · (i · rowY + j · columnY); other strides are leading dimensions in floats. */
    static void multiply(long x, int ldx, long w, int ldw, long y, long rowY, long columnY, int m, int n, int k,
        boolean accumulate) {
        if (n <= TASK_ROWS) {
            rows(x, ldx, w, ldw, y, rowY, columnY, m, n, k, accumulate);
            return;
        }
        Workers.forEach(Panels.count(n, TASK_ROWS), t -> {
            int j = t * TASK_ROWS;
            rows(x, ldx, at(w, (long) j * ldw), ldw, at(y, j * columnY), rowY, columnY, m,
                Math.min(TASK_ROWS, n - j), k, accumulate);
        });
    }

    private static void rows(long x, int ldx, long w, int ldw, long y, long rowY, long columnY, int m, int n, int k,
        boolean accumulate) {
        long lanes = LANES.floats(4L * S.length());
        for (int j = 0; j < n; j += 4) {
            int width = Math.min(4, n - j);
            int i = 0;
            for (; i + 4 <= m; i += 4) {
                dots4x4(at(x, (long) i * ldx), 4L * ldx, at(w, (long) j * ldw), 4L * ldw, width,
                    at(y, i * rowY + j * columnY), 4 * rowY, 4 * columnY, k, lanes, accumulate);
            }
            for (; i < m; i++) {
                dots1x4(at(x, (long) i * ldx), at(w, (long) j * ldw), 4L * ldw, width,
                    at(y, i * rowY + j * columnY), 4 * columnY, k, lanes, accumulate);
            }
        }
    }

    /** Four rows of x by {@code width} ≤ 4 rows of w; rows of w that are not there are read as the last one. */
    private static void dots4x4(long x, long stepX, long w, long stepW, int width, long y, long rowY, long columnY,
        int k, long lanes, boolean accumulate) {
        FloatVector a0, a1, a2, a3, b0, b1, b2, b3, c0, c1, c2, c3, d0, d1, d2, d3;
        a0 = a1 = a2 = a3 = b0 = b1 = b2 = b3 = c0 = c1 = c2 = c3 = d0 = d1 = d2 = d3 = FloatVector.zero(S);
        long w1 = w + Math.min(1, width - 1) * stepW;
        long w2 = w + Math.min(2, width - 1) * stepW;
        long w3 = w + (width - 1) * stepW;
        int whole = S.loopBound(k);
        for (int i = 0; i < whole; i += S.length()) {
            long o = 4L * i;
            FloatVector x0 = fromMemorySegment(S, ALL, x + o, ORDER);
            FloatVector x1 = fromMemorySegment(S, ALL, x + stepX + o, ORDER);
            FloatVector x2 = fromMemorySegment(S, ALL, x + 2 * stepX + o, ORDER);
            FloatVector x3 = fromMemorySegment(S, ALL, x + 3 * stepX + o, ORDER);
            FloatVector v = fromMemorySegment(S, ALL, w + o, ORDER);
            a0 = v.fma(x0, a0);
            b0 = v.fma(x1, b0);
            c0 = v.fma(x2, c0);
            d0 = v.fma(x3, d0);
            v = fromMemorySegment(S, ALL, w1 + o, ORDER);
            a1 = v.fma(x0, a1);
            b1 = v.fma(x1, b1);
            c1 = v.fma(x2, c1);
            d1 = v.fma(x3, d1);
            v = fromMemorySegment(S, ALL, w2 + o, ORDER);
            a2 = v.fma(x0, a2);
            b2 = v.fma(x1, b2);
            c2 = v.fma(x2, c2);
            d2 = v.fma(x3, d2);
            v = fromMemorySegment(S, ALL, w3 + o, ORDER);
            a3 = v.fma(x0, a3);
            b3 = v.fma(x1, b3);
            c3 = v.fma(x2, c3);
            d3 = v.fma(x3, d3);
        }
        a0.intoMemorySegment(ALL, lanes, ORDER);
        a1.intoMemorySegment(ALL, lanes + BYTES, ORDER);
        a2.intoMemorySegment(ALL, lanes + 2 * BYTES, ORDER);
        a3.intoMemorySegment(ALL, lanes + 3 * BYTES, ORDER);
        finish(lanes, x, w, stepW, width, y, columnY, whole, k, accumulate);
        x += stepX;
        y += rowY;
        b0.intoMemorySegment(ALL, lanes, ORDER);
        b1.intoMemorySegment(ALL, lanes + BYTES, ORDER);
        b2.intoMemorySegment(ALL, lanes + 2 * BYTES, ORDER);
        b3.intoMemorySegment(ALL, lanes + 3 * BYTES, ORDER);
        finish(lanes, x, w, stepW, width, y, columnY, whole, k, accumulate);
        x += stepX;
        y += rowY;
        c0.intoMemorySegment(ALL, lanes, ORDER);
        c1.intoMemorySegment(ALL, lanes + BYTES, ORDER);
        c2.intoMemorySegment(ALL, lanes + 2 * BYTES, ORDER);
        c3.intoMemorySegment(ALL, lanes + 3 * BYTES, ORDER);
        finish(lanes, x, w, stepW, width, y, columnY, whole, k, accumulate);
        x += stepX;
        y += rowY;
        d0.intoMemorySegment(ALL, lanes, ORDER);
        d1.intoMemorySegment(ALL, lanes + BYTES, ORDER);
        d2.intoMemorySegment(ALL, lanes + 2 * BYTES, ORDER);
        d3.intoMemorySegment(ALL, lanes + 3 * BYTES, ORDER);
        finish(lanes, x, w, stepW, width, y, columnY, whole, k, accumulate);
    }

    /** One row of x, in the same order of sums as four. */
    private static void dots1x4(long x, long w, long stepW, int width, long y, long columnY, int k,
        long lanes, boolean accumulate) {
        FloatVector a0, a1, a2, a3;
        a0 = a1 = a2 = a3 = FloatVector.zero(S);
        long w1 = w + Math.min(1, width - 1) * stepW;
        long w2 = w + Math.min(2, width - 1) * stepW;
        long w3 = w + (width - 1) * stepW;
        int whole = S.loopBound(k);
        for (int i = 0; i < whole; i += S.length()) {
            long o = 4L * i;
            FloatVector v = fromMemorySegment(S, ALL, x + o, ORDER);
            a0 = v.fma(fromMemorySegment(S, ALL, w + o, ORDER), a0);
            a1 = v.fma(fromMemorySegment(S, ALL, w1 + o, ORDER), a1);
            a2 = v.fma(fromMemorySegment(S, ALL, w2 + o, ORDER), a2);
            a3 = v.fma(fromMemorySegment(S, ALL, w3 + o, ORDER), a3);
        }
        a0.intoMemorySegment(ALL, lanes, ORDER);
        a1.intoMemorySegment(ALL, lanes + BYTES, ORDER);
        a2.intoMemorySegment(ALL, lanes + 2 * BYTES, ORDER);
        a3.intoMemorySegment(ALL, lanes + 3 * BYTES, ORDER);
        finish(lanes, x, w, stepW, width, y, columnY, whole, k, accumulate);
    }

    /** Continues a sum over the last elements, which do not fill a vector. */
    private static float tail(float sum, long x, long w, int from, int k) {
        for (int i = from; i < k; i++) {
            sum = Math.fma(getFloat(at(x, i)), getFloat(at(w, i)), sum);
        }
        return sum;
    }

    /** Adds up the lanes of {@code width} sums that lie at {@code lanes}, and the rest of each row. */
    private static void finish(long lanes, long x, long w, long stepW, int width, long y, long columnY, int whole,
        int k, boolean accumulate) {
        for (int j = 0; j < width; j++) {
            float sum = tail(Lanes.sum(lanes + j * BYTES, S.length()), x, w + j * stepW, whole, k);
            long to = y + j * columnY;
            setFloat(to, accumulate ? getFloat(to) + sum : sum);
        }
    }
}
