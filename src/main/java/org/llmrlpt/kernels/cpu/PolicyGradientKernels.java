package org.llmrlpt.kernels.cpu;

import static org.llmrlpt.kernels.cpu.Memory.at;

import org.llmrlpt.kernels.SampledTokens;
import org.llmrlpt.kernels.Surrogate;
import org.llmrlpt.kernels.SurrogateStatistics;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** The policy-gradient head: chunks of rows as in {@link PolicyHeadKernels}, each row by {@link PolicyGradientRow}. */
public final class PolicyGradientKernels {
    private static final ThreadLocal<PolicyGradientRow> ROW = ThreadLocal.withInitial(PolicyGradientRow::new);

    private PolicyGradientKernels() {
    }

    /** Statistics [rows, {@link SurrogateStatistics#COLUMNS}] of h [rows, width] and w [vocabulary, width]. */
    public static void evaluate(Strided h, Strided w, IntArray targets, int targetsAt, FloatArray tokens, int tokensAt,
        Surrogate surrogate, Strided statistics, FloatArray memory, int memoryAt, int rows, int width,
        int vocabulary) {
        head(h, w, targets, targetsAt, tokens, tokensAt, surrogate, statistics, memory, memoryAt, rows, width,
            vocabulary).run(null, null, false);
    }

    /** The same, and the gradient of the loss: dH [rows, width], and dW [vocabulary, width], which may accumulate. */
    public static void train(Strided h, Strided w, IntArray targets, int targetsAt, FloatArray tokens, int tokensAt,
        Surrogate surrogate, Strided statistics, Strided dH, Strided dW, boolean accumulate, FloatArray memory,
        int memoryAt, int rows, int width, int vocabulary) {
        head(h, w, targets, targetsAt, tokens, tokensAt, surrogate, statistics, memory, memoryAt, rows, width,
            vocabulary).run(dH, dW, accumulate);
    }

    private static PolicyHeadKernels head(Strided h, Strided w, IntArray targets, int targetsAt, FloatArray tokens,
        int tokensAt, Surrogate surrogate, Strided statistics, FloatArray memory, int memoryAt, int rows, int width,
        int vocabulary) {
        HeadMemory parts = new HeadMemory(at(memory.getSegment().address(), memoryAt), rows, width, vocabulary);
        long known = at(tokens.getSegment().address(), tokensAt);
        return new PolicyHeadKernels(h, w, at(targets.getSegment().address(), targetsAt),
            (z, row, target, gradient, rowStatistics) -> ROW.get().run(z, vocabulary, target,
                at(known, (long) row * SampledTokens.COLUMNS), surrogate, gradient, rowStatistics),
            statistics, SurrogateStatistics.COLUMNS, parts, rows, width, vocabulary);
    }
}
