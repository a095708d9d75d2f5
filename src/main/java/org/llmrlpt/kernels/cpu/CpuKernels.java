package org.llmrlpt.kernels.cpu;

import org.llmrlpt.config.UserError;
import org.llmrlpt.device.ProgramBuilder;
import org.llmrlpt.device.Tensor;
import org.llmrlpt.kernels.Kernels;
import org.llmrlpt.kernels.Shaping;
import org.llmrlpt.kernels.Surrogate;
import org.llmrlpt.kernels.Work;

/**
 * The primitives as tasks that the CPU fallback calls once each; a task spreads its own work over {@link Workers}. The
 * kernels take arrays and offsets, like all tasks, and at most 20 parameters; those that need more take
 * {@link Strided}.
 */
public final class CpuKernels implements Kernels {
    /** The package of java.base that {@link Simd} needs and that Java hides. */
    public static final String JAVA_PACKAGE = "jdk.internal.vm.vector";
    /** The flag that shows it; the manifest of a jar that is started by {@code -jar} can do that too. */
    public static final String JAVA_FLAG = "--add-exports=java.base/" + JAVA_PACKAGE + "=ALL-UNNAMED";

    /**
     * Prepares the JIT compiler for the kernels, once in a JVM.
     *
     * @throws UserError if Java was started without {@link #JAVA_FLAG}, or has other intrinsics than JDK 25
     */
    public CpuKernels() {
        if (!Object.class.getModule().isExported(JAVA_PACKAGE, CpuKernels.class.getModule())) {
            throw new UserError("the CPU kernels need a part of Java that is hidden: start java with " + JAVA_FLAG);
        }
        KernelCompilation.prepare();
        try {
            Simd.check();
        } catch (LinkageError e) {
            throw new UserError("the CPU kernels need a JDK 25, and this is " + Runtime.version(), e);
        }
    }

    @Override
    public String name() {
        return "cpu";
    }

    @Override
    public String products() {
        return "FP32, blocked for caches and vectors";
    }

    @Override
    public void embedding(ProgramBuilder p, Tensor table, Tensor tokens, Tensor out) {
        p.operation("embedding").reads(table, tokens).writes(out).bytes(8 * out.size() + 4 * tokens.size())
            .task((g, id, at) -> g.task(id, RowKernels::gather,
            at.floats(table), at.offset(table), table.stride(), table.rows(), at.ints(tokens), at.offset(tokens),
            at.floats(out), at.offset(out), out.stride(), out.rows(), out.columns()));
    }

    @Override
    public void embeddingBackward(ProgramBuilder p, Tensor tokens, Tensor dOut, Tensor dTable) {
        p.operation("embedding_backward").reads(tokens, dOut, dTable).writes(dTable)
            .bytes(12 * dOut.size() + 4 * tokens.size()).task((g, id, at) -> g.task(id, RowKernels::scatterAdd,
            at.ints(tokens), at.offset(tokens), at.floats(dOut), at.offset(dOut),
            dOut.stride(), at.floats(dTable), at.offset(dTable), dTable.stride(), dTable.rows(), dOut.rows(),
            dOut.columns()));
    }

    @Override
    public void linear(ProgramBuilder p, Tensor x, Tensor w, Tensor y) {
        p.operation("linear").reads(x, w).writes(y).flops(Work.product(y.rows(), y.columns(), x.columns()))
            .task((g, id, at) -> g.task(id, LinearKernels::linear, at.floats(x), at.offset(x), x.stride(),
                at.floats(w), at.offset(w), w.stride(), at.floats(y), at.offset(y), y.stride(), y.rows(),
                y.columns(), x.columns()));
    }

    @Override
    public void linearAdd(ProgramBuilder p, Tensor x, Tensor w, Tensor residual, Tensor y) {
        p.operation("linear_add").reads(x, w, residual).writes(y)
            .flops(Work.product(y.rows(), y.columns(), x.columns()))
            .task((g, id, at) -> g.task(id, LinearKernels::linearAdd, Strided.of(at, x), Strided.of(at, w),
                Strided.of(at, residual), Strided.of(at, y), y.rows(), y.columns(), x.columns()));
    }

    @Override
    public long packedFloats(Tensor w) {
        return Gemm.packedFloats(w.rows(), w.columns());
    }

