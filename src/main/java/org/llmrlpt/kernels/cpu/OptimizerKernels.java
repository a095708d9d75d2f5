package org.llmrlpt.kernels.cpu;

import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;
import static org.llmrlpt.kernels.cpu.Memory.ALL;
import static org.llmrlpt.kernels.cpu.Memory.ORDER;
import static org.llmrlpt.kernels.cpu.Memory.getFloat;

import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/** The gradient's norm and AdamW, over all parameters at once. */
public final class OptimizerKernels {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Double> D = S.withLanes(double.class);
    private static final int LANES = S.length();
    private static final int BYTES = S.vectorByteSize();
    private static final Scratch BLOCKS = new Scratch();
    private static final Scratch TAIL = new Scratch();

    private OptimizerKernels() {
    }

    /**
     * out[0] = sqrt of the sum of all g², out[1] = min(1, maxNorm / (out[0] + 1e-6)), or 1 if maxNorm is 0. The sum is
     * made in double precision, block by block.
     */
    public static void gradientNorm(FloatArray gradients, int at, int n, float maxNorm, FloatArray out, int outAt) {
        long base = Memory.at(gradients.getSegment().address(), at);
        int blocks = Elements.tasks(n, Elements.PER_TASK);
        long sums = BLOCKS.floats(2L * blocks);
        Workers.forEach(blocks, block -> {
            int from = block * Elements.PER_TASK;
            double sum = sumOfSquares(Memory.at(base, from), Math.min(Elements.PER_TASK, n - from));
            ALL.set(ValueLayout.JAVA_DOUBLE, sums + 8L * block, sum);
        });
        double total = 0;
        for (int block = 0; block < blocks; block++) {
            total += ALL.get(ValueLayout.JAVA_DOUBLE, sums + 8L * block);
        }
        double norm = Math.sqrt(total);
        out.set(outAt, (float) norm);
        out.set(outAt + 1, maxNorm == 0f ? 1f : (float) Math.min(1.0, maxNorm / (norm + 1e-6)));
    }

    /**
     * Four pieces at once, as one stream of reads leaves half of the memory's speed unused. Written out: a method for
     * one vector, though inlined, makes the compiler leave the sums as objects, and takes twice as long.
     */
    private static double sumOfSquares(long x, int n) {
        int piece = n / 4 / LANES * LANES;
        DoubleVector a = DoubleVector.zero(D);
        DoubleVector b = DoubleVector.zero(D);
        DoubleVector c = DoubleVector.zero(D);
        DoubleVector d = DoubleVector.zero(D);
        long step = 4L * piece;
        for (int i = 0; i < piece; i += LANES) {
            FloatVector v0 = fromMemorySegment(S, ALL, x, ORDER);
            FloatVector v1 = fromMemorySegment(S, ALL, x + step, ORDER);
            FloatVector v2 = fromMemorySegment(S, ALL, x + 2 * step, ORDER);
            FloatVector v3 = fromMemorySegment(S, ALL, x + 3 * step, ORDER);
            DoubleVector low0 = (DoubleVector) v0.convertShape(VectorOperators.F2D, D, 0);
            DoubleVector high0 = (DoubleVector) v0.convertShape(VectorOperators.F2D, D, 1);
            a = high0.fma(high0, low0.fma(low0, a));
            DoubleVector low1 = (DoubleVector) v1.convertShape(VectorOperators.F2D, D, 0);
            DoubleVector high1 = (DoubleVector) v1.convertShape(VectorOperators.F2D, D, 1);
            b = high1.fma(high1, low1.fma(low1, b));
            DoubleVector low2 = (DoubleVector) v2.convertShape(VectorOperators.F2D, D, 0);
            DoubleVector high2 = (DoubleVector) v2.convertShape(VectorOperators.F2D, D, 1);
            c = high2.fma(high2, low2.fma(low2, c));
            DoubleVector low3 = (DoubleVector) v3.convertShape(VectorOperators.F2D, D, 0);
            DoubleVector high3 = (DoubleVector) v3.convertShape(VectorOperators.F2D, D, 1);
            d = high3.fma(high3, low3.fma(low3, d));
            x += BYTES;
        }
        DoubleVector all = a.add(b).add(c.add(d));
        double sum = 0;
        for (int lane = 0; lane < D.length(); lane++) {
            sum += all.lane(lane);
        }
        return sum + sumOfFewSquares(x + 3 * step, n - 4 * piece);
    }

    private static double sumOfFewSquares(long x, int n) {
        double sum = 0;
        for (int i = 0; i < n; i++) {
            double v = getFloat(Memory.at(x, i));
            sum += v * v;
        }
        return sum;
    }

