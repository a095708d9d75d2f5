package uk.ac.manchester.tornado.api.fallback;

import uk.ac.manchester.tornado.api.enums.MMAShape;
import uk.ac.manchester.tornado.api.types.HalfFloat;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/**
 * The products of 16 x 16 by 16 x 8 halves that a warp computes together, thread by thread: thread {@code lane} of the
 * warp has rows lane / 4 and lane / 4 + 8 and columns 2 (lane % 4) and 2 (lane % 4) + 1 of the result, as on the
 * device. Its fragments hold all of the operands that these need, which the device spreads over the threads of a warp.
 */
public final class TensorCore {
    private static final int WARP = 32;
    private static final int DEPTH = 16;
    /** Elements of a thread's fragments: two rows, two columns, and their four products. */
    private static final int OPERAND = 2 * DEPTH;
    private static final int RESULT = 4;
    private static final HalfFloat[] HALVES = new HalfFloat[1 << 16];

    static {
        for (int bits = 0; bits < HALVES.length; bits++) { HALVES[bits] = new HalfFloat((short) bits); }
    }

    private TensorCore() { }

    /** Returns a thread's part of a result, all of it {@code value}. */
    public static float[] fragment(float value) {
        return new float[] {value, value, value, value};
    }

    /** Reads rows of the left operand, 16 rows of 16 halves packed in pairs, that begin {@code byteOffset} bytes on. */
    public static HalfFloat[] loadA(int localId, int[] tile, int byteOffset) {
        HalfFloat[] fragment = new HalfFloat[OPERAND];
        for (int i = 0; i < OPERAND; i++) {
            int row = localId % WARP / 4 + 8 * (i / DEPTH);
            fragment[i] = half(tile, byteOffset, row * DEPTH + i % DEPTH);
        }
        return fragment;
    }

    /** Reads columns of the right operand, 16 rows of 8 halves packed in pairs. */
    public static HalfFloat[] loadB(int localId, int[] tile, int byteOffset) {
        HalfFloat[] fragment = new HalfFloat[OPERAND];
        for (int i = 0; i < OPERAND; i++) {
            int column = 2 * (localId % 4) + i / DEPTH;
            fragment[i] = half(tile, byteOffset, i % DEPTH * 8 + column);
        }
        return fragment;
    }

    private static HalfFloat half(int[] tile, int byteOffset, int index) {
        if (byteOffset % 16 != 0) {
            throw new RuleViolation("A tile of halves begins " + byteOffset + " bytes into a local array; the device "
                    + "reads rows of 16 bytes, so that must be a multiple of 16");
        }
        int pair = tile[byteOffset / Integer.BYTES + index / 2];
        return HALVES[index % 2 == 0 ? pair & 0xFFFF : pair >>> 16];
    }

    /** Returns c + a b; products and sums are floats. */
    public static float[] multiply(HalfFloat[] a, HalfFloat[] b, float[] c, MMAShape shape) {
        if (shape != MMAShape.M16N8K16) {
            throw new RuleViolation("Halves are multiplied in the shape M16N8K16, not " + shape);
        }
        float[] d = new float[RESULT];
        for (int i = 0; i < RESULT; i++) {
            float sum = c[i];
            for (int k = 0; k < DEPTH; k++) {
                sum += a[i / 2 * DEPTH + k].getFloat32() * b[i % 2 * DEPTH + k].getFloat32();
            }
            d[i] = sum;
        }
        return d;
    }

    /** Writes a thread's part of a result whose first element is at (row, column) of rows of {@code width}. */
    public static void store(int localId, float[] fragment, FloatArray to, int row, int column, int width) {
        for (int i = 0; i < RESULT; i++) {
            int at = (row + localId % WARP / 4 + 8 * (i / 2)) * width + column + 2 * (localId % 4) + i % 2;
            to.set(at, fragment[i]);
        }
    }
}
