package org.llmrlpt.kernels.cpu;

import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;
import static org.llmrlpt.kernels.cpu.Memory.ALL;
import static org.llmrlpt.kernels.cpu.Memory.ORDER;
import static org.llmrlpt.kernels.cpu.Memory.getFloat;
import static org.llmrlpt.kernels.cpu.Memory.setFloat;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/** RMSNorm and its backward pass, over rows. */
public final class NormKernels {
    /** Rows whose weight gradients are summed by one task; a constant, because it decides the order of the sum. */
    static final int ROWS_PER_PARTIAL = 64;
    /** Columns of a task that adds the partial sums up. */
    private static final int COLUMNS_PER_TASK = 1024;

    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final int LANES = S.length();
    private static final int BYTES = S.vectorByteSize();
    private static final Scratch SUM = new Scratch();
    private static final Scratch PARTIALS = new Scratch();

    private NormKernels() {
    }

    /**
     * rstd[r] = 1/sqrt(mean(x[r]²) + eps), y = x rstd w; x, y [rows, columns], w [1, columns], rstd [1, rows]; y may
     * be x.
     */
    public static void rmsNorm(FloatArray x, int xAt, int xStride, FloatArray w, int wAt, FloatArray y, int yAt,
        int yStride, FloatArray rstd, int rstdAt, int rows, int columns, float eps) {
        long xBase = Memory.at(x.getSegment().address(), xAt);
        long wBase = Memory.at(w.getSegment().address(), wAt);
        long yBase = Memory.at(y.getSegment().address(), yAt);
        long rstdBase = Memory.at(rstd.getSegment().address(), rstdAt);
        int perTask = Elements.rowsPerTask(columns);
        Workers.forEach(Elements.tasks(rows, perTask), task -> {
            long sum = SUM.floats(LANES);
            int end = Math.min(rows, (task + 1) * perTask);
            for (int r = task * perTask; r < end; r++) {
                long xRow = Memory.at(xBase, (long) r * xStride);
                float scale = rstdOf(xRow, columns, eps, sum);
                setFloat(Memory.at(rstdBase, r), scale);
                scaleRow(xRow, scale, wBase, Memory.at(yBase, (long) r * yStride), columns);
            }
        });
    }

    /**
     * With x̂ = x rstd and g = dY w: dX = rstd (g - x̂ mean(g x̂)), or accumulates it if {@code accumulate} is not 0;
     * dW accumulates the sum over rows of dY x̂: blocks of rows are summed first, then the blocks in order; y is what
     * {@link #rmsNorm} computed. Shapes as there; y may be dY.
     */
    public static void rmsNormBackward(Strided x, FloatArray w, int wAt, FloatArray rstd, int rstdAt, Strided dY,
        Strided dX, FloatArray dW, int dWAt, Strided y, int rows, int columns, int accumulate) {
        long wBase = Memory.at(w.getSegment().address(), wAt);
        long rstdBase = Memory.at(rstd.getSegment().address(), rstdAt);
        long xBase = x.address();
        long dYBase = dY.address();
        long dXBase = dX.address();
        long yBase = y.address();
        long xStep = x.step();
        long dYStep = dY.step();
        long dXStep = dX.step();
        long yStep = y.step();
        int blocks = Elements.tasks(rows, ROWS_PER_PARTIAL);
        long partials = PARTIALS.floats((long) blocks * columns);
        Workers.forEach(blocks, block -> {
            long sum = SUM.floats(LANES);
            long partial = Memory.at(partials, (long) block * columns);
            Memory.clear(partial, columns);
            int end = Math.min(rows, (block + 1) * ROWS_PER_PARTIAL);
            for (int r = block * ROWS_PER_PARTIAL; r < end; r++) {
                float scale = getFloat(Memory.at(rstdBase, r));
                long row = xBase + r * xStep;
                backwardRow(row, wBase, scale, dYBase + r * dYStep, dXBase + r * dXStep, partial, columns,
                    accumulate != 0, sum);
                scaleRow(row, scale, wBase, yBase + r * yStep, columns);
            }
        });
        addPartials(partials, blocks, columns, Memory.at(dW.getSegment().address(), dWAt));
    }

    /** sum[c] += partials[0][c] + partials[1][c] + …, in this order. */
    static void addPartials(long partials, int blocks, int columns, long sum) {
        Workers.forEach(Elements.tasks(columns, COLUMNS_PER_TASK), task -> {
            int from = task * COLUMNS_PER_TASK;
            int to = Math.min(columns, from + COLUMNS_PER_TASK);
            int c = from;
            for (; c + LANES <= to; c += LANES) {
                FloatVector total = FloatVector.zero(S);
                for (int b = 0; b < blocks; b++) {
                    total = total.add(fromMemorySegment(S, ALL, Memory.at(partials, (long) b * columns + c), ORDER));
                }
                long at = Memory.at(sum, c);
                fromMemorySegment(S, ALL, at, ORDER).add(total).intoMemorySegment(ALL, at, ORDER);
            }
            for (; c < to; c++) {
                float total = 0f;
                for (int b = 0; b < blocks; b++) {
                    total += getFloat(Memory.at(partials, (long) b * columns + c));
                }
                long at = Memory.at(sum, c);
                setFloat(at, getFloat(at) + total);
            }
        });
    }

