package org.llmrlpt.kernels.cpu;

import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;
import static org.llmrlpt.kernels.cpu.Memory.ALL;
import static org.llmrlpt.kernels.cpu.Memory.ORDER;
import static org.llmrlpt.kernels.cpu.Memory.at;
import static org.llmrlpt.kernels.cpu.Memory.getFloat;
import static org.llmrlpt.kernels.cpu.Memory.setFloat;
import static org.llmrlpt.kernels.cpu.VectorMath.S;

import jdk.incubator.vector.FloatVector;

/**
 * Copies of up to {@link #SIDE} rows of one head, as {@link SmallProduct} reads them: [D/SIDE, SIDE, SIDE], that is, in
 * squares that begin every SIDE columns; or transposed as [D, SIDE]. What lies beyond the rows and columns of the head
 * is undefined: products with it go to elements that nobody reads. Steps are in bytes.
 */
final class HeadBlocks {
    /** Rows and columns of a square. */
    static final int SIDE = SmallProduct.PITCH;
    /** Floats of a square. */
    static final int SQUARE = SIDE * SIDE;

    private static final int LANES = S.length();
    private static final int BYTES = S.vectorByteSize();
    private static final int WIDTH = SmallProduct.WIDTH;
    private static final ThreadLocal<float[]> ARRAY = ThreadLocal.withInitial(() -> new float[0]);

    private HeadBlocks() {
    }

    /** Floats of a block of {@code width} columns. */
    static int size(int width) {
        return Math.ceilDiv(width, SIDE) * SQUARE;
    }

    /** Floats from the beginning of a block to its column d. */
    static int column(int d) {
        return d / SIDE * SQUARE + d % SIDE;
    }

    /** The calling thread's array of at least {@code count} floats, for left-hand sides. */
    static float[] array(int count) {
        float[] array = ARRAY.get();
        if (array.length < count) {
            array = new float[count];
            ARRAY.set(array);
        }
        return array;
    }

    /** block = rows · factor. */
    static void load(long rows, long step, int count, int width, float factor, long block) {
        for (int d = 0; d < width; d += WIDTH) {
            long to = at(block, column(d));
            if (d + WIDTH <= width) {
                copy(at(rows, d), step, count, factor, to, SmallProduct.STEP);
            } else {
                copyNarrow(at(rows, d), step, count, width - d, factor, to, SmallProduct.STEP);
            }
        }
    }

    /** rows = block. */
    static void store(long block, int count, int width, long rows, long step) {
        for (int d = 0; d < width; d += WIDTH) {
            long from = at(block, column(d));
            if (d + WIDTH <= width) {
                copy(from, SmallProduct.STEP, count, 1f, at(rows, d), step);
            } else {
                copyNarrow(from, SmallProduct.STEP, count, width - d, 1f, at(rows, d), step);
            }
        }
    }

    private static void copy(long from, long fromStep, int rows, float factor, long to, long toStep) {
        FloatVector f = broadcast(S, factor);
        for (int r = 0; r < rows; r++) {
            fromMemorySegment(S, ALL, from, ORDER).mul(f).intoMemorySegment(ALL, to, ORDER);
            fromMemorySegment(S, ALL, from + BYTES, ORDER).mul(f).intoMemorySegment(ALL, to + BYTES, ORDER);
            from += fromStep;
            to += toStep;
        }
    }

    private static void copyNarrow(long from, long fromStep, int rows, int columns, float factor, long to,
        long toStep) {
        for (int r = 0; r < rows; r++) {
            for (int d = 0; d < columns; d++) {
                setFloat(at(to + r * toStep, d), factor * getFloat(at(from + r * fromStep, d)));
            }
        }
    }

    /** array = block, from index {@code to} on. */
    static void toArray(long block, int count, int width, float[] array, int to) {
        for (int d = 0; d < width; d += WIDTH) {
            copy(at(block, column(d)), count, array, to + column(d));
        }
    }

    private static void copy(long from, int rows, float[] array, int to) {
        for (int r = 0; r < rows; r++) {
            fromMemorySegment(S, ALL, from, ORDER).intoArray(array, to);
            fromMemorySegment(S, ALL, from + BYTES, ORDER).intoArray(array, to + LANES);
            from += SmallProduct.STEP;
            to += SIDE;
        }
    }

    /** block[d][r] = rows[r][d], as [D, SIDE]. */
    static void transpose(long rows, long step, int count, int width, long block) {
        for (int r = 0; r < count; r += 4) {
            long r1 = rows + Math.min(r + 1, count - 1) * step;
            long r2 = rows + Math.min(r + 2, count - 1) * step;
            long r3 = rows + Math.min(r + 3, count - 1) * step;
            Panels.transposeFour(rows + r * step, r1, r2, r3, width, at(block, r), SmallProduct.STEP);
        }
    }
}
