package org.llmrlpt.kernels.gpu;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;

/**
 * Reductions within a work-group, as trees in local memory: the same order of additions on every device. All threads of
 * the group must call them together, since they contain barriers. {@code size} is the group's size, a power of two, and
 * the length of {@code scratch}, which may be reused at once afterwards.
 */
final class GroupReduce {
    /** Threads of the groups that work on one row of a matrix. */
    static final int GROUP = 128;
    /** Stands for minus infinity, which OpenCL's relaxed arithmetic does not know. */
    static final float LOWEST = -3.4e38f;

    private GroupReduce() {
    }

    /** Sum of the threads' values; every thread gets it. */
    static float sum(KernelContext context, float[] scratch, float value, int size) {
        int t = context.localIdx;
        scratch[t] = value;
        context.localBarrier();
        for (int half = size >> 1; half > 0; half >>= 1) {
            if (t < half) {
                scratch[t] = scratch[t] + scratch[t + half];
            }
            context.localBarrier();
        }
        float result = scratch[0];
        context.localBarrier();
        return result;
    }

    /** Largest of the threads' values; every thread gets it. */
    static float max(KernelContext context, float[] scratch, float value, int size) {
        int t = context.localIdx;
        scratch[t] = value;
        context.localBarrier();
        for (int half = size >> 1; half > 0; half >>= 1) {
            if (t < half) {
                scratch[t] = TornadoMath.max(scratch[t], scratch[t + half]);
            }
            context.localBarrier();
        }
        float result = scratch[0];
        context.localBarrier();
        return result;
    }

    /** Smallest of the threads' values; every thread gets it. */
    static float min(KernelContext context, float[] scratch, float value, int size) {
        return -max(context, scratch, -value, size);
    }
}
