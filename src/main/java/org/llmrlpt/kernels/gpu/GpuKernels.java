package org.llmrlpt.kernels.gpu;

import static org.llmrlpt.kernels.gpu.GroupReduce.GROUP;

import java.util.EnumSet;
import org.llmrlpt.device.Grid;
import org.llmrlpt.device.Operation;
import org.llmrlpt.device.ProgramBuilder;
import org.llmrlpt.device.Tensor;
import org.llmrlpt.kernels.Kernels;
import org.llmrlpt.kernels.Shaping;
import org.llmrlpt.kernels.Surrogate;
import org.llmrlpt.kernels.cublas.Compute;
import org.llmrlpt.kernels.cublas.GemmTask;

/**
 * The primitives as KernelContext kernels, which TornadoVM compiles for OpenCL and PTX devices: here each kernel gets
 * its arrays, offsets, constants and grid. Attention and the policy head have files of their own.
 */
public final class GpuKernels implements Kernels {
    /** Threads of a group of an element-wise kernel. */
    static final int ELEMENTS = 256;
    /** Threads that together add up a vector of weights' gradient in parts, about. */
    private static final int PART_THREADS = 32768;
    /** Most parts: the second stage adds them one after the other. */
    private static final int MAX_PARTS = 256;

    /** An addition, y = a + b, and where it was recorded. */
    private record Sum(ProgramBuilder p, int place, Tensor a, Tensor b, Tensor y) {
        /** Whether x is this sum, and nothing was recorded after it. */
        boolean isNewest(ProgramBuilder builder, Tensor x) {
            return p == builder && place + 1 == builder.place() && y == x;
        }
    }

    /** Zeros, and where they were recorded. */
    private record Zeros(ProgramBuilder p, int place, Tensor x) {
    }

    private final GpuProducts products;
    private final GpuQkNorm qkNorm = new GpuQkNorm();
    private final GpuAttentionTasks attention = new GpuAttentionTasks();
    private final GpuGenerationTasks generation = new GpuGenerationTasks();
    private final GpuPolicyHead head = new GpuPolicyHead(this);
    private Sum sum;
    private Zeros zeros;

    /** With products in FP32, which every device has. */
    public GpuKernels() {
        this(false);
    }

    /** With products on tensor cores, operands rounded to FP16, or in FP32. */
    public GpuKernels(boolean tensorCores) {
        this(tensorCores ? new GpuHalfProducts() : new GpuSingleProducts());
    }

    /** With products by cuBLAS, added to task graphs in this way. */
    public GpuKernels(Compute compute, GemmTask task) {
        this(new GpuCublasProducts(compute, task));
    }

    private GpuKernels(GpuProducts products) {
        this.products = products;
    }

    @Override
    public String name() {
        return "gpu";
    }

    @Override
    public String products() {
        return products.description();
    }

    @Override
    public boolean usesTensorCores() {
        return products.usesTensorCores();
    }

    /** The number of elements of a tensor without gaps. */
    static int elements(Tensor tensor) {
        if (!tensor.isContiguous()) {
            throw new IllegalArgumentException("this primitive takes no strided view: " + tensor);
        }
        return Math.toIntExact(tensor.size());
    }

    /**
     * Requires two tensors that one kernel writes to be in one arena, because the kernel takes them as one array: a
     * task that gets the same array again after a parameter that it writes depends on itself, and TornadoVM then never
     * finishes ordering the graph. For the same reason the written array is the last one of every kernel.
     */
    static void sameArena(Tensor first, Tensor second) {
        if (first.arena() != second.arena()) {
            throw new IllegalArgumentException(first + " and " + second + " must be in one arena");
        }
    }

    @Override
    public void embedding(ProgramBuilder p, Tensor table, Tensor tokens, Tensor out) {
        elements(table);
        int n = elements(out);
        p.operation("embedding").reads(table, tokens).writes(out).grid(Grid.threads(n, ELEMENTS))
            .task((graph, id, at) -> graph.task(id, GpuEmbedding::kGather, at.context(), at.floats(table),
                at.offset(table), at.ints(tokens), at.offset(tokens), at.floats(out), at.offset(out), out.columns(),
                n));
    }

    @Override
    public void embeddingBackward(ProgramBuilder p, Tensor tokens, Tensor dOut, Tensor dTable) {
        elements(dOut);
        elements(dTable);
        int n = dTable.columns() * GpuEmbedding.CLASSES;
        p.operation("embeddingBackward").reads(tokens, dOut, dTable).writes(dTable).grid(Grid.threads(n, ELEMENTS))
            .task((graph, id, at) -> graph.task(id, GpuEmbedding::kScatterAdd, at.context(), at.ints(tokens),
                at.offset(tokens), at.floats(dOut), at.offset(dOut), at.floats(dTable), at.offset(dTable), dOut.rows(),
                dTable.columns(), n));
    }