    /** 1/sqrt(mean(x²) + eps) of n elements; {@code sum} is memory for a vector. */
    static float rstdOf(long x, int n, float eps, long sum) {
        FloatVector a = FloatVector.zero(S);
        FloatVector b = FloatVector.zero(S);
        int i = 0;
        for (; i + 2 * LANES <= n; i += 2 * LANES) {
            FloatVector v = fromMemorySegment(S, ALL, x, ORDER);
            FloatVector u = fromMemorySegment(S, ALL, x + BYTES, ORDER);
            a = v.fma(v, a);
            b = u.fma(u, b);
            x += 2 * BYTES;
        }
        if (i + LANES <= n) {
            FloatVector v = fromMemorySegment(S, ALL, x, ORDER);
            a = v.fma(v, a);
            x += BYTES;
            i += LANES;
        }
        a.add(b).intoMemorySegment(ALL, sum, ORDER);
        float total = Lanes.sum(sum, LANES);
        for (; i < n; i++) {
            float v = getFloat(x);
            total = Math.fma(v, v, total);
            x += 4;
        }
        return (float) (1.0 / Math.sqrt((double) total / n + eps));
    }

    /** y = x scale w, n elements. */
    static void scaleRow(long x, float scale, long w, long y, int n) {
        FloatVector scales = broadcast(S, scale);
        int i = 0;
        for (; i + LANES <= n; i += LANES) {
            fromMemorySegment(S, ALL, x, ORDER).mul(scales).mul(fromMemorySegment(S, ALL, w, ORDER))
                .intoMemorySegment(ALL, y, ORDER);
            x += BYTES;
            w += BYTES;
            y += BYTES;
        }
        for (; i < n; i++) {
            setFloat(y, getFloat(x) * scale * getFloat(w));
            x += 4;
            w += 4;
            y += 4;
        }
    }

    /** One row of the backward pass; dW accumulates dY x̂. {@code sum} is memory for a vector. */
    static void backwardRow(long x, long w, float rstd, long dY, long dX, long dW, int n, boolean accumulate,
        long sum) {
        float mean = rstd * dot3(x, w, dY, n, sum) / n;
        FloatVector scales = broadcast(S, rstd);
        FloatVector means = broadcast(S, -mean);
        int i = 0;
        for (; i + LANES <= n; i += LANES) {
            FloatVector d = fromMemorySegment(S, ALL, dY, ORDER);
            FloatVector unit = fromMemorySegment(S, ALL, x, ORDER).mul(scales);
            d.fma(unit, fromMemorySegment(S, ALL, dW, ORDER)).intoMemorySegment(ALL, dW, ORDER);
            FloatVector g = unit.fma(means, d.mul(fromMemorySegment(S, ALL, w, ORDER))).mul(scales);
            if (accumulate) {
                g = g.add(fromMemorySegment(S, ALL, dX, ORDER));
            }
            g.intoMemorySegment(ALL, dX, ORDER);
            x += BYTES;
            w += BYTES;
            dY += BYTES;
            dX += BYTES;
            dW += BYTES;
        }
        for (; i < n; i++) {
            float d = getFloat(dY);
            float unit = getFloat(x) * rstd;
            setFloat(dW, Math.fma(d, unit, getFloat(dW)));
            float g = Math.fma(unit, -mean, d * getFloat(w)) * rstd;
            setFloat(dX, accumulate ? g + getFloat(dX) : g);
            x += 4;
            w += 4;
            dY += 4;
            dX += 4;
            dW += 4;
        }
    }

    /** Sum of x w d over n elements. */
    private static float dot3(long x, long w, long d, int n, long sum) {
        FloatVector a = FloatVector.zero(S);
        FloatVector b = FloatVector.zero(S);
        int i = 0;
        for (; i + 2 * LANES <= n; i += 2 * LANES) {
            a = fromMemorySegment(S, ALL, x, ORDER).mul(fromMemorySegment(S, ALL, w, ORDER))
                .fma(fromMemorySegment(S, ALL, d, ORDER), a);
            b = fromMemorySegment(S, ALL, x + BYTES, ORDER).mul(fromMemorySegment(S, ALL, w + BYTES, ORDER))
                .fma(fromMemorySegment(S, ALL, d + BYTES, ORDER), b);
            x += 2 * BYTES;
            w += 2 * BYTES;
            d += 2 * BYTES;
        }
        if (i + LANES <= n) {
            a = fromMemorySegment(S, ALL, x, ORDER).mul(fromMemorySegment(S, ALL, w, ORDER))
                .fma(fromMemorySegment(S, ALL, d, ORDER), a);
            x += BYTES;
            w += BYTES;
            d += BYTES;
            i += LANES;
        }
        a.add(b).intoMemorySegment(ALL, sum, ORDER);
        float total = Lanes.sum(sum, LANES);
        for (; i < n; i++) {
            total = Math.fma(getFloat(x) * getFloat(w), getFloat(d), total);
            x += 4;
            w += 4;
            d += 4;
        }
        return total;
    }
}
