package org.llmrlpt.kernels.gpu;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/**
 * Kernels with one thread for each element: SwiGLU, addition, copying, zeroing. {@code n} elements; the grid's tail
 * is idle.
 */
final class GpuElementwise {
    private GpuElementwise() {
    }

    /** 1 / (1 + exp(-x)), by way of an exponential that cannot overflow. */
    static float sigmoid(float x) {
        float e = TornadoMath.exp(-TornadoMath.abs(x));
        return (x >= 0f ? 1f : e) / (1f + e);
    }

    /** out = gate sigmoid(gate) up; gateUp [R, 2F], out [R, F], width F. */
    static void kSwiGlu(KernelContext context, FloatArray gateUp, int gateUpAt, FloatArray out, int outAt, int width,
        int n) {
        int i = context.globalIdx;
        if (i < n) {
            int at = gateUpAt + i / width * 2 * width + i % width;
            float gate = gateUp.get(at);
            out.set(outAt + i, gate * sigmoid(gate) * gateUp.get(at + width));
        }
    }

    /**
     * dUp = dOut silu(gate), dGate = dOut up s (1 + gate (1 - s)), s = sigmoid(gate), and out as in {@link #kSwiGlu};
     * dGateUp may be gateUp, out may be dOut. dGateUp and out are in {@code result}.
     */
    static void kSwiGluBackward(KernelContext context, FloatArray gateUp, int gateUpAt, FloatArray dOut, int dOutAt,
        FloatArray result, int dGateUpAt, int outAt, int width, int n) {
        int i = context.globalIdx;
        if (i < n) {
            int at = i / width * 2 * width + i % width;
            float gate = gateUp.get(gateUpAt + at);
            float up = gateUp.get(gateUpAt + at + width);
            float d = dOut.get(dOutAt + i);
            float s = sigmoid(gate);
            result.set(dGateUpAt + at, d * up * s * (1f + gate * (1f - s)));
            result.set(dGateUpAt + at + width, d * gate * s);
            result.set(outAt + i, gate * s * up);
        }
    }

    /** y = a + b; y may be a or b. */
    static void kAdd(KernelContext context, FloatArray a, int aAt, FloatArray b, int bAt, FloatArray y, int yAt,
        int n) {
        int i = context.globalIdx;
        if (i < n) {
            y.set(yAt + i, a.get(aAt + i) + b.get(bAt + i));
        }
    }

    /** x = 0. */
    static void kZero(KernelContext context, FloatArray x, int at, int n) {
        int i = context.globalIdx;
        if (i < n) {
            x.set(at + i, 0f);
        }
    }

    /** y = x. */
    static void kCopy(KernelContext context, FloatArray x, int xAt, FloatArray y, int yAt, int n) {
        int i = context.globalIdx;
        if (i < n) {
            y.set(yAt + i, x.get(xAt + i));
        }
    }
}
