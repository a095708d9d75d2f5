package org.llmrlpt.kernels.cpu;

import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;
import static org.llmrlpt.kernels.cpu.Memory.ALL;
import static org.llmrlpt.kernels.cpu.Memory.ORDER;
import static org.llmrlpt.kernels.cpu.Memory.at;
import static org.llmrlpt.kernels.cpu.VectorMath.S;
import static org.llmrlpt.kernels.cpu.VectorMath.notTooLow;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/** Exponentials of a row of logits, and the two sums that its entropy takes. For use by one thread. */
final class Exponentials {
    private static final int LANES = S.length();
    private static final int BYTES = S.vectorByteSize();
    /** Elements whose exponentials are added up in single precision before they join the row's sums. */
    private static final int PER_SUM = 1024;
    private static final Scratch LANE_SUMS = new Scratch();

    private double sum;
    private double product;

    /** Sum of e of the last run. */
    double sum() {
        return sum;
    }

    /** Sum of e (z - largest) of the last run. */
    double product() {
        return product;
    }

    /** Replaces each of the n numbers z by e = exp(z - largest), and adds up e and e (z - largest). */
    void run(long z, int n, float largest) {
        long lanes = LANE_SUMS.floats(2 * LANES);
        sum = 0;
        product = 0;
        for (int from = 0; from < n; from += PER_SUM) {
            int count = Math.min(PER_SUM, n - from);
            int whole = count / (2 * LANES) * (2 * LANES);
            pairs(at(z, from), whole, largest, lanes);
            rest(at(z, from + whole), count - whole, largest, lanes);
            sum += Lanes.sum(lanes, LANES);
            product += Lanes.sum(lanes + BYTES, LANES);
        }
    }

    /**
     * The n numbers at p, pairs of vectors, become exponentials; their sums by lane, and those of the products, go to
     * {@code lanes}.
     */
    private static void pairs(long p, int n, float largest, long lanes) {
        FloatVector shift = broadcast(S, largest);
        FloatVector s = FloatVector.zero(S);
        FloatVector s2 = s;
        FloatVector t = s;
        FloatVector t2 = s;
        for (int i = 0; i < n; i += 2 * LANES) {
            FloatVector d = notTooLow(fromMemorySegment(S, ALL, p, ORDER).sub(shift));
            FloatVector d2 = notTooLow(fromMemorySegment(S, ALL, p + BYTES, ORDER).sub(shift));
            FloatVector e = VectorMath.expInRange(d);
            FloatVector e2 = VectorMath.expInRange(d2);
            e.intoMemorySegment(ALL, p, ORDER);
            e2.intoMemorySegment(ALL, p + BYTES, ORDER);
            s = s.add(e);
            s2 = s2.add(e2);
            t = e.fma(d, t);
            t2 = e2.fma(d2, t2);
            p += 2 * BYTES;
        }
        s.add(s2).intoMemorySegment(ALL, lanes, ORDER);
        t.add(t2).intoMemorySegment(ALL, lanes + BYTES, ORDER);
    }

    /** The same of fewer numbers, whose sums are added to {@code lanes}. */
    private static void rest(long p, int n, float largest, long lanes) {
        for (int i = 0; i < n; i += LANES) {
            VectorMask<Float> inside = S.indexInRange(i, n);
            FloatVector d = notTooLow(fromMemorySegment(S, ALL, p, ORDER, inside).sub(largest));
            FloatVector e = FloatVector.zero(S).blend(VectorMath.expInRange(d), inside);
            e.intoMemorySegment(ALL, p, ORDER, inside);
            fromMemorySegment(S, ALL, lanes, ORDER).add(e).intoMemorySegment(ALL, lanes, ORDER);
            e.fma(d, fromMemorySegment(S, ALL, lanes + BYTES, ORDER)).intoMemorySegment(ALL, lanes + BYTES, ORDER);
            p += BYTES;
        }
    }
}
