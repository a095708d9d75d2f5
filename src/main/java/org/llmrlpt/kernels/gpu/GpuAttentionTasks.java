package org.llmrlpt.kernels.gpu;

import org.llmrlpt.config.UserError;
import org.llmrlpt.device.Grid;
import org.llmrlpt.device.Placement;
import org.llmrlpt.device.ProgramBuilder;
import org.llmrlpt.device.Tensor;
import org.llmrlpt.kernels.Work;

/** The tasks of attention: shapes as in {@link org.llmrlpt.kernels.Kernels#attention}. */
final class GpuAttentionTasks {
    /** One group for each {@code tile} rows of a sequence and each head. */
    private static Grid grid(Tensor rows, int length, int headWidth, int tile) {
        if (headWidth > GpuAttention.MAX_WIDTH) {
            throw new UserError("heads are " + headWidth + " wide but the gpu kernels hold " + GpuAttention.MAX_WIDTH
                + ": choose a smaller model.head-width, or run on the CPU with plain java");
        }
        int tiles = (length + tile - 1) / tile;
        return Grid.groups2D(Math.multiplyExact(rows.rows() / length, tiles), rows.columns() / headWidth,
            GpuAttention.TILE, GpuAttention.TILE);
    }

    private static long place(Placement at, Tensor tensor) {
        return Pair.of(at.offset(tensor), tensor.stride());
    }

    private static long heads(Tensor q, Tensor k, int headWidth) {
        return Pair.of(q.columns() / headWidth, k.columns() / headWidth);
    }

    void forward(ProgramBuilder p, Tensor q, Tensor k, Tensor v, Tensor seen, Tensor out, Tensor lse, int length,
        int headWidth) {
        GpuKernels.elements(lse);
        GpuKernels.sameArena(out, lse);
        p.operation("attention").reads(q, k, v, seen).writes(out, lse)
            .flops(Work.attention(2, q.rows(), length, q.columns()))
            .grid(grid(q, length, headWidth, GpuAttention.QUERIES))
            .task((graph, id, at) -> graph.task(id, GpuAttention::kAttention, at.context(), at.floats(q), place(at, q),
                at.floats(k), place(at, k), at.floats(v), place(at, v), at.ints(seen), at.offset(seen),
                at.floats(out), place(at, out), at.offset(lse), Pair.of(length, headWidth), heads(q, k, headWidth)));
    }

    /** [R, 2H]: per row and head the log-sum-exp and sum of out dOut. */
    Tensor terms(ProgramBuilder p, Tensor out, Tensor dOut, Tensor lse, int headWidth) {
        int heads = lse.columns();
        int n = GpuKernels.elements(lse);
        Tensor terms = p.activation("attentionTerms", lse.rows(), 2 * heads);
        p.operation("attentionTerms").reads(out, dOut, lse).writes(terms).grid(Grid.threads(n, GpuKernels.ELEMENTS))
            .task((graph, id, at) -> graph.task(id, GpuAttentionBackward::kAttentionTerms, at.context(), at.floats(out),
                at.offset(out), out.stride(), at.floats(dOut), at.offset(dOut), dOut.stride(), at.floats(lse),
                at.offset(lse), at.floats(terms), at.offset(terms), heads, headWidth, n));
        return terms;
    }

    void backwardQuery(ProgramBuilder p, Tensor q, Tensor k, Tensor v, Tensor seen, Tensor terms, Tensor dOut,
        Tensor dQ, int length, int headWidth) {
        p.operation("attentionBackwardQuery").reads(q, k, v, seen, terms, dOut).writes(dQ)
            .flops(Work.attention(3, q.rows(), length, q.columns()))
            .grid(grid(q, length, headWidth, GpuAttentionBackward.TILE)).task((graph, id, at) -> graph.task(id,
                GpuAttentionBackward::kAttentionBackward, at.context(), at.floats(q), place(at, q), at.floats(dOut),
                place(at, dOut), at.floats(k), place(at, k), at.floats(v), place(at, v), at.ints(seen),
                at.offset(seen), at.floats(terms), at.offset(terms), at.floats(dQ), place(at, dQ), place(at, dQ),
                Pair.of(length, headWidth), heads(q, k, headWidth), 0));
    }

    void backwardKeyValue(ProgramBuilder p, Tensor q, Tensor k, Tensor v, Tensor seen, Tensor terms, Tensor dOut,
        Tensor dK, Tensor dV, int length, int headWidth) {
        GpuKernels.sameArena(dK, dV);
        p.operation("attentionBackwardKeyValue").reads(q, k, v, seen, terms, dOut).writes(dK, dV)
            .flops(Work.attention(4, q.rows(), length, q.columns()))
            .grid(grid(k, length, headWidth, GpuAttentionBackward.TILE)).task((graph, id, at) -> graph.task(id,
                GpuAttentionBackward::kAttentionBackward, at.context(), at.floats(k), place(at, k), at.floats(v),
                place(at, v), at.floats(q), place(at, q), at.floats(dOut), place(at, dOut), at.ints(seen),
                at.offset(seen), at.floats(terms), at.offset(terms), at.floats(dK), place(at, dK), place(at, dV),
                Pair.of(length, headWidth), heads(q, k, headWidth), 1));
    }
}