    @Override
    public void pack(ProgramBuilder p, Tensor w, Tensor packed) {
        p.operation("pack").reads(w).writes(packed)
            .task((g, id, at) -> g.task(id, LinearKernels::pack, at.floats(w), at.offset(w), w.stride(),
                at.floats(packed), at.offset(packed), w.rows(), w.columns()));
    }

    @Override
    public void linearPacked(ProgramBuilder p, Tensor x, Tensor packed, Tensor y) {
        p.operation("linear").reads(x, packed).writes(y).flops(Work.product(y.rows(), y.columns(), x.columns()))
            .task((g, id, at) -> g.task(id, LinearKernels::linearPacked, at.floats(x), at.offset(x), x.stride(),
                at.floats(packed), at.offset(packed), at.floats(y), at.offset(y), y.stride(), y.rows(), y.columns(),
                x.columns()));
    }

    @Override
    public void linearBackwardInput(ProgramBuilder p, Tensor dY, Tensor w, Tensor dX, boolean accumulate) {
        p.operation("linear_backward_input").reads(dY, w).reads(kept(dX, accumulate)).writes(dX)
            .flops(Work.product(dX.rows(), dX.columns(), dY.columns()))
            .task((g, id, at) -> g.task(id, LinearKernels::linearBackwardInput, at.floats(dY), at.offset(dY),
                dY.stride(), at.floats(w), at.offset(w), w.stride(), at.floats(dX), at.offset(dX), dX.stride(),
                dY.rows(), dY.columns(), dX.columns(), accumulate ? 1 : 0));
    }

    @Override
    public void linearBackwardWeight(ProgramBuilder p, Tensor dY, Tensor x, Tensor dW, boolean accumulate) {
        p.operation("linear_backward_weight").reads(dY, x).reads(kept(dW, accumulate)).writes(dW)
            .flops(Work.product(dW.rows(), dW.columns(), dY.rows())).task((g, id, at) -> g.task(id,
            LinearKernels::linearBackwardWeight, at.floats(dY), at.offset(dY), dY.stride(), at.floats(x), at.offset(x),
            x.stride(), at.floats(dW), at.offset(dW), dW.stride(), dY.rows(), dY.columns(), x.columns(),
            accumulate ? 1 : 0));
    }

    @Override
    public void rmsNorm(ProgramBuilder p, Tensor x, Tensor w, Tensor y, Tensor rstd, float eps) {
        p.operation("rms_norm").reads(x, w).writes(y, rstd).task((g, id, at) -> g.task(id, NormKernels::rmsNorm,
            at.floats(x), at.offset(x), x.stride(), at.floats(w), at.offset(w), at.floats(y), at.offset(y), y.stride(),
            at.floats(rstd), at.offset(rstd), x.rows(), x.columns(), eps));
    }

    @Override
    public void rmsNormBackward(ProgramBuilder p, Tensor x, Tensor w, Tensor rstd, Tensor dY, Tensor dX, Tensor dW,
        Tensor y, boolean accumulate) {
        p.operation("rms_norm_backward").reads(x, w, rstd, dY, dW).reads(kept(dX, accumulate)).writes(dX, dW, y)
            .task((g, id, at) -> g.task(id, NormKernels::rmsNormBackward, Strided.of(at, x), at.floats(w), at.offset(w),
                at.floats(rstd), at.offset(rstd), Strided.of(at, dY), Strided.of(at, dX), at.floats(dW), at.offset(dW),
                Strided.of(at, y), x.rows(), x.columns(), accumulate ? 1 : 0));
    }

    @Override
    public void rope(ProgramBuilder p, Tensor x, Tensor positions, Tensor angles, Tensor y, int headWidth) {
        turn(p, "rope", x, positions, angles, y, headWidth, 1);
    }

    @Override
    public void ropeBackward(ProgramBuilder p, Tensor dY, Tensor positions, Tensor angles, Tensor dX, int headWidth) {
        turn(p, "rope_backward", dY, positions, angles, dX, headWidth, -1);
    }

    private static void turn(ProgramBuilder p, String name, Tensor x, Tensor positions, Tensor angles, Tensor y,
        int headWidth, int direction) {
        p.operation(name).reads(x, positions, angles).writes(y).task((g, id, at) -> g.task(id, RopeKernels::rope,
            at.floats(x), at.offset(x), x.stride(), at.ints(positions), at.offset(positions), at.floats(angles),
            at.offset(angles), angles.stride(), angles.rows(), at.floats(y), at.offset(y), y.stride(), x.rows(),
            x.columns() / headWidth, headWidth, direction));
    }