    @Override
    public void linear(ProgramBuilder p, Tensor x, Tensor w, Tensor y) {
        products.record(p, "linear", Matrix.of(x), Matrix.transposed(w), y, x.columns());
    }

    @Override
    public void linearBackwardInput(ProgramBuilder p, Tensor dY, Tensor w, Tensor dX, boolean accumulate) {
        products.recordInput(p, "linearBackwardInput", Matrix.of(dY), Matrix.of(w), dX, dY.columns(), accumulate);
    }

    @Override
    public void linearBackwardWeight(ProgramBuilder p, Tensor dY, Tensor x, Tensor dW, boolean accumulate) {
        products.recordWeights(p, "linearBackwardWeight", Matrix.transposed(dY), Matrix.of(x), dW, x.rows(),
            accumulate);
    }

    @Override
    public void rmsNorm(ProgramBuilder p, Tensor x, Tensor w, Tensor y, Tensor rstd, float eps) {
        elements(x);
        elements(y);
        sameArena(y, rstd);
        if (sum != null && sum.isNewest(p, x) && x.arena() == y.arena()) {
            addRmsNorm(p, sum, w, y, rstd, eps);
            return;
        }
        p.operation("rmsNorm").reads(x, w).writes(y, rstd).grid(Grid.groups(x.rows(), GROUP)).task((graph, id, at) ->
            graph.task(id, GpuNorm::kRmsNorm, at.context(), at.floats(x), at.offset(x), at.floats(w), at.offset(w),
                at.floats(y), at.offset(y), at.offset(rstd), x.columns(), eps));
    }

    /** The norm takes the place of the addition with a task that does both. */
    private void addRmsNorm(ProgramBuilder p, Sum s, Tensor w, Tensor y, Tensor rstd, float eps) {
        p.dropFrom(s.place);
        sum = null; // another norm of the same sum must not drop this one
        p.operation("addRmsNorm").reads(s.a, s.b, w).writes(s.y, y, rstd).grid(Grid.groups(y.rows(), GROUP))
            .task((graph, id, at) -> graph.task(id, GpuNorm::kAddRmsNorm, at.context(), at.floats(s.a), at.offset(s.a),
                at.floats(s.b), at.offset(s.b), at.floats(w), at.offset(w), at.floats(y), at.offset(s.y), at.offset(y),
                at.offset(rstd), y.columns(), eps));
    }

    @Override
    public void rmsNormBackward(ProgramBuilder p, Tensor x, Tensor w, Tensor rstd, Tensor dY, Tensor dX, Tensor dW,
        Tensor y, boolean accumulate) {
        elements(x);
        elements(dY);
        elements(dX);
        elements(y);
        sameArena(dX, y);
        boolean fresh = takesZero(p, dW);
        int rowsPerPart = rowsPerPart(x.rows(), x.columns());
        Tensor parts = p.activation("normParts", (x.rows() + rowsPerPart - 1) / rowsPerPart, x.columns());
        int n = elements(parts);
        p.operation("rmsNormParts").reads(x, rstd, dY).writes(parts).grid(Grid.threads(n, ELEMENTS))
            .task((graph, id, at) -> graph.task(id, GpuNorm::kRmsNormWeightParts, at.context(), at.floats(x),
                at.offset(x), at.floats(rstd), at.offset(rstd), at.floats(dY), at.offset(dY), at.floats(parts),
                at.offset(parts), x.rows(), x.columns(), rowsPerPart, n));
        addParts(p, parts, dW, !fresh);
        Operation operation = p.operation("rmsNormBackward").reads(x, w, rstd, dY).writes(dX, y)
            .grid(Grid.groups(x.rows(), GROUP));
        if (accumulate) {
            operation.reads(dX);
        }
        operation.task((graph, id, at) -> graph.task(id, GpuNorm::kRmsNormBackward, at.context(), at.floats(x),
            at.offset(x), at.floats(w), at.offset(w), at.floats(rstd), at.offset(rstd), at.floats(dY), at.offset(dY),
            at.floats(dX), at.offset(dX), at.offset(y), x.columns(), accumulate ? 1 : 0));
    }

    /** Whether x was zeroed by the newest task; that is then taken back, for one that writes x instead of adding. */
    private boolean takesZero(ProgramBuilder p, Tensor x) {
        if (zeros == null || zeros.p != p || zeros.place + 1 != p.place() || !zeros.x.isSameMemory(x)) {
            return false;
        }
        p.dropFrom(zeros.place);
        return true;
    }

    /** How many rows a part of a weights' gradient sums over. */
    static int rowsPerPart(int rows, int columns) {
        int parts = Math.clamp(PART_THREADS / columns, 1, Math.min(rows, MAX_PARTS));
        return (rows + parts - 1) / parts;
    }

