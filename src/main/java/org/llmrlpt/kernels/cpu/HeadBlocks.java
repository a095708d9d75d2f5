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
    private static final ScratchArray ARRAY = new ScratchArray();

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
        return ARRAY.floats(count);
    }

    /** block = rows · factor. */
    static void load(long rows, long step, int count, int width, float factor, long block) {
        for (int d = 0; d < width; d += 2 * WIDTH) {
            copy(at(rows, d), step, count, Math.min(2 * WIDTH, width - d), factor, at(block, column(d)),
                SmallProduct.STEP);
        }
    }

    /** rows = block. */
    static void store(long block, int count, int width, long rows, long step) {
        for (int d = 0; d < width; d += 2 * WIDTH) {
            copy(at(block, column(d)), SmallProduct.STEP, count, Math.min(2 * WIDTH, width - d), 1f, at(rows, d), step);
        }
    }

    private static void copy(long from, long fromStep, int rows, int columns, float factor, long to, long toStep) {
        int whole = columns / WIDTH * WIDTH;
        if (whole > 0) {
            copyWhole(from, fromStep, rows, whole > WIDTH, factor, to, toStep);
        }
        for (int r = 0; whole < columns && r < rows; r++) {
            for (int d = whole; d < columns; d++) {
                setFloat(at(to + r * toStep, d), factor * getFloat(at(from + r * fromStep, d)));
            }
        }
    }

    /** Two or four vectors of each row: long pieces, as most of what is read or written here is in no cache. */
    private static void copyWhole(long from, long fromStep, int rows, boolean four, float factor, long to,
        long toStep) {
        FloatVector f = broadcast(S, factor);
        for (int r = 0; r < rows; r++) {
            fromMemorySegment(S, ALL, from, ORDER).mul(f).intoMemorySegment(ALL, to, ORDER);
            fromMemorySegment(S, ALL, from + BYTES, ORDER).mul(f).intoMemorySegment(ALL, to + BYTES, ORDER);
            if (four) {
                fromMemorySegment(S, ALL, from + 2 * BYTES, ORDER).mul(f)
                    .intoMemorySegment(ALL, to + 2 * BYTES, ORDER);
                fromMemorySegment(S, ALL, from + 3 * BYTES, ORDER).mul(f)
                    .intoMemorySegment(ALL, to + 3 * BYTES, ORDER);
            }
            from += fromStep;
            to += toStep;
        }
    }

    /** The same as {@link #load} into an array, from index {@code to} on. */
    static void load(long rows, long step, int count, int width, float factor, float[] array, int to) {
        int whole = width / WIDTH * WIDTH;
        for (int d = 0; d < whole; d += WIDTH) {
            copyWhole(at(rows, d), step, count, factor, array, to + column(d));
        }
        for (int r = 0; whole < width && r < count; r++) {
            for (int d = whole; d < width; d++) {
                array[to + column(d) + r * SIDE] = factor * getFloat(at(rows + r * step, d));
            }
        }
    }

    private static void copyWhole(long from, long step, int rows, float factor, float[] array, int to) {
        FloatVector f = broadcast(S, factor);
        for (int r = 0; r < rows; r++) {
            fromMemorySegment(S, ALL, from, ORDER).mul(f).intoArray(array, to);
            fromMemorySegment(S, ALL, from + BYTES, ORDER).mul(f).intoArray(array, to + LANES);
            from += step;
            to += SIDE;
        }
    }

    /** block[d][r] = rows[r][d], as [D, SIDE]. */
    static void transpose(long rows, long step, int count, int width, long block) {
        Panels.turn(rows, step, count, width, Panels.count(count, 4) * 4, block, SmallProduct.STEP);
    }
}