    @Override
    public void qkNormRope(ProgramBuilder p, Tensor x, Tensor w, Tensor positions, Tensor angles, Tensor y,
        Tensor rstd, int headWidth, float eps) {
        p.operation("qk_norm_rope").reads(x, w, positions, angles).writes(y, rstd).task((g, id, at) -> g.task(id,
            RopeKernels::qkNormRope, at.floats(x), at.offset(x), x.stride(), at.floats(w), at.offset(w),
            at.ints(positions), at.offset(positions), at.floats(angles), at.offset(angles), angles.stride(),
            angles.rows(), at.floats(y), at.offset(y), y.stride(), at.floats(rstd), at.offset(rstd), x.rows(),
            x.columns() / headWidth, headWidth, eps));
    }

    @Override
    public void qkNormRopeBackward(ProgramBuilder p, Tensor x, Tensor w, Tensor rstd, Tensor positions, Tensor angles,
        Tensor dY, Tensor dX, Tensor dW, int headWidth) {
        p.operation("qk_norm_rope_backward").reads(x, w, rstd, positions, angles, dY, dW).writes(dX, dW)
            .task((g, id, at) -> g.task(id, RopeKernels::qkNormRopeBackward, Strided.of(at, x), at.floats(w),
                at.offset(w), at.floats(rstd), at.offset(rstd), at.ints(positions), at.offset(positions),
                Strided.of(at, angles), angles.rows(), Strided.of(at, dY), Strided.of(at, dX), at.floats(dW),
                at.offset(dW), x.rows(), x.columns() / headWidth, headWidth));
    }

    @Override
    public void attention(ProgramBuilder p, Tensor q, Tensor k, Tensor v, Tensor seen, Tensor out, Tensor lse,
        int length, int headWidth) {
        p.operation("attention").reads(q, k, v, seen).writes(out, lse)
            .flops(Work.attention(2, q.rows(), length, q.columns())).task((g, id, at) -> g.task(id,
            AttentionKernels::attention, Strided.of(at, q), Strided.of(at, k), Strided.of(at, v), at.ints(seen),
            at.offset(seen), Strided.of(at, out), at.floats(lse), at.offset(lse), q.rows() / length, length,
            q.columns() / headWidth, k.columns() / headWidth, headWidth));
    }

    @Override
    public void attentionBackward(ProgramBuilder p, Tensor q, Tensor k, Tensor v, Tensor seen, Tensor out,
        Tensor lse, Tensor dOut, Tensor dQ, Tensor dK, Tensor dV, int length, int headWidth) {
        p.operation("attention_backward").reads(q, k, v, seen, out, lse, dOut).writes(dQ, dK, dV)
            .flops(Work.attention(5, q.rows(), length, q.columns()))
            .task((g, id, at) -> g.task(id, AttentionGradients::attentionBackward, Strided.of(at, q), Strided.of(at, k),
                Strided.of(at, v), at.ints(seen), at.offset(seen), Strided.of(at, out), at.floats(lse),
                at.offset(lse), Strided.of(at, dOut), Strided.of(at, dQ), Strided.of(at, dK), Strided.of(at, dV),
                q.rows() / length, length, q.columns() / headWidth, k.columns() / headWidth, headWidth));
    }

    @Override
    public void swiGlu(ProgramBuilder p, Tensor gateUp, Tensor out) {
        p.operation("swiglu").reads(gateUp).writes(out).task((g, id, at) -> g.task(id, SwiGluKernels::swiGlu,
            at.floats(gateUp), at.offset(gateUp), gateUp.stride(), at.floats(out), at.offset(out), out.stride(),
            out.rows(), out.columns()));
    }

    @Override
    public void swiGluBackward(ProgramBuilder p, Tensor gateUp, Tensor dOut, Tensor dGateUp, Tensor out) {
        p.operation("swiglu_backward").reads(gateUp, dOut).writes(dGateUp, out).task((g, id, at) -> g.task(id,
            SwiGluKernels::swiGluBackward, at.floats(gateUp), at.offset(gateUp), gateUp.stride(), at.floats(dOut),
            at.offset(dOut), dOut.stride(), at.floats(dGateUp), at.offset(dGateUp), dGateUp.stride(), at.floats(out),
            at.offset(out), out.stride(), dOut.rows(), dOut.columns()));
    }

