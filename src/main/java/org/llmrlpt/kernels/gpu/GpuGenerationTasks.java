package org.llmrlpt.kernels.gpu;

import static org.llmrlpt.kernels.gpu.GroupReduce.GROUP;

import org.llmrlpt.config.UserError;
import org.llmrlpt.device.Grid;
import org.llmrlpt.device.Placement;
import org.llmrlpt.device.ProgramBuilder;
import org.llmrlpt.device.Tensor;

/** The tasks of generation: shapes as in {@link org.llmrlpt.kernels.Kernels}. */
final class GpuGenerationTasks {
    void nextTokens(ProgramBuilder p, Tensor given, Tensor drawn, Tensor slots, Tensor out) {
        int n = out.columns();
        p.operation("nextTokens").reads(given, drawn, slots).writes(out).grid(Grid.threads(n, GroupReduce.HEAD_GROUP))
            .task((graph, id, at) -> graph.task(id, GpuCache::kNextTokens, at.context(), at.ints(out),
                at.offset(given), at.offset(drawn), at.offset(slots), at.offset(out), n));
    }

    void cacheStore(ProgramBuilder p, Tensor k, Tensor v, Tensor slots, Tensor positions, Tensor keys, Tensor values,
        int length) {
        GpuKernels.sameArena(keys, values);
        int n = Math.toIntExact(k.size());
        p.operation("cacheStore").reads(k, v, slots, positions, keys, values).writes(keys, values)
            .grid(Grid.threads(n, GpuKernels.ELEMENTS)).task((graph, id, at) -> graph.task(id, GpuCache::kCacheStore,
                at.context(), at.floats(k), place(at, k), at.floats(v), place(at, v), at.ints(slots), at.offset(slots),
                at.offset(positions), at.floats(keys), at.offset(keys), at.offset(values), k.columns(), length, n));
    }

    void cacheCopy(ProgramBuilder p, Tensor sources, Tensor counts, Tensor cache, int length) {
        int slots = sources.columns();
        p.operation("cacheCopy").reads(sources, counts, cache).writes(cache)
            .grid(Grid.groups(cache.rows() / length, GROUP)).task((graph, id, at) -> graph.task(id,
                GpuCache::kCacheCopy, at.context(), at.ints(sources), at.offset(sources), at.offset(counts),
                at.floats(cache), at.offset(cache), slots, length * cache.columns(), cache.columns()));
    }

    void decodeAttention(ProgramBuilder p, Tensor q, Tensor keys, Tensor values, Tensor slots, Tensor positions,
        Tensor out, int length, int headWidth) {
        if (headWidth > GpuDecodeAttention.MAX_WIDTH) {
            throw new UserError("heads are " + headWidth + " wide but the gpu kernels hold "
                + GpuDecodeAttention.MAX_WIDTH + ": choose a smaller head-width, or device=cpu");
        }
        GpuKernels.sameArena(keys, values);
        int heads = q.columns() / headWidth;
        int kvHeads = keys.columns() / headWidth;
        int chunks = (heads / kvHeads + GpuDecodeAttention.HEADS - 1) / GpuDecodeAttention.HEADS;
        p.operation("decodeAttention").reads(q, keys, values, slots, positions).writes(out)
            .grid(Grid.groups2D(Math.multiplyExact(q.rows(), kvHeads), chunks, GROUP, 1)).task((graph, id, at) ->
                graph.task(id, GpuDecodeAttention::kDecodeAttention, at.context(), at.floats(q), place(at, q),
                    at.floats(keys), at.offset(keys), at.offset(values), at.ints(slots), at.offset(slots),
                    at.offset(positions), at.floats(out), place(at, out), Pair.of(length, headWidth),
                    Pair.of(heads, kvHeads)));
    }

    void sample(ProgramBuilder p, Tensor logits, Tensor slots, Tensor draws, Tensor choice, Tensor scales, int allowed,
        Tensor drawn, Tensor statistics) {
        GpuKernels.elements(statistics);
        int rows = logits.rows();
        p.operation("sample").reads(logits, slots, draws, choice, scales).writes(statistics)
            .grid(Grid.groups(rows, GROUP)).task((graph, id, at) -> graph.task(id, GpuSampling::kSample, at.context(),
                at.ints(slots), at.offset(slots), at.offset(draws), at.offset(choice), at.floats(scales),
                at.offset(scales), at.floats(logits), at.offset(logits), logits.stride(), at.floats(statistics),
                at.offset(statistics), allowed, logits.columns()));
        p.operation("keepDrawn").reads(statistics, slots, drawn).writes(drawn)
            .grid(Grid.threads(rows, GroupReduce.HEAD_GROUP)).task((graph, id, at) -> graph.task(id,
                GpuSampling::kKeepDrawn, at.context(), at.floats(statistics), at.offset(statistics), at.ints(drawn),
                at.offset(slots), at.offset(drawn), rows));
    }

    private static long place(Placement at, Tensor tensor) {
        return Pair.of(at.offset(tensor), tensor.stride());
    }
}
