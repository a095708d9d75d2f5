package org.llmrlpt.kernels.cpu;

import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;
import static jdk.incubator.vector.VectorOperators.MAX;
import static org.llmrlpt.kernels.cpu.Memory.ALL;
import static org.llmrlpt.kernels.cpu.Memory.ORDER;
import static org.llmrlpt.kernels.cpu.VectorMath.S;

import jdk.incubator.vector.FloatVector;

/** Passes over one row of n ≥ 1 floats at an address, on the calling thread. */
public final class Rows {
    private static final int V = S.length();
    private static final int BYTES = S.vectorByteSize();
    private static final Scratch REST = new Scratch();

    private Rows() {
    }

    /** The largest element. */
    public static float max(long x, int n) {
        FloatVector m0 = broadcast(S, Float.NEGATIVE_INFINITY);
        FloatVector m1 = m0;
        FloatVector m2 = m0;
        FloatVector m3 = m0;
        int i = 0;
        for (; i + 4 * V <= n; i += 4 * V) {
            long p = x + 4L * i;
            m0 = m0.max(fromMemorySegment(S, ALL, p, ORDER));
            m1 = m1.max(fromMemorySegment(S, ALL, p + BYTES, ORDER));
            m2 = m2.max(fromMemorySegment(S, ALL, p + 2 * BYTES, ORDER));
            m3 = m3.max(fromMemorySegment(S, ALL, p + 3 * BYTES, ORDER));
        }
        for (; i + V <= n; i += V) {
            m0 = m0.max(fromMemorySegment(S, ALL, x + 4L * i, ORDER));
        }
        if (i < n) {
            m1 = m1.max(fromMemorySegment(S, ALL, rest(x, i, n, Float.NEGATIVE_INFINITY), ORDER));
        }
        return m0.max(m1).max(m2.max(m3)).reduceLanes(MAX);
    }

    /** y = a·x; y may be x. */
    public static void scale(float a, long x, long y, int n) {
        int i = 0;
        for (; i + V <= n; i += V) {
            long o = 4L * i;
            fromMemorySegment(S, ALL, x + o, ORDER).mul(a).intoMemorySegment(ALL, y + o, ORDER);
        }
        for (; i < n; i++) {
            Memory.setFloat(y + 4L * i, a * Memory.getFloat(x + 4L * i));
        }
    }

    /** Address of a vector that holds x[i … n), fewer than a vector's floats, and then {@code filler}. */
    private static long rest(long x, int i, int n, float filler) {
        long p = REST.floats(V);
        broadcast(S, filler).intoMemorySegment(ALL, p, ORDER);
        Memory.copy(x + 4L * i, p, n - i);
        return p;
    }
}