    /** dW = sum of parts [S, C] over S, or accumulates it. */
    static void addParts(ProgramBuilder p, Tensor parts, Tensor dW, boolean accumulate) {
        Operation operation = p.operation("addParts").reads(parts).writes(dW)
            .grid(Grid.threads(parts.columns(), ELEMENTS));
        if (accumulate) {
            operation.reads(dW);
        }
        operation.task((graph, id, at) -> graph.task(id, GpuNorm::kAddParts, at.context(), at.floats(parts),
            at.offset(parts), parts.stride(), at.floats(dW), at.offset(dW), parts.rows(), parts.columns(),
            accumulate ? 1 : 0));
    }

    @Override
    public void rope(ProgramBuilder p, Tensor x, Tensor positions, Tensor angles, Tensor y, int headWidth) {
        turn(p, "rope", x, positions, angles, y, headWidth, 1f);
    }

    @Override
    public void ropeBackward(ProgramBuilder p, Tensor dY, Tensor positions, Tensor angles, Tensor dX, int headWidth) {
        turn(p, "ropeBackward", dY, positions, angles, dX, headWidth, -1f);
    }

    private static void turn(ProgramBuilder p, String name, Tensor x, Tensor positions, Tensor angles, Tensor y,
        int headWidth, float direction) {
        int n = Math.toIntExact(x.size() / 2);
        p.operation(name).reads(x, positions, angles).writes(y).grid(Grid.threads(n, ELEMENTS)).task((graph, id, at) ->
            graph.task(id, GpuRope::kRope, at.context(), at.floats(x), at.offset(x), x.stride(), at.ints(positions),
                at.offset(positions), at.floats(angles), at.offset(angles), at.floats(y), at.offset(y), y.stride(),
                x.columns() / headWidth, headWidth, direction, n));
    }

    @Override
    public void qkNormRope(ProgramBuilder p, Tensor x, Tensor w, Tensor positions, Tensor angles, Tensor y, Tensor rstd,
        int headWidth, float eps) {
        qkNorm.forward(p, x, w, positions, angles, y, rstd, headWidth, eps);
    }

    @Override
    public void qkNormRopeBackward(ProgramBuilder p, Tensor x, Tensor w, Tensor rstd, Tensor positions, Tensor angles,
        Tensor dY, Tensor dX, Tensor dW, int headWidth) {
        qkNorm.backward(p, x, w, rstd, positions, angles, dY, dX, dW, !takesZero(p, dW), headWidth);
    }

    @Override
    public void attention(ProgramBuilder p, Tensor q, Tensor k, Tensor v, Tensor seen, Tensor out, Tensor lse,
        int length, int headWidth) {
        attention.forward(p, q, k, v, seen, out, lse, length, headWidth);
    }

    @Override
    public void attentionBackward(ProgramBuilder p, Tensor q, Tensor k, Tensor v, Tensor seen, Tensor out, Tensor lse,
        Tensor dOut, Tensor dQ, Tensor dK, Tensor dV, int length, int headWidth) {
        Tensor terms = attention.terms(p, out, dOut, lse, headWidth);
        attention.backwardQuery(p, q, k, v, seen, terms, dOut, dQ, length, headWidth);
        attention.backwardKeyValue(p, q, k, v, seen, terms, dOut, dK, dV, length, headWidth);
    }

    @Override
    public void swiGlu(ProgramBuilder p, Tensor gateUp, Tensor out) {
        elements(gateUp);
        int n = elements(out);
        p.operation("swiGlu").reads(gateUp).writes(out).grid(Grid.threads(n, ELEMENTS)).task((graph, id, at) ->
            graph.task(id, GpuElementwise::kSwiGlu, at.context(), at.floats(gateUp), at.offset(gateUp), at.floats(out),
                at.offset(out), out.columns(), n));
    }

    @Override
    public void swiGluBackward(ProgramBuilder p, Tensor gateUp, Tensor dOut, Tensor dGateUp, Tensor out) {
        elements(gateUp);
        elements(dGateUp);
        elements(dOut);
        sameArena(dGateUp, out);
        int n = elements(out);
        p.operation("swiGluBackward").reads(gateUp, dOut).writes(dGateUp, out).grid(Grid.threads(n, ELEMENTS))
            .task((graph, id, at) -> graph.task(id, GpuElementwise::kSwiGluBackward, at.context(), at.floats(gateUp),
                at.offset(gateUp), at.floats(dOut), at.offset(dOut), at.floats(dGateUp), at.offset(dGateUp),
                at.offset(out), dOut.columns(), n));
    }

