package org.llmrlpt.kernels.cpu;

import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;
import static org.llmrlpt.kernels.cpu.Memory.ALL;
import static org.llmrlpt.kernels.cpu.Memory.ORDER;
import static org.llmrlpt.kernels.cpu.Memory.getFloat;
import static org.llmrlpt.kernels.cpu.Memory.getInt;
import static org.llmrlpt.kernels.cpu.Memory.setFloat;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** Rotary position embedding of heads, alone and after QK-norm, forward and backward. D is the head width. */
public final class RopeKernels {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final int LANES = S.length();
    private static final int BYTES = S.vectorByteSize();
    private static final Scratch SUM = new Scratch();
    private static final Scratch PARTIALS = new Scratch();

    private RopeKernels() {
    }

    /**
     * Turns the pairs (i, i + D/2) of every head by the angle of the row's position: x, y [rows, heads·D] (y may be
     * x), positions [1, rows], angles [length, D] with cosines, then sines.
     *
     * @param direction 1 for the forward pass, -1 to turn back
     */
    public static void rope(FloatArray x, int xAt, int xStride, IntArray positions, int positionsAt, FloatArray angles,
        int anglesAt, int anglesStride, int length, FloatArray y, int yAt, int yStride, int rows, int heads, int d,
        int direction) {
        long xBase = Memory.at(x.getSegment().address(), xAt);
        long yBase = Memory.at(y.getSegment().address(), yAt);
        long positionBase = Memory.at(positions.getSegment().address(), positionsAt);
        long angleBase = Memory.at(angles.getSegment().address(), anglesAt);
        int perTask = Elements.rowsPerTask(heads * d);
        Workers.forEach(Elements.tasks(rows, perTask), task -> {
            int end = Math.min(rows, (task + 1) * perTask);
            for (int r = task * perTask; r < end; r++) {
                long angle = angleOf(positionBase, r, angleBase, anglesStride, length);
                long from = Memory.at(xBase, (long) r * xStride);
                long to = Memory.at(yBase, (long) r * yStride);
                for (int h = 0; h < heads; h++) {
                    turn(Memory.at(from, h * d), angle, Memory.at(to, h * d), d / 2, direction);
                }
            }
        });
    }

    /**
     * RMSNorm of every head with weights w [1, D], then RoPE: x, y [rows, heads·D], rstd [rows, heads]; the rest as in
     * {@link #rope}.
     */
    public static void qkNormRope(FloatArray x, int xAt, int xStride, FloatArray w, int wAt, IntArray positions,
        int positionsAt, FloatArray angles, int anglesAt, int anglesStride, int length, FloatArray y, int yAt,
        int yStride, FloatArray rstd, int rstdAt, int rows, int heads, int d, float eps) {
        long xBase = Memory.at(x.getSegment().address(), xAt);
        long wBase = Memory.at(w.getSegment().address(), wAt);
        long yBase = Memory.at(y.getSegment().address(), yAt);
        long positionBase = Memory.at(positions.getSegment().address(), positionsAt);
        long angleBase = Memory.at(angles.getSegment().address(), anglesAt);
        long rstdBase = Memory.at(rstd.getSegment().address(), rstdAt);
        int perTask = Elements.rowsPerTask(heads * d);
        Workers.forEach(Elements.tasks(rows, perTask), task -> {
            long sum = SUM.floats(LANES);
            int end = Math.min(rows, (task + 1) * perTask);
            for (int r = task * perTask; r < end; r++) {
                long angle = angleOf(positionBase, r, angleBase, anglesStride, length);
                for (int h = 0; h < heads; h++) {
                    long from = Memory.at(xBase, (long) r * xStride + h * d);
                    long to = Memory.at(yBase, (long) r * yStride + h * d);
                    float scale = NormKernels.rstdOf(from, d, eps, sum);
                    setFloat(Memory.at(rstdBase, (long) r * heads + h), scale);
                    scaleAndTurn(from, scale, wBase, angle, to, d / 2);
                }
            }
        });
    }

