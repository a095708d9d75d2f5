package org.llmrlpt.kernels.gpu;

import org.llmrlpt.device.Grid;
import org.llmrlpt.device.Operation;
import org.llmrlpt.device.ProgramBuilder;
import org.llmrlpt.device.Tensor;
import org.llmrlpt.kernels.Work;

/**
 * Products on tensor cores. A gradient may lie far below what FP16 can hold, since it is divided by the number of
 * tokens of a step: so one task finds its largest magnitude and another leaves it scaled by that. Both products of a
 * linear layer share the two.
 */
final class GpuHalfProducts implements GpuProducts {
    private static final int TILE = GpuHalfMatmul.TILE;

    private ProgramBuilder builder;
    private Tensor gradient;
    private Scaled scaled;
    private int place;

    /** A scaled gradient [R, C], and the magnitudes [1, PARTS] that tell by how much. */
    private record Scaled(Tensor values, Tensor magnitudes) {
    }

    @Override
    public String description() {
        return "FP16 tensor cores, FP32 sums and weights, 128 x 128 tiles in local memory";
    }

    @Override
    public boolean usesTensorCores() {
        return true;
    }

    @Override
    public void record(ProgramBuilder p, String name, Matrix a, Matrix b, Tensor c, int k) {
        task(p, name, a, b, c, c, k, k, false, null);
    }

    @Override
    public void recordInput(ProgramBuilder p, String name, Matrix a, Matrix b, Tensor c, int k, boolean accumulate) {
        Scaled s = scaled(p, a.tensor());
        task(p, name, a.like(s.values), b, c, c, k, k, accumulate, s.magnitudes);
    }

    @Override
    public void recordWeights(ProgramBuilder p, String name, Matrix a, Matrix b, Tensor c, int k, boolean accumulate) {
        Scaled s = scaled(p, a.tensor());
        int depth = GpuProducts.depth(tiles(c.rows()) * tiles(c.columns()), k, GpuHalfMatmul.STEP);
        int parts = (k + depth - 1) / depth;
        if (parts == 1) {
            task(p, name, a.like(s.values), b, c, c, k, depth, accumulate, s.magnitudes);
        } else {
            Tensor sums = p.activation("productParts", parts, GpuKernels.elements(c));
            task(p, name, a.like(s.values), b, c, sums, k, depth, false, s.magnitudes);
            GpuKernels.addParts(p, sums, c, accumulate);
        }
    }

    /** Scales x, again only if something may have written x since the last time. */
    private Scaled scaled(ProgramBuilder p, Tensor x) {
        if (p == builder && x == gradient && !p.writtenSince(place, x)) {
            return scaled;
        }
        Tensor magnitudes = p.activation("magnitudes", 1, GpuHalfMatmul.PARTS);
        Tensor values = p.activation("scaled", x.rows(), x.columns());
        p.operation("largest").reads(x).writes(magnitudes).grid(Grid.groups(GpuHalfMatmul.PARTS, GroupReduce.GROUP))
            .task((graph, id, at) -> graph.task(id, GpuHalfMatmul::kLargest, at.context(), at.floats(x), at.offset(x),
                x.stride(), at.floats(magnitudes), at.offset(magnitudes), x.rows(), x.columns()));
        p.operation("scaled").reads(x, magnitudes).writes(values).grid(Grid.groups(x.rows(), GroupReduce.GROUP))
            .task((graph, id, at) -> graph.task(id, GpuHalfMatmul::kScaled, at.context(), at.floats(x), at.offset(x),
                x.stride(), at.floats(magnitudes), at.offset(magnitudes), at.floats(values), at.offset(values),
                x.columns()));
        builder = p;
        gradient = x;
        scaled = new Scaled(values, magnitudes);
        place = p.place();
        return scaled;
    }

    private static int tiles(int n) {
        return (n + TILE - 1) / TILE;
    }

    /** {@code c} tells the product's size, {@code to} has it, or one for each part. */
    private static void task(ProgramBuilder p, String name, Matrix a, Matrix b, Tensor c, Tensor to, int k, int depth,
        boolean accumulate, Tensor largest) {
        int parts = (k + depth - 1) / depth;
        int down = parts * tiles(c.rows());
        boolean direct = c.rows() % TILE == 0 && c.columns() % TILE == 0 && !accumulate && largest == null;
        Tensor workspace = p.workspace(direct ? TILE : Math.multiplyExact(down * tiles(c.columns()), TILE * TILE));
        Operation operation = p.operation(name).reads(a.tensor(), b.tensor(), workspace).writes(to)
            .flops(Work.product(c.rows(), c.columns(), k))
            .bytes(4 * (a.tensor().size() + b.tensor().size() + (accumulate ? 2 : 1) * to.size()))
            .grid(Grid.groups2D(tiles(c.columns()), down, GpuHalfMatmul.THREADS, 1));
        if (accumulate) {
            operation.reads(to);
        }
        Tensor magnitudes = largest == null ? a.tensor() : largest;
        operation.reads(magnitudes);
        int flags = (accumulate ? GpuHalfMatmul.ACCUMULATE : 0) | (largest == null ? 0 : GpuHalfMatmul.SCALED)
            | (direct ? GpuHalfMatmul.DIRECT : 0);
        int pitch = to == c ? c.stride() : c.columns();
        operation.task((graph, id, at) -> graph.task(id, GpuHalfMatmul::kHalfProduct, at.context(),
            at.floats(a.tensor()), at.offset(a.tensor()), a.row(), a.column(), at.floats(b.tensor()),
            at.offset(b.tensor()), b.row(), b.column(), at.floats(magnitudes), at.offset(magnitudes),
            at.floats(direct ? to : workspace), at.floats(direct ? workspace : to), at.offset(to), pitch,
            Pair.of(c.rows(), c.columns()), Pair.of(k, depth), Pair.of(tiles(c.rows()), flags)));
    }
}
