package org.llmrlpt.kernels.gpu;

import org.llmrlpt.kernels.cublas.Compute;
import org.llmrlpt.kernels.cublas.Gemm;
import org.llmrlpt.kernels.cublas.GemmTask;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/** What cublasGemmEx does, by the letter of its documentation, as a task of the fallback. */
public final class HostGemm implements GemmTask {
    private static final int BF16_STEP = 1 << 16;

    @Override
    public void addTo(TaskGraph graph, String id, Gemm gemm, FloatArray a, FloatArray b, FloatArray workspace,
        FloatArray c) {
        graph.task(id, (FloatArray x, FloatArray y, FloatArray w, FloatArray z) -> compute(gemm, x, y, z), a, b,
            workspace, c);
    }

    private static void compute(Gemm g, FloatArray a, FloatArray b, FloatArray c) {
        for (int j = 0; j < g.n(); j++) {
            for (int i = 0; i < g.m(); i++) {
                double sum = 0;
                for (int l = 0; l < g.k(); l++) {
                    int atA = g.transposeA() ? l + i * g.leadingA() : i + l * g.leadingA();
                    int atB = g.transposeB() ? j + l * g.leadingB() : l + j * g.leadingB();
                    sum += (double) operand(g, a.get(g.offsetA() + atA)) * operand(g, b.get(g.offsetB() + atB));
                }
                int at = g.offsetC() + i + j * g.leadingC();
                c.set(at, g.accumulate() ? c.get(at) + (float) sum : (float) sum);
            }
        }
    }

    /** Of BF16 the upper half of an FP32's bits is left, rounded to the nearest, of two to the even one. */
    private static float operand(Gemm g, float value) {
        if (g.compute() == Compute.FP32) {
            return value;
        }
        int bits = Float.floatToRawIntBits(value);
        int up = BF16_STEP / 2 - 1 + (bits >>> 16 & 1);
        return Float.intBitsToFloat(bits + up & -BF16_STEP);
    }
}
