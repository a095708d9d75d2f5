package org.llmrlpt.kernels.gpu;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;

/**
 * Reductions within a work-group, as trees in local memory: the same order of additions on every device. All threads of
 * the group call them together, since they contain barriers, and outside of loops, since each call has local memory of
 * its own: TornadoVM addresses a local array wrongly in a method that got it as an argument.
 */
final class GroupReduce {
    /** Threads of the groups that work on one row of a matrix. */
    static final int GROUP = 128;
    /** Threads of the groups that work on one head of one row. */
    static final int HEAD_GROUP = 32;
    /** Stands for minus infinity, which OpenCL's relaxed arithmetic does not know. */
    static final float LOWEST = -3.4e38f;

    private GroupReduce() {
    }

    /** Sum of the values of GROUP threads; every thread gets it. */
    static float sum(KernelContext context, float value) {
        float[] scratch = context.allocateFloatLocalArray(GROUP);
        int t = context.localIdx;
        scratch[t] = value;
        context.localBarrier();
        for (int half = GROUP >> 1; half > 0; half >>= 1) {
            if (t < half) {
                scratch[t] = scratch[t] + scratch[t + half];
            }
            context.localBarrier();
        }
        return scratch[0];
    }

    /** Sum of the values of HEAD_GROUP threads; every thread gets it. */
    static float headSum(KernelContext context, float value) {
        float[] scratch = context.allocateFloatLocalArray(HEAD_GROUP);
        int t = context.localIdx;
        scratch[t] = value;
        context.localBarrier();
        for (int half = HEAD_GROUP >> 1; half > 0; half >>= 1) {
            if (t < half) {
                scratch[t] = scratch[t] + scratch[t + half];
            }
            context.localBarrier();
        }
        return scratch[0];
    }

    /** Largest of the values of GROUP threads; every thread gets it. */
    static float max(KernelContext context, float value) {
        float[] scratch = context.allocateFloatLocalArray(GROUP);
        int t = context.localIdx;
        scratch[t] = value;
        context.localBarrier();
        for (int half = GROUP >> 1; half > 0; half >>= 1) {
            if (t < half) {
                scratch[t] = TornadoMath.max(scratch[t], scratch[t + half]);
            }
            context.localBarrier();
        }
        return scratch[0];
    }

    /** Smallest of the values of GROUP threads; every thread gets it. */
    static float min(KernelContext context, float value) {
        return -max(context, -value);
    }
}
