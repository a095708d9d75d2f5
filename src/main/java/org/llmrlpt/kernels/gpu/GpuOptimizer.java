package org.llmrlpt.kernels.gpu;

import static org.llmrlpt.kernels.gpu.GroupReduce.GROUP;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/** Gradient norm and AdamW. */
final class GpuOptimizer {
    /** Work-groups of {@link #kSquareSums}: fixed, so that the order of additions depends on the size only. */
    static final int NORM_GROUPS = 256;

    private GpuOptimizer() {
    }

    /** partial[g] = sum of g's share of x², x [n], partial [NORM_GROUPS]; groups of GROUP threads. */
    static void kSquareSums(KernelContext context, FloatArray x, int xAt, FloatArray partial, int partialAt, int n) {
        int thread = context.globalIdx;
        int threads = NORM_GROUPS * GROUP;
        // Counted by rounds, not by index: the last index plus a step may not fit an int.
        int rounds = n / threads;
        float sum = 0f;
        for (int j = 0; j < rounds; j++) {
            float value = x.get(xAt + j * threads + thread);
            sum += value * value;
        }
        if (thread < n - rounds * threads) {
            float value = x.get(xAt + rounds * threads + thread);
            sum += value * value;
        }
        float total = GroupReduce.sum(context, sum);
        if (context.localIdx == 0) {
            partial.set(partialAt + context.groupIdx, total);
        }
    }

    /** out[0] = sqrt(sum of partial), out[1] = the factor that clips to maxNorm (0: none); one group. */
    static void kNormAndClip(KernelContext context, FloatArray partial, int partialAt, FloatArray out, int outAt,
        float maxNorm) {
        int t = context.localIdx;
        float sum = 0f;
        for (int i = t; i < NORM_GROUPS; i += GROUP) {
            sum += partial.get(partialAt + i);
        }
        float norm = TornadoMath.sqrt(GroupReduce.sum(context, sum));
        if (t == 0) {
            out.set(outAt, norm);
            float clip = 1f;
            if (maxNorm > 0f) {
                clip = TornadoMath.min(1f, maxNorm / (norm + 1e-6f));
            }
            out.set(outAt + 1, clip);
        }
    }

    /**
     * One step of AdamW, formulas as in {@link org.llmrlpt.kernels.Kernels#adamW}. One thread for each of {@code n}
     * parameters. clip [2], step [3] = lr, c1, c2; the others are in four different arrays.
     */
    static void kAdamW(KernelContext context, FloatArray clip, int clipAt, FloatArray step, int stepAt,
        FloatArray parameters, int parametersAt, FloatArray gradients, int gradientsAt, FloatArray moment1,
        int moment1At, FloatArray moment2, int moment2At, int n, int decayed, float beta1, float beta2, float eps,
        float weightDecay) {
        int i = context.globalIdx;
        if (i < n) {
            float lr = step.get(stepAt);
            float g = gradients.get(gradientsAt + i) * clip.get(clipAt + 1);
            float value = parameters.get(parametersAt + i);
            if (i < decayed) {
                value = value * (1f - lr * weightDecay);
            }
            float m = beta1 * moment1.get(moment1At + i) + (1f - beta1) * g;
            float v = beta2 * moment2.get(moment2At + i) + (1f - beta2) * g * g;
            float direction = (m / step.get(stepAt + 1)) / (TornadoMath.sqrt(v / step.get(stepAt + 2)) + eps);
            parameters.set(parametersAt + i, value - lr * direction);
            moment1.set(moment1At + i, m);
            moment2.set(moment2At + i, v);
        }
    }
}