    @Override
    public void zero(ProgramBuilder p, Tensor x) {
        int n = elements(x);
        zeros = new Zeros(p, p.place(), x);
        p.operation("zero").writes(x).grid(Grid.threads(n, ELEMENTS)).task((graph, id, at) ->
            graph.task(id, GpuElementwise::kZero, at.context(), at.floats(x), at.offset(x), n));
    }

    @Override
    public void add(ProgramBuilder p, Tensor a, Tensor b, Tensor y) {
        elements(a);
        elements(b);
        int n = elements(y);
        sum = new Sum(p, p.place(), a, b, y);
        p.operation("add").reads(a, b).writes(y).grid(Grid.threads(n, ELEMENTS)).task((graph, id, at) ->
            graph.task(id, GpuElementwise::kAdd, at.context(), at.floats(a), at.offset(a), at.floats(b), at.offset(b),
                at.floats(y), at.offset(y), n));
    }

    @Override
    public void policyGradient(ProgramBuilder p, Tensor h, Tensor w, Tensor targets, Tensor tokens,
        Surrogate surrogate, Tensor statistics, Tensor dH, Tensor dW, boolean accumulate) {
        elements(tokens);
        head.record(p, h, w, targets, tokens, surrogate, statistics, dH, dW, accumulate);
    }

    @Override
    public void policyHead(ProgramBuilder p, Tensor h, Tensor w, Tensor targets, Tensor scale, Shaping shaping,
        Tensor statistics, Tensor dH, Tensor dW, boolean accumulate) {
        head.record(p, h, w, targets, scale, shaping, statistics, dH, dW, accumulate);
    }

    @Override
    public void nextTokens(ProgramBuilder p, Tensor given, Tensor drawn, Tensor slots, Tensor out) {
        generation.nextTokens(p, given, drawn, slots, out);
    }

    @Override
    public void cacheStore(ProgramBuilder p, Tensor k, Tensor v, Tensor slots, Tensor positions, Tensor keys,
        Tensor values, int length) {
        generation.cacheStore(p, k, v, slots, positions, keys, values, length);
    }

    @Override
    public void cacheCopy(ProgramBuilder p, Tensor sources, Tensor counts, Tensor cache, int length) {
        generation.cacheCopy(p, sources, counts, cache, length);
    }

    @Override
    public void decodeAttention(ProgramBuilder p, Tensor q, Tensor keys, Tensor values, Tensor slots, Tensor positions,
        Tensor out, int length, int headWidth) {
        generation.decodeAttention(p, q, keys, values, slots, positions, out, length, headWidth);
    }

    @Override
    public void sample(ProgramBuilder p, Tensor logits, Tensor slots, Tensor draws, Tensor choice, Tensor scales,
        int allowed, Tensor drawn, Tensor statistics) {
        generation.sample(p, logits, slots, draws, choice, scales, allowed, drawn, statistics);
    }

    @Override
    public void gradientNorm(ProgramBuilder p, Tensor gradients, float maxNorm, Tensor out) {
        int n = elements(gradients);
        Tensor parts = p.activation("squareSums", 1, GpuOptimizer.NORM_GROUPS);
        p.operation("squareSums").reads(gradients).writes(parts).grid(Grid.groups(GpuOptimizer.NORM_GROUPS, GROUP))
            .task((graph, id, at) -> graph.task(id, GpuOptimizer::kSquareSums, at.context(), at.floats(gradients),
                at.offset(gradients), at.floats(parts), at.offset(parts), n));
        p.operation("normAndClip").reads(parts).writes(out).grid(Grid.groups(1, GROUP)).task((graph, id, at) ->
            graph.task(id, GpuOptimizer::kNormAndClip, at.context(), at.floats(parts), at.offset(parts), at.floats(out),
                at.offset(out), maxNorm));
    }

    @Override
    public void adamW(ProgramBuilder p, Tensor parameters, Tensor gradients, Tensor moment1, Tensor moment2,
        Tensor clip, Tensor step, long decayed, float beta1, float beta2, float eps, float weightDecay) {
        int n = elements(parameters);
        if (EnumSet.of(parameters.arena(), gradients.arena(), moment1.arena(), moment2.arena()).size() < 4) {
            throw new IllegalArgumentException("parameters, gradients and moments must be in four different arenas");
        }
        p.operation("adamW").reads(parameters, gradients, moment1, moment2, clip, step)
            .writes(parameters, moment1, moment2).grid(Grid.threads(n, ELEMENTS)).task((graph, id, at) ->
                graph.task(id, GpuOptimizer::kAdamW, at.context(), at.floats(clip), at.offset(clip), at.floats(step),
                    at.offset(step), at.floats(parameters), at.offset(parameters), at.floats(gradients),
                    at.offset(gradients), at.floats(moment1), at.offset(moment1), at.floats(moment2),
                    at.offset(moment2), n, Math.toIntExact(decayed), beta1, beta2, eps, weightDecay));
    }
}