    @Override
    public void add(ProgramBuilder p, Tensor a, Tensor b, Tensor y) {
        p.operation("add").reads(a, b).writes(y).task((g, id, at) -> g.task(id, ElementKernels::add, at.floats(a),
            at.offset(a), a.stride(), at.floats(b), at.offset(b), b.stride(), at.floats(y), at.offset(y), y.stride(),
            y.rows(), y.columns()));
    }

    @Override
    public void zero(ProgramBuilder p, Tensor x) {
        int n = contiguousSize(x);
        p.operation("zero").writes(x).task((g, id, at) ->
            g.task(id, ElementKernels::zero, at.floats(x), at.offset(x), n));
    }

    @Override
    public void policyGradient(ProgramBuilder p, Tensor h, Tensor w, Tensor targets, Tensor tokens,
        Surrogate surrogate, Tensor statistics, Tensor dH, Tensor dW, boolean accumulate) {
        long floats = HeadMemory.floats(h.rows(), h.columns(), w.rows());
        long flops = Work.policyHead(h.rows(), h.columns(), w.rows(), dH != null);
        Tensor memory = p.activation("policy_gradient", 1, Math.toIntExact(floats));
        if (dH == null) {
            p.operation("policy_gradient_evaluation").reads(h, w, targets, tokens).writes(statistics, memory)
                .flops(flops)
                .task((g, id, at) -> g.task(id, PolicyGradientKernels::evaluate, Strided.of(at, h), Strided.of(at, w),
                    at.ints(targets), at.offset(targets), at.floats(tokens), at.offset(tokens), surrogate,
                    Strided.of(at, statistics), at.floats(memory), at.offset(memory), h.rows(), h.columns(),
                    w.rows()));
        } else {
            p.operation("policy_gradient").reads(h, w, targets, tokens).reads(kept(dW, accumulate))
                .writes(statistics, dH, dW, memory).flops(flops)
                .task((g, id, at) -> g.task(id, PolicyGradientKernels::train, Strided.of(at, h), Strided.of(at, w),
                    at.ints(targets), at.offset(targets), at.floats(tokens), at.offset(tokens), surrogate,
                    Strided.of(at, statistics), Strided.of(at, dH), Strided.of(at, dW), accumulate, at.floats(memory),
                    at.offset(memory), h.rows(), h.columns(), w.rows()));
        }
    }

    @Override
    public void policyHead(ProgramBuilder p, Tensor h, Tensor w, Tensor targets, Tensor scale, Shaping shaping,
        Tensor statistics, Tensor dH, Tensor dW, boolean accumulate) {
        long floats = HeadMemory.floats(h.rows(), h.columns(), w.rows());
        long flops = Work.policyHead(h.rows(), h.columns(), w.rows(), dH != null);
        Tensor memory = p.activation("policy_head", 1, Math.toIntExact(floats));
        if (dH == null) {
            p.operation("policy_head_evaluation").reads(h, w, targets).writes(statistics, memory).flops(flops)
                .task((g, id, at) -> g.task(id, PolicyHeadKernels::evaluate, Strided.of(at, h), Strided.of(at, w),
                    at.ints(targets), at.offset(targets), shaping, Strided.of(at, statistics), at.floats(memory),
                    at.offset(memory), h.rows(), h.columns(), w.rows()));
        } else {
            p.operation("policy_head").reads(h, w, targets, scale).reads(kept(dW, accumulate))
                .writes(statistics, dH, dW, memory).flops(flops)
                .task((g, id, at) -> g.task(id, PolicyHeadKernels::train, Strided.of(at, h), Strided.of(at, w),
                    at.ints(targets), at.offset(targets), at.floats(scale), at.offset(scale), shaping,
                    Strided.of(at, statistics), Strided.of(at, dH), Strided.of(at, dW), accumulate, at.floats(memory),
                    at.offset(memory), h.rows(), h.columns(), w.rows()));
        }
    }

