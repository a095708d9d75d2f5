package org.llmrlpt.kernels.gpu;

import org.llmrlpt.device.Operation;
import org.llmrlpt.device.Placement;
import org.llmrlpt.device.ProgramBuilder;
import org.llmrlpt.device.Tensor;
import org.llmrlpt.kernels.Work;
import org.llmrlpt.kernels.cublas.Compute;
import org.llmrlpt.kernels.cublas.Cublas;
import org.llmrlpt.kernels.cublas.Gemm;
import org.llmrlpt.kernels.cublas.GemmTask;

/**
 * Products by cuBLAS: each is one library task, which has no grid. Cutting a product along k is left to the library. It
 * also chooses how to add up by the shape, so a row may get other bits for other numbers of rows beside it.
 */
final class GpuCublasProducts implements GpuProducts {
    private final Compute compute;
    private final GemmTask task;

    GpuCublasProducts(Compute compute, GemmTask task) {
        this.compute = compute;
        this.task = task;
    }

    @Override
    public String description() {
        return compute.description();
    }

    @Override
    public boolean usesTensorCores() {
        return compute == Compute.BF16;
    }

    @Override
    public void record(ProgramBuilder p, String name, Matrix a, Matrix b, Tensor c, int k) {
        product(p, name, a, b, c, k, false);
    }

    @Override
    public void recordInput(ProgramBuilder p, String name, Matrix a, Matrix b, Tensor c, int k, boolean accumulate) {
        product(p, name, a, b, c, k, accumulate);
    }

    @Override
    public void recordWeights(ProgramBuilder p, String name, Matrix a, Matrix b, Tensor c, int k, boolean accumulate) {
        product(p, name, a, b, c, k, accumulate);
    }

    private void product(ProgramBuilder p, String name, Matrix a, Matrix b, Tensor c, int k, boolean accumulate) {
        Tensor workspace = p.workspace(Cublas.WORKSPACE_ELEMENTS);
        Operation operation = p.operation(name).reads(a.tensor(), b.tensor(), workspace).writes(c)
            .flops(Work.product(c.rows(), c.columns(), k))
            .bytes(4 * (a.tensor().size() + b.tensor().size() + (accumulate ? 2 : 1) * c.size()));
        if (accumulate) {
            operation.reads(c);
        }
        // The operands in cuBLAS's order, which is not ours.
        operation.task((graph, id, at) -> task.addTo(graph, id, gemm(a, b, c, k, accumulate, at), at.floats(b.tensor()),
            at.floats(a.tensor()), at.floats(workspace), at.floats(c)));
    }

    /**
     * C = A B for a library that reads matrices column by column: in our rows it sees the columns of the transposed
     * matrix, so it is asked for Cᵀ = Bᵀ Aᵀ, and B is its first operand.
     */
    private Gemm gemm(Matrix a, Matrix b, Tensor c, int k, boolean accumulate, Placement at) {
        int m = c.columns();
        int n = c.rows();
        boolean bByRows = liesByRows(b, m);
        boolean aByRows = liesByRows(a, k);
        return new Gemm(!bByRows, !aByRows, m, n, k, at.offset(b.tensor()), bByRows ? b.row() : b.column(),
            at.offset(a.tensor()), aByRows ? a.row() : a.column(), accumulate, at.offset(c), c.stride(), compute);
    }

    /** Whether a matrix lies row by row; one of a single column and a transposed one of a single row look alike. */
    private static boolean liesByRows(Matrix matrix, int columns) {
        return matrix.column() == 1 && matrix.row() >= columns;
    }
}