    /**
     * One AdamW step over n parameters; the first {@code decayed} of them decay.
     *
     * @param clip [1, 2]; the gradient is multiplied by clip[1]
     * @param step [1, 3]: learning rate, 1 - beta1^t, 1 - beta2^t
     */
    public static void adamW(FloatArray parameters, int parametersAt, FloatArray gradients, int gradientsAt,
        FloatArray moment1, int moment1At, FloatArray moment2, int moment2At, FloatArray clip, int clipAt,
        FloatArray step, int stepAt, int n, int decayed, float beta1, float beta2, float eps, float weightDecay) {
        long p = Memory.at(parameters.getSegment().address(), parametersAt);
        long g = Memory.at(gradients.getSegment().address(), gradientsAt);
        long m = Memory.at(moment1.getSegment().address(), moment1At);
        long v = Memory.at(moment2.getSegment().address(), moment2At);
        double rate = step.get(stepAt);
        Rule rule = new Rule(clip.get(clipAt + 1), (float) (1.0 - rate * weightDecay), beta1, beta2, eps,
            (float) (rate / step.get(stepAt + 1)), (float) (1.0 / step.get(stepAt + 2)));
        Rule withoutDecay = rule.withoutDecay();
        Workers.forEach(Elements.tasks(n, Elements.PER_TASK), task -> {
            int from = task * Elements.PER_TASK;
            int to = Math.min(n, from + Elements.PER_TASK);
            int border = Math.clamp(decayed, from, to);
            update(rule, p, g, m, v, from, border - from);
            update(withoutDecay, p, g, m, v, border, to - border);
        });
    }

    /** What one step does to every element: scalars that are the same for all. */
    private record Rule(float clip, float keep, float beta1, float beta2, float eps, float rate, float inverseC2) {
        Rule withoutDecay() {
            return new Rule(clip, 1f, beta1, beta2, eps, rate, inverseC2);
        }
    }

    private static void update(Rule rule, long p, long g, long m, long v, int from, int count) {
        int whole = count / LANES * LANES;
        long skip = 4L * from;
        updateVectors(rule, p + skip, g + skip, m + skip, v + skip, whole);
        int rest = count - whole;
        if (rest > 0) {
            skip += 4L * whole;
            long tail = TAIL.floats(4L * LANES);
            Memory.copy(p + skip, tail, rest);
            Memory.copy(g + skip, tail + BYTES, rest);
            Memory.copy(m + skip, tail + 2L * BYTES, rest);
            Memory.copy(v + skip, tail + 3L * BYTES, rest);
            updateVectors(rule, tail, tail + BYTES, tail + 2L * BYTES, tail + 3L * BYTES, LANES);
            Memory.copy(tail, p + skip, rest);
            Memory.copy(tail + 2L * BYTES, m + skip, rest);
            Memory.copy(tail + 3L * BYTES, v + skip, rest);
        }
    }

    private static void updateVectors(Rule rule, long p, long g, long m, long v, int n) {
        FloatVector clip = broadcast(S, rule.clip);
        FloatVector keep = broadcast(S, rule.keep);
        FloatVector beta1 = broadcast(S, rule.beta1);
        FloatVector rest1 = broadcast(S, 1f - rule.beta1);
        FloatVector beta2 = broadcast(S, rule.beta2);
        FloatVector rest2 = broadcast(S, 1f - rule.beta2);
        FloatVector eps = broadcast(S, rule.eps);
        FloatVector rate = broadcast(S, rule.rate);
        FloatVector inverseC2 = broadcast(S, rule.inverseC2);
        for (int i = 0; i < n; i += LANES) {
            FloatVector gradient = fromMemorySegment(S, ALL, g, ORDER).mul(clip);
            FloatVector first = fromMemorySegment(S, ALL, m, ORDER).mul(beta1).add(gradient.mul(rest1));
            FloatVector second = fromMemorySegment(S, ALL, v, ORDER).mul(beta2)
                .add(gradient.mul(gradient).mul(rest2));
            FloatVector change = first.mul(rate).div(second.mul(inverseC2).sqrt().add(eps));
            fromMemorySegment(S, ALL, p, ORDER).mul(keep).sub(change).intoMemorySegment(ALL, p, ORDER);
            first.intoMemorySegment(ALL, m, ORDER);
            second.intoMemorySegment(ALL, v, ORDER);
            p += BYTES;
            g += BYTES;
            m += BYTES;
            v += BYTES;
        }
    }
}