    @Override
    public void nextTokens(ProgramBuilder p, Tensor given, Tensor drawn, Tensor slots, Tensor out) {
        p.operation("next_tokens").reads(given, drawn, slots).writes(out).task((g, id, at) -> g.task(id,
            CacheKernels::nextTokens, at.ints(out), at.offset(given), at.offset(drawn), at.offset(slots),
            at.offset(out), out.columns()));
    }

    @Override
    public void cacheStore(ProgramBuilder p, Tensor k, Tensor v, Tensor slots, Tensor positions, Tensor keys,
        Tensor values, int length) {
        p.operation("cache_store").reads(k, v, slots, positions, keys, values).writes(keys, values)
            .task((g, id, at) -> g.task(id, CacheKernels::store, Strided.of(at, k), Strided.of(at, v), at.ints(slots),
                at.offset(slots), at.offset(positions), at.floats(keys), at.offset(keys), at.offset(values), k.rows(),
                k.columns(), length));
    }

    @Override
    public void cacheCopy(ProgramBuilder p, Tensor sources, Tensor counts, Tensor cache, int length) {
        int slots = sources.columns();
        p.operation("cache_copy").reads(sources, counts, cache).writes(cache).task((g, id, at) -> g.task(id,
            CacheKernels::copy, at.ints(sources), at.offset(sources), at.offset(counts), at.floats(cache),
            at.offset(cache), cache.rows() / (slots * length), slots, length, cache.columns()));
    }

    @Override
    public void decodeAttention(ProgramBuilder p, Tensor q, Tensor keys, Tensor values, Tensor slots, Tensor positions,
        Tensor out, int length, int headWidth) {
        p.operation("decode_attention").reads(q, keys, values, slots, positions).writes(out).task((g, id, at) ->
            g.task(id, DecodeAttention::attention, Strided.of(at, q), at.floats(keys), at.offset(keys),
                at.offset(values), at.ints(slots), at.offset(slots), at.offset(positions), Strided.of(at, out),
                q.rows(), q.columns() / headWidth, keys.columns() / headWidth, headWidth, length));
    }

    @Override
    public void sample(ProgramBuilder p, Tensor logits, Tensor slots, Tensor draws, Tensor choice, Tensor scales,
        int allowed, Tensor drawn, Tensor statistics) {
        p.operation("sample").reads(logits, slots, draws, choice, scales, drawn).writes(drawn, statistics)
            .task((g, id, at) -> g.task(id, SamplingKernels::sample, Strided.of(at, logits), at.ints(slots),
                at.offset(slots), at.offset(draws), at.offset(choice), at.floats(scales), at.offset(scales), allowed,
                at.offset(drawn), Strided.of(at, statistics), logits.rows(), logits.columns()));
    }

    @Override
    public void gradientNorm(ProgramBuilder p, Tensor gradients, float maxNorm, Tensor out) {
        int n = contiguousSize(gradients);
        p.operation("gradient_norm").reads(gradients).writes(out).task((g, id, at) -> g.task(id,
            OptimizerKernels::gradientNorm, at.floats(gradients), at.offset(gradients), n, maxNorm, at.floats(out),
            at.offset(out)));
    }

    @Override
    public void adamW(ProgramBuilder p, Tensor parameters, Tensor gradients, Tensor moment1, Tensor moment2,
        Tensor clip, Tensor step, long decayed, float beta1, float beta2, float eps, float weightDecay) {
        int n = contiguousSize(parameters);
        p.operation("adamw").reads(parameters, gradients, moment1, moment2, clip, step)
            .writes(parameters, moment1, moment2).task((g, id, at) -> g.task(id, OptimizerKernels::adamW,
                at.floats(parameters), at.offset(parameters), at.floats(gradients), at.offset(gradients),
                at.floats(moment1), at.offset(moment1), at.floats(moment2), at.offset(moment2), at.floats(clip),
                at.offset(clip), at.floats(step), at.offset(step), n, Math.toIntExact(decayed), beta1, beta2, eps,
                weightDecay));
    }

    /** What an operation that accumulates into {@code sum} reads besides its inputs. */
    private static Tensor[] kept(Tensor sum, boolean accumulate) {
        return accumulate ? new Tensor[] {sum} : new Tensor[0];
    }

    private static int contiguousSize(Tensor tensor) {
        if (!tensor.isContiguous()) {
            throw new IllegalArgumentException("not contiguous: " + tensor);
        }
        return Math.toIntExact(tensor.size());
    }
}
