package org.llmrlpt.kernels.cpu;

import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;
import static org.llmrlpt.kernels.cpu.Memory.ALL;
import static org.llmrlpt.kernels.cpu.Memory.ORDER;
import static org.llmrlpt.kernels.cpu.Memory.at;
import static org.llmrlpt.kernels.cpu.Memory.getFloat;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/** Probabilities of rows of logits. */
public final class SoftmaxKernels {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final int LANES = S.length();
    /** Elements whose exponentials are added up in single precision before they join the row's sum. */
    private static final int PER_SUM = 1024;
    private static final Scratch SUM = new Scratch();

    private SoftmaxKernels() {
    }

    /** y[r] = softmax(x[r] · inverseTemperature[0]); x, y [rows, columns], y may be x. */
    public static void softmax(FloatArray x, int xAt, int xStride, FloatArray inverseTemperature,
        int inverseTemperatureAt, FloatArray y, int yAt, int yStride, int rows, int columns) {
        long xBase = at(x.getSegment().address(), xAt);
        long yBase = at(y.getSegment().address(), yAt);
        float factor = inverseTemperature.get(inverseTemperatureAt);
        int perTask = Elements.rowsPerTask(columns);
        Workers.forEach(Elements.tasks(rows, perTask), task -> {
            long sum = SUM.floats(LANES);
            for (int r = task * perTask; r < Math.min(rows, (task + 1) * perTask); r++) {
                row(at(xBase, (long) r * xStride), at(yBase, (long) r * yStride), columns, factor, sum);
            }
        });
    }

    private static void row(long x, long y, int n, float factor, long sum) {
        float largest = largest(x, n, factor);
        FloatVector shift = broadcast(S, largest);
        double total = 0;
        for (int from = 0; from < n; from += PER_SUM) {
            int to = Math.min(n, from + PER_SUM);
            FloatVector part = FloatVector.zero(S);
            int i = from;
            for (; i + LANES <= to; i += LANES) {
                FloatVector e = VectorMath.exp(fromMemorySegment(S, ALL, at(x, i), ORDER).mul(factor).sub(shift));
                e.intoMemorySegment(ALL, at(y, i), ORDER);
                part = part.add(e);
            }
            if (i < to) {
                VectorMask<Float> inside = S.indexInRange(i, to);
                FloatVector e = VectorMath.exp(
                    fromMemorySegment(S, ALL, at(x, i), ORDER, inside).mul(factor).sub(shift));
                e.intoMemorySegment(ALL, at(y, i), ORDER, inside);
                part = part.add(e, inside);
            }
            part.intoMemorySegment(ALL, sum, ORDER);
            total += Lanes.sum(sum, LANES);
        }
        scale(y, n, (float) (1 / total));
    }

    /** The largest element times a factor. */
    private static float largest(long x, int n, float factor) {
        FloatVector a = broadcast(S, Float.NEGATIVE_INFINITY);
        FloatVector b = a;
        int i = 0;
        for (; i + 2 * LANES <= n; i += 2 * LANES) {
            a = a.max(fromMemorySegment(S, ALL, at(x, i), ORDER).mul(factor));
            b = b.max(fromMemorySegment(S, ALL, at(x, i + LANES), ORDER).mul(factor));
        }
        float largest = a.max(b).reduceLanes(VectorOperators.MAX);
        for (; i < n; i++) {
            largest = Math.max(largest, getFloat(at(x, i)) * factor);
        }
        return largest;
    }

    /** x *= factor. */
    static void scale(long x, int n, float factor) {
        int i = 0;
        for (; i + LANES <= n; i += LANES) {
            fromMemorySegment(S, ALL, at(x, i), ORDER).mul(factor).intoMemorySegment(ALL, at(x, i), ORDER);
        }
        if (i < n) {
            VectorMask<Float> inside = S.indexInRange(i, n);
            fromMemorySegment(S, ALL, at(x, i), ORDER, inside).mul(factor)
                .intoMemorySegment(ALL, at(x, i), ORDER, inside);
        }
    }
}
