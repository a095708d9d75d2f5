package org.llmrlpt.kernels.cpu;

import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;
import static jdk.incubator.vector.VectorOperators.ADD;
import static jdk.incubator.vector.VectorOperators.MAX;
import static org.llmrlpt.kernels.cpu.Memory.ALL;
import static org.llmrlpt.kernels.cpu.Memory.ORDER;
import static org.llmrlpt.kernels.cpu.VectorMath.S;

import jdk.incubator.vector.FloatVector;

/**
 * Passes over one row of n ≥ 1 floats at an address, on the calling thread. The order of a sum depends on n and on the
 * machine's vectors only.
 */
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

    /** Σ x. */
    public static float sum(long x, int n) {
        FloatVector s0 = FloatVector.zero(S);
        FloatVector s1 = s0;
        FloatVector s2 = s0;
        FloatVector s3 = s0;
        int i = 0;
        for (; i + 4 * V <= n; i += 4 * V) {
            long p = x + 4L * i;
            s0 = s0.add(fromMemorySegment(S, ALL, p, ORDER));
            s1 = s1.add(fromMemorySegment(S, ALL, p + BYTES, ORDER));
            s2 = s2.add(fromMemorySegment(S, ALL, p + 2 * BYTES, ORDER));
            s3 = s3.add(fromMemorySegment(S, ALL, p + 3 * BYTES, ORDER));
        }
        for (; i + V <= n; i += V) {
            s0 = s0.add(fromMemorySegment(S, ALL, x + 4L * i, ORDER));
        }
        if (i < n) {
            s1 = s1.add(fromMemorySegment(S, ALL, rest(x, i, n, 0f), ORDER));
        }
        return s0.add(s1).add(s2.add(s3)).reduceLanes(ADD);
    }

    /** Σ e^(x − shift); a softmax's denominator where shift is the largest element. */
    public static float sumExp(long x, int n, float shift) {
        FloatVector s0 = FloatVector.zero(S);
        FloatVector s1 = s0;
        int i = 0;
        for (; i + 2 * V <= n; i += 2 * V) {
            long p = x + 4L * i;
            s0 = s0.add(VectorMath.exp(fromMemorySegment(S, ALL, p, ORDER).sub(shift)));
            s1 = s1.add(VectorMath.exp(fromMemorySegment(S, ALL, p + BYTES, ORDER).sub(shift)));
        }
        for (; i < n; i += V) {
            long p = i + V <= n ? x + 4L * i : rest(x, i, n, Float.NEGATIVE_INFINITY);
            s0 = s0.add(VectorMath.exp(fromMemorySegment(S, ALL, p, ORDER).sub(shift)));
        }
        return s0.add(s1).reduceLanes(ADD);
    }

    /** y = e^(x − shift), and returns Σ y; y may be x. */
    public static float exp(long x, float shift, long y, int n) {
        FloatVector s = FloatVector.zero(S);
        int i = 0;
        for (; i + V <= n; i += V) {
            FloatVector e = VectorMath.exp(fromMemorySegment(S, ALL, x + 4L * i, ORDER).sub(shift));
            e.intoMemorySegment(ALL, y + 4L * i, ORDER);
            s = s.add(e);
        }
        if (i < n) {
            long p = rest(x, i, n, Float.NEGATIVE_INFINITY);
            FloatVector e = VectorMath.exp(fromMemorySegment(S, ALL, p, ORDER).sub(shift));
            e.intoMemorySegment(ALL, p, ORDER);
            Memory.copy(p, y + 4L * i, n - i);
            s = s.add(e);
        }
        return s.reduceLanes(ADD);
    }

    /** Σ x·y. */
    public static float dot(long x, long y, int n) {
        FloatVector s0 = FloatVector.zero(S);
        FloatVector s1 = s0;
        FloatVector s2 = s0;
        FloatVector s3 = s0;
        int i = 0;
        for (; i + 4 * V <= n; i += 4 * V) {
            long o = 4L * i;
            s0 = fromMemorySegment(S, ALL, x + o, ORDER).fma(fromMemorySegment(S, ALL, y + o, ORDER), s0);
            o += BYTES;
            s1 = fromMemorySegment(S, ALL, x + o, ORDER).fma(fromMemorySegment(S, ALL, y + o, ORDER), s1);
            o += BYTES;
            s2 = fromMemorySegment(S, ALL, x + o, ORDER).fma(fromMemorySegment(S, ALL, y + o, ORDER), s2);
            o += BYTES;
            s3 = fromMemorySegment(S, ALL, x + o, ORDER).fma(fromMemorySegment(S, ALL, y + o, ORDER), s3);
        }
        for (; i + V <= n; i += V) {
            long o = 4L * i;
            s0 = fromMemorySegment(S, ALL, x + o, ORDER).fma(fromMemorySegment(S, ALL, y + o, ORDER), s0);
        }
        float sum = s0.add(s1).add(s2.add(s3)).reduceLanes(ADD);
        for (; i < n; i++) {
            sum = Math.fma(Memory.getFloat(x + 4L * i), Memory.getFloat(y + 4L * i), sum);
        }
        return sum;
    }

    /** y += a·x. */
    public static void axpy(float a, long x, long y, int n) {
        int i = 0;
        for (; i + V <= n; i += V) {
            long o = 4L * i;
            fromMemorySegment(S, ALL, x + o, ORDER).fma(broadcast(S, a), fromMemorySegment(S, ALL, y + o, ORDER))
                .intoMemorySegment(ALL, y + o, ORDER);
        }
        for (; i < n; i++) {
            long o = 4L * i;
            Memory.setFloat(y + o, Math.fma(Memory.getFloat(x + o), a, Memory.getFloat(y + o)));
        }
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