    /**
     * Backward of {@link #qkNormRope}: dY [rows, heads·D] is turned back, then passes the norm to become dX (may be
     * dY); dW [1, D] accumulates (blocks of rows first, then the blocks in order).
     */
    public static void qkNormRopeBackward(Strided x, FloatArray w, int wAt, FloatArray rstd, int rstdAt,
        IntArray positions, int positionsAt, Strided angles, int length, Strided dY, Strided dX, FloatArray dW,
        int dWAt, int rows, int heads, int d) {
        long xBase = x.address();
        long dYBase = dY.address();
        long dXBase = dX.address();
        long xStep = x.step();
        long dYStep = dY.step();
        long dXStep = dX.step();
        long wBase = Memory.at(w.getSegment().address(), wAt);
        long rstdBase = Memory.at(rstd.getSegment().address(), rstdAt);
        long positionBase = Memory.at(positions.getSegment().address(), positionsAt);
        long angleBase = angles.address();
        int angleStride = angles.stride();
        int blocks = Elements.tasks(rows, NormKernels.ROWS_PER_PARTIAL);
        long partials = PARTIALS.floats((long) blocks * d);
        Workers.forEach(blocks, block -> {
            long sum = SUM.floats(LANES);
            long partial = Memory.at(partials, (long) block * d);
            Memory.clear(partial, d);
            int end = Math.min(rows, (block + 1) * NormKernels.ROWS_PER_PARTIAL);
            for (int r = block * NormKernels.ROWS_PER_PARTIAL; r < end; r++) {
                long angle = angleOf(positionBase, r, angleBase, angleStride, length);
                for (int h = 0; h < heads; h++) {
                    long head = Memory.at(dXBase + r * dXStep, h * d);
                    turn(Memory.at(dYBase + r * dYStep, h * d), angle, head, d / 2, -1);
                    NormKernels.backwardRow(Memory.at(xBase + r * xStep, h * d), wBase,
                        getFloat(Memory.at(rstdBase, (long) r * heads + h)), head, head, partial, d, false, sum);
                }
            }
        });
        NormKernels.addPartials(partials, blocks, d, Memory.at(dW.getSegment().address(), dWAt));
    }

    private static long angleOf(long positions, int row, long angles, int stride, int length) {
        int position = getInt(Memory.at(positions, row));
        if (position < 0 || position >= length) {
            throw new IndexOutOfBoundsException("position " + position + " of a table of " + length + " angles");
        }
        return Memory.at(angles, (long) position * stride);
    }

    /** Turns one head, 2 {@code half} elements, after its norm: x scale w. Otherwise as {@link #turn}. */
    private static void scaleAndTurn(long x, float scale, long w, long angle, long y, int half) {
        long gap = 4L * half;
        FloatVector scales = broadcast(S, scale);
        int i = 0;
        for (; i + LANES <= half; i += LANES) {
            FloatVector a = fromMemorySegment(S, ALL, x, ORDER).mul(scales).mul(fromMemorySegment(S, ALL, w, ORDER));
            FloatVector b = fromMemorySegment(S, ALL, x + gap, ORDER).mul(scales)
                .mul(fromMemorySegment(S, ALL, w + gap, ORDER));
            FloatVector cos = fromMemorySegment(S, ALL, angle, ORDER);
            FloatVector sin = fromMemorySegment(S, ALL, angle + gap, ORDER);
            a.mul(cos).sub(b.mul(sin)).intoMemorySegment(ALL, y, ORDER);
            b.mul(cos).add(a.mul(sin)).intoMemorySegment(ALL, y + gap, ORDER);
            x += BYTES;
            w += BYTES;
            angle += BYTES;
            y += BYTES;
        }
        for (; i < half; i++) {
            float a = getFloat(x) * scale * getFloat(w);
            float b = getFloat(x + gap) * scale * getFloat(w + gap);
            float cos = getFloat(angle);
            float sin = getFloat(angle + gap);
            setFloat(y, a * cos - b * sin);
            setFloat(y + gap, b * cos + a * sin);
            x += 4;
            w += 4;
            angle += 4;
            y += 4;
        }
    }

    /** Turns one head: {@code half} pairs, cosines at {@code angle}, sines {@code half} further. */
    private static void turn(long x, long angle, long y, int half, int direction) {
        long gap = 4L * half;
        FloatVector sign = broadcast(S, (float) direction);
        int i = 0;
        for (; i + LANES <= half; i += LANES) {
            FloatVector a = fromMemorySegment(S, ALL, x, ORDER);
            FloatVector b = fromMemorySegment(S, ALL, x + gap, ORDER);
            FloatVector cos = fromMemorySegment(S, ALL, angle, ORDER);
            FloatVector sin = fromMemorySegment(S, ALL, angle + gap, ORDER).mul(sign);
            a.mul(cos).sub(b.mul(sin)).intoMemorySegment(ALL, y, ORDER);
            b.mul(cos).add(a.mul(sin)).intoMemorySegment(ALL, y + gap, ORDER);
            x += BYTES;
            angle += BYTES;
            y += BYTES;
        }
        for (; i < half; i++) {
            float a = getFloat(x);
            float b = getFloat(x + gap);
            float cos = getFloat(angle);
            float sin = getFloat(angle + gap) * direction;
            setFloat(y, a * cos - b * sin);
            setFloat(y + gap, b * cos + a * sin);
            x += 4;
            angle += 4;
            y += 4;
        }
    }
}
