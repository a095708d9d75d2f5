package org.llmrlpt.kernels.gpu;

import static org.llmrlpt.kernels.gpu.GroupReduce.HEAD_GROUP;

import java.util.List;
import org.llmrlpt.device.Grid;
import org.llmrlpt.device.Placement;
import org.llmrlpt.device.ProgramBuilder;
import org.llmrlpt.device.Tensor;

/**
 * QK-norm with rotary positions. Keys that follow queries of the same rows take the place of the queries' tasks with
 * tasks for both: half as many launches.
 */
final class GpuQkNorm {
    /** One matrix of heads, forward. */
    private record Heads(Tensor x, Tensor w, Tensor y, Tensor rstd, int count) {
    }

    /** One matrix of heads, backward. */
    private record Gradients(Tensor x, Tensor w, Tensor rstd, Tensor dY, Tensor dX, Tensor dW,
        boolean accumulate, int count) {
    }

    /** What all matrices of a task share. */
    private record Common(ProgramBuilder p, Tensor positions, Tensor angles, int headWidth, float eps) {
    }

    private Common lastCommon;
    private Heads lastHeads;
    private Gradients lastGradients;
    private int first;
    private int place;

    void forward(ProgramBuilder p, Tensor x, Tensor w, Tensor positions, Tensor angles, Tensor y, Tensor rstd,
        int headWidth, float eps) {
        GpuKernels.elements(rstd);
        GpuKernels.sameArena(y, rstd);
        Common common = new Common(p, positions, angles, headWidth, eps);
        Heads heads = new Heads(x, w, y, rstd, x.columns() / headWidth);
        Heads before = follows(common) && lastHeads != null && joins(lastHeads.x, x) && joins(lastHeads.y, y)
            && lastHeads.w.arena() == w.arena() && lastHeads.rstd.arena() == rstd.arena() ? lastHeads : null;
        begin(common, before != null);
        forward(common, before == null ? List.of(heads) : List.of(before, heads));
        end(before == null ? heads : null, null);
    }

    void backward(ProgramBuilder p, Tensor x, Tensor w, Tensor rstd, Tensor positions, Tensor angles, Tensor dY,
        Tensor dX, Tensor dW, boolean accumulate, int headWidth) {
        Common common = new Common(p, positions, angles, headWidth, 0);
        Gradients heads = new Gradients(x, w, rstd, dY, dX, dW, accumulate, x.columns() / headWidth);
        Gradients before = follows(common) && lastGradients != null && joins(lastGradients.x, x)
            && joins(lastGradients.dY, dY) && joins(lastGradients.dX, dX) && lastGradients.w.arena() == w.arena()
            && lastGradients.rstd.arena() == rstd.arena() ? lastGradients : null;
        begin(common, before != null);
        backward(common, before == null ? List.of(heads) : List.of(before, heads));
        end(null, before == null ? heads : null);
    }

    /** Whether nothing was recorded since the last call, which was for the same rows. */
    private boolean follows(Common common) {
        return common.equals(lastCommon) && place == common.p.place();
    }

    /** Whether two matrices are different columns of one. */
    private static boolean joins(Tensor a, Tensor b) {
        return a.isBesides(b) && a.stride() == b.stride() && a.rows() == b.rows();
    }

    private void begin(Common common, boolean replaces) {
        if (replaces) {
            common.p.dropFrom(first);
        }
        lastCommon = common;
        first = common.p.place();
    }

    private void end(Heads heads, Gradients gradients) {
        lastHeads = heads;
        lastGradients = gradients;
        place = lastCommon.p.place();
    }

    private static void forward(Common c, List<Heads> some) {
        Heads a = some.getFirst();
        Heads b = some.getLast();
        long counts = Pair.of(a.count, some.size() > 1 ? b.count : 0);
        int heads = some.stream().mapToInt(Heads::count).sum();
        c.p.operation("qkNormRope").reads(a.x, b.x, a.w, b.w, c.positions, c.angles).writes(a.y, b.y, a.rstd, b.rstd)
            .bytes(8 * (a.x.size() + (some.size() > 1 ? b.x.size() : 0)))
            .grid(Grid.groups((long) a.x.rows() * heads, HEAD_GROUP)).task((graph, id, at) -> graph.task(id,
                GpuRope::kQkNormRope, at.context(), at.floats(a.x), both(at, a.x, b.x), a.x.stride(), at.floats(a.w),
                both(at, a.w, b.w), at.ints(c.positions), at.offset(c.positions), at.floats(c.angles),
                at.offset(c.angles), at.floats(a.y), both(at, a.y, b.y), a.y.stride(), both(at, a.rstd, b.rstd), counts,
                c.headWidth, c.eps));
    }

    private static void backward(Common c, List<Gradients> some) {
        Gradients a = some.getFirst();
        Gradients b = some.getLast();
        int rows = a.x.rows();
        int d = c.headWidth;
        long counts = Pair.of(a.count, some.size() > 1 ? b.count : 0);
        int heads = some.stream().mapToInt(Gradients::count).sum();
        int rowsPerPart = GpuKernels.rowsPerPart(rows, some.size() * d);
        Tensor parts = c.p.activation("qkNormParts", (rows + rowsPerPart - 1) / rowsPerPart, some.size() * d);
        int n = GpuKernels.elements(parts);
        long bytes = some.stream().mapToLong(g -> 4 * g.x.size()).sum();
        // dW first: dX may overwrite dY.
        c.p.operation("qkNormParts").reads(a.x, b.x, a.rstd, b.rstd, c.positions, c.angles, a.dY, b.dY).writes(parts)
            .bytes(2 * bytes).grid(Grid.threads(n, GpuKernels.ELEMENTS)).task((graph, id, at) -> graph.task(id,
                GpuRope::kQkNormWeightParts, at.context(), at.floats(a.x), both(at, a.x, b.x), a.x.stride(),
                at.floats(a.rstd), both(at, a.rstd, b.rstd), at.ints(c.positions), at.offset(c.positions),
                at.floats(c.angles), at.offset(c.angles), at.floats(a.dY), both(at, a.dY, b.dY), a.dY.stride(),
                at.floats(parts), at.offset(parts), counts, d, rows, rowsPerPart, n));
        for (int i = 0; i < some.size(); i++) {
            GpuKernels.addParts(c.p, parts.columns(i * d, d), some.get(i).dW, some.get(i).accumulate);
        }
        c.p.operation("qkNormRopeBackward").reads(a.x, b.x, a.w, b.w, a.rstd, b.rstd, c.positions, c.angles, a.dY, b.dY)
            .writes(a.dX, b.dX).bytes(3 * bytes).grid(Grid.groups((long) rows * heads, HEAD_GROUP))
            .task((graph, id, at) -> graph.task(id, GpuRope::kQkNormRopeBackward, at.context(), at.floats(a.x),
                both(at, a.x, b.x), a.x.stride(), at.floats(a.w), both(at, a.w, b.w), at.floats(a.rstd),
                both(at, a.rstd, b.rstd), at.ints(c.positions), at.offset(c.positions), at.floats(c.angles),
                at.offset(c.angles), at.floats(a.dY), both(at, a.dY, b.dY), a.dY.stride(), at.floats(a.dX),
                both(at, a.dX, b.dX), a.dX.stride(), counts, d));
    }

    private static long both(Placement at, Tensor first, Tensor second) {
        return Pair.of(at.offset(first), at.offset(second));
    }
}
