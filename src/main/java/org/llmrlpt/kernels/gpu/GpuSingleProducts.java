package org.llmrlpt.kernels.gpu;

import org.llmrlpt.device.Grid;
import org.llmrlpt.device.Operation;
import org.llmrlpt.device.ProgramBuilder;
import org.llmrlpt.device.Tensor;
import org.llmrlpt.kernels.Work;

/** Products in FP32. */
final class GpuSingleProducts implements GpuProducts {
    @Override
    public String description() {
        return "FP32, 64 x 64 tiles in local memory, 8 x 4 products a thread";
    }

    @Override
    public boolean usesTensorCores() {
        return false;
    }

    @Override
    public void record(ProgramBuilder p, String name, Matrix a, Matrix b, Tensor c, int k) {
        task(p, name, a, b, c, c, k, k, false);
    }

    @Override
    public void recordInput(ProgramBuilder p, String name, Matrix a, Matrix b, Tensor c, int k, boolean accumulate) {
        task(p, name, a, b, c, c, k, k, accumulate);
    }

    @Override
    public void recordWeights(ProgramBuilder p, String name, Matrix a, Matrix b, Tensor c, int k, boolean accumulate) {
        int depth = GpuProducts.depth(tiles(c.rows()) * tiles(c.columns()), k, GpuMatmul.STEP);
        int parts = (k + depth - 1) / depth;
        if (parts == 1) {
            task(p, name, a, b, c, c, k, depth, accumulate);
        } else {
            Tensor sums = p.activation("productParts", parts, GpuKernels.elements(c));
            task(p, name, a, b, c, sums, k, depth, false);
            GpuKernels.addParts(p, sums, c, accumulate);
        }
    }

    private static int tiles(int n) {
        return (n + GpuMatmul.TILE - 1) / GpuMatmul.TILE;
    }

    /** {@code c} tells the product's size, {@code to} has it, or one for each part. */
    private static void task(ProgramBuilder p, String name, Matrix a, Matrix b, Tensor c, Tensor to, int k, int depth,
        boolean accumulate) {
        int down = tiles(c.rows());
        int parts = (k + depth - 1) / depth;
        Operation operation = p.operation(name).reads(a.tensor(), b.tensor()).writes(to)
            .flops(Work.product(c.rows(), c.columns(), k))
            .grid(Grid.groups2D(tiles(c.columns()), parts * down, GpuMatmul.THREADS, 1));
        if (accumulate) {
            operation.reads(to);
        }
        int pitch = to == c ? c.stride() : c.columns();
        operation.task((graph, id, at) -> graph.task(id, GpuMatmul::kProduct, at.context(), at.floats(a.tensor()),
            at.offset(a.tensor()), a.row(), a.column(), at.floats(b.tensor()), at.offset(b.tensor()), b.row(),
            b.column(), at.floats(to), at.offset(to), pitch, c.rows(), c.columns(), k, Pair.of(down, depth),
            accumulate ? 1 : 0));
    }
}
