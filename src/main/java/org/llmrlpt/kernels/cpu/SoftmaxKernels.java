package org.llmrlpt.kernels.cpu;

import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;
import static org.llmrlpt.kernels.cpu.Memory.ALL;
import static org.llmrlpt.kernels.cpu.Memory.ORDER;
import static org.llmrlpt.kernels.cpu.Memory.at;
import static org.llmrlpt.kernels.cpu.VectorMath.S;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/** Probabilities of rows of logits. */
public final class SoftmaxKernels {
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
        FloatVector shift = broadcast(S, Rows.max(x, n) * factor);
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
        Rows.scale((float) (1 / total), y, y, n);
    }
}
