package org.llmrlpt.kernels.gpu;

import static org.llmrlpt.kernels.gpu.GroupReduce.GROUP;

import java.util.function.IntBinaryOperator;
import org.llmrlpt.device.Grid;
import org.llmrlpt.device.Operation;
import org.llmrlpt.device.ProgramBuilder;
import org.llmrlpt.device.Tensor;
import org.llmrlpt.kernels.Kernels;
import org.llmrlpt.kernels.Shaping;
import org.llmrlpt.kernels.Surrogate;

/** The policy heads, recorded chunk by chunk: logits, objective and gradient in their place, dH, dW. */
final class GpuPolicyHead {
    /** Elements of logits in a chunk, 64 MB, as long as there are no more than USUAL_CHUNKS. */
    static final long USUAL_ELEMENTS = 16L << 20;
    /** More chunks than this take longer to compile than they save memory: they grow instead. */
    static final int USUAL_CHUNKS = 8;
    /** A chunk never has more elements than these, 256 MB: all activations share one array of at most 8 GB. */
    static final long MOST_ELEMENTS = 64L << 20;

    private final Kernels kernels;
    private final IntBinaryOperator chunkRows;

    GpuPolicyHead(Kernels kernels) {
        this(kernels, GpuPolicyHead::chunkRows);
    }

    /** {@code chunkRows} says from rows and vocabulary how many rows a chunk has. */
    GpuPolicyHead(Kernels kernels, IntBinaryOperator chunkRows) {
        this.kernels = kernels;
        this.chunkRows = chunkRows;
    }

    /** Rows of a chunk for R rows and a vocabulary of V. */
    static int chunkRows(int rows, int vocabulary) {
        int chunks = Math.max(chunks(rows, vocabulary, MOST_ELEMENTS),
            Math.min(USUAL_CHUNKS, chunks(rows, vocabulary, USUAL_ELEMENTS)));
        return Math.ceilDiv(rows, chunks);
    }

    private static int chunks(int rows, int vocabulary, long elements) {
        int fitting = (int) Math.max(1, elements / vocabulary);
        return Math.ceilDiv(rows, fitting);
    }

    /** As {@link Kernels#policyHead}. */
    void record(ProgramBuilder p, Tensor h, Tensor w, Tensor targets, Tensor scale, Shaping shaping, Tensor statistics,
        Tensor dH, Tensor dW, boolean accumulate) {
        inChunks(p, h, w, statistics, dH, dW, accumulate, (logits, from, results) ->
            objective(p, logits, targets.columns(from, logits.rows()), scale, shaping, results, dH != null));
    }

    /** As {@link Kernels#policyGradient}. */
    void record(ProgramBuilder p, Tensor h, Tensor w, Tensor targets, Tensor tokens, Surrogate surrogate,
        Tensor statistics, Tensor dH, Tensor dW, boolean accumulate) {
        inChunks(p, h, w, statistics, dH, dW, accumulate, (logits, from, results) ->
            policyGradient(p, logits, targets.columns(from, logits.rows()), tokens.rows(from, logits.rows()), surrogate,
                results, dH != null));
    }

    /** Records what happens to rows of logits between the products: their statistics, their gradient in place. */
    private interface RowObjective {
        void record(Tensor logits, int from, Tensor results);
    }

    private void inChunks(ProgramBuilder p, Tensor h, Tensor w, Tensor statistics, Tensor dH, Tensor dW,
        boolean accumulate, RowObjective objective) {
        // The kernel writes logits and statistics, and two written tensors must be in one array: both are activations.
        Tensor results = p.activation("statistics", statistics.rows(), statistics.columns());
        int chunk = chunkRows.applyAsInt(h.rows(), w.rows());
        for (int from = 0; from < h.rows(); from += chunk) {
            int n = Math.min(chunk, h.rows() - from);
            Tensor rows = h.rows(from, n);
            Tensor logits = p.activation("logits", n, w.rows());
            kernels.linear(p, rows, w, logits);
            objective.record(logits, from, results.rows(from, n));
            if (dH != null) {
                kernels.linearBackwardInput(p, logits, w, dH.rows(from, n), false);
                kernels.linearBackwardWeight(p, logits, rows, dW, accumulate || from > 0);
            }
        }
        int n = GpuKernels.elements(statistics);
        p.operation("statistics").reads(results).writes(statistics).grid(Grid.threads(n, GpuKernels.ELEMENTS))
            .task((graph, id, at) -> graph.task(id, GpuElementwise::kCopy, at.context(), at.floats(results),
                at.offset(results), at.floats(statistics), at.offset(statistics), n));
    }

    private static void objective(ProgramBuilder p, Tensor logits, Tensor targets, Tensor scale, Shaping shaping,
        Tensor statistics, boolean gradient) {
        Operation operation = p.operation("objective").reads(logits, targets, scale).writes(statistics)
            .grid(Grid.groups(logits.rows(), GROUP));
        if (gradient) {
            operation.writes(logits);
        }
        operation.task((graph, id, at) -> graph.task(id, GpuHead::kObjective, at.context(), at.ints(targets),
            at.offset(targets), at.floats(scale), at.offset(scale), at.floats(logits), at.offset(logits),
            at.offset(statistics), logits.columns(), Math.min(shaping.k(), logits.columns()), shaping.beta(),
            shaping.lambdaHead(), shaping.lambdaTail(), gradient ? 1 : 0));
    }

    private static void policyGradient(ProgramBuilder p, Tensor logits, Tensor targets, Tensor tokens,
        Surrogate surrogate, Tensor statistics, boolean gradient) {
        Operation operation = p.operation("policyGradient").reads(logits, targets, tokens).writes(statistics)
            .grid(Grid.groups(logits.rows(), GROUP));
        if (gradient) {
            operation.writes(logits);
        }
        operation.task((graph, id, at) -> graph.task(id, GpuPolicyGradient::kPolicyGradient, at.context(),
            at.ints(targets), at.offset(targets), at.floats(tokens), at.offset(tokens), at.floats(logits),
            at.offset(logits), at.offset(statistics), logits.columns(), surrogate.inverseTemperature(),
            surrogate.clipLow(), surrogate.clipHigh(), surrogate.kl(), gradient ? 1 : 0));
    }
}
