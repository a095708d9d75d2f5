package org.llmrlpt.kernels.gpu;

import org.llmrlpt.device.Grid;
import org.llmrlpt.device.ProgramBuilder;
import org.llmrlpt.device.Tensor;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.enums.MMAShape;
import uk.ac.manchester.tornado.api.types.HalfFloat;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/** What a device can do at best, as tasks: multiply-adds between registers, products of tensor cores, copying. */
public final class GpuProbes {
    /** Elements of its result that a warp of {@link #tensorCores} writes. */
    public static final int WARP_ELEMENTS = 1024;
    private static final int CHAINS = 8;
    private static final int THREADS = 256;
    private static final int WARPS = THREADS / 32;
    /** Operations of one product of a warp. */
    private static final long WARP_FLOPS = 2L * 16 * 8 * 16;
    /** The bits of 1 as FP16. */
    private static final int ONE = 0x3C00;
    private static final int A_PAIRS = 128;
    private static final int B_PAIRS = 64;

    private GpuProbes() {
    }

    /** y = x. */
    public static void copy(ProgramBuilder p, Tensor x, Tensor y) {
        int n = GpuKernels.elements(x);
        p.operation("copy").reads(x).writes(y).grid(Grid.threads(n, THREADS)).task((graph, id, at) -> graph.task(id,
            GpuElementwise::kCopy, at.context(), at.floats(x), at.offset(x), at.floats(y), at.offset(y), n));
    }

    /** For each element of out {@code rounds} times eight multiply-adds that do not wait for each other. */
    public static void multiplyAdds(ProgramBuilder p, Tensor out, int rounds) {
        int n = GpuKernels.elements(out);
        p.operation("multiplyAdds").writes(out).flops(2L * CHAINS * rounds * n).grid(Grid.threads(n, THREADS))
            .task((graph, id, at) -> graph.task(id, GpuProbes::kMultiplyAdds, at.context(), at.floats(out),
                at.offset(out), rounds, n));
    }

    /** {@code rounds} times eight products of each warp; out [1, warps WARP_ELEMENTS], whole groups of eight warps. */
    public static void tensorCores(ProgramBuilder p, Tensor out, int rounds) {
        int groups = GpuKernels.elements(out) / (WARPS * WARP_ELEMENTS);
        p.operation("tensorCores").writes(out).flops(WARP_FLOPS * CHAINS * rounds * groups * WARPS)
            .grid(Grid.groups(groups, THREADS)).task((graph, id, at) -> graph.task(id, GpuProbes::kTensorCores,
                at.context(), at.floats(out), at.offset(out), rounds));
    }

    /** out[i] = eight sums of {@code rounds} multiply-adds each. */
    static void kMultiplyAdds(KernelContext context, FloatArray out, int outAt, int rounds, int n) {
        int i = context.globalIdx;
        if (i < n) {
            float x = 0.999f;
            float y = (i & 1023) * 1e-3f;
            float s0 = y;
            float s1 = y + 1f;
            float s2 = y + 2f;
            float s3 = y + 3f;
            float s4 = y + 4f;
            float s5 = y + 5f;
            float s6 = y + 6f;
            float s7 = y + 7f;
            for (int r = 0; r < rounds; r++) {
                s0 = s0 * x + y;
                s1 = s1 * x + y;
                s2 = s2 * x + y;
                s3 = s3 * x + y;
                s4 = s4 * x + y;
                s5 = s5 * x + y;
                s6 = s6 * x + y;
                s7 = s7 * x + y;
            }
            out.set(outAt + i, s0 + s1 + s2 + s3 + s4 + s5 + s6 + s7);
        }
    }

    /** Each warp leaves its eight sums of products of a matrix of ones with a matrix of ones, row after row. */
    static void kTensorCores(KernelContext context, FloatArray out, int outAt, int rounds) {
        int[] aTile = context.allocateIntLocalArray(A_PAIRS);
        int[] bTile = context.allocateIntLocalArray(B_PAIRS);
        int t = context.localIdx;
        if (t < A_PAIRS) {
            aTile[t] = ONE | ONE << 16;
        }
        if (t < B_PAIRS) {
            bTile[t] = ONE | ONE << 16;
        }
        context.localBarrier();
        HalfFloat[] a = context.mmaLoadA(aTile, 16, 0);
        HalfFloat[] b = context.mmaLoadB(bTile, 16, 0);
        float[] c0 = context.mmaFragment(0f);
        float[] c1 = context.mmaFragment(1f);
        float[] c2 = context.mmaFragment(2f);
        float[] c3 = context.mmaFragment(3f);
        float[] c4 = context.mmaFragment(4f);
        float[] c5 = context.mmaFragment(5f);
        float[] c6 = context.mmaFragment(6f);
        float[] c7 = context.mmaFragment(7f);
        for (int r = 0; r < rounds; r++) {
            c0 = context.mma(a, b, c0, MMAShape.M16N8K16);
            c1 = context.mma(a, b, c1, MMAShape.M16N8K16);
            c2 = context.mma(a, b, c2, MMAShape.M16N8K16);
            c3 = context.mma(a, b, c3, MMAShape.M16N8K16);
            c4 = context.mma(a, b, c4, MMAShape.M16N8K16);
            c5 = context.mma(a, b, c5, MMAShape.M16N8K16);
            c6 = context.mma(a, b, c6, MMAShape.M16N8K16);
            c7 = context.mma(a, b, c7, MMAShape.M16N8K16);
        }
        int first = outAt + (context.groupIdx * WARPS + t / 32) * WARP_ELEMENTS;
        context.mmaStore(c0, out, 0, first, 8);
        context.mmaStore(c1, out, 16, first, 8);
        context.mmaStore(c2, out, 32, first, 8);
        context.mmaStore(c3, out, 48, first, 8);
        context.mmaStore(c4, out, 64, first, 8);
        context.mmaStore(c5, out, 80, first, 8);
        context.mmaStore(c6, out, 96, first, 8);
        context.mmaStore(c7, out, 112, first, 8);
    }
}
