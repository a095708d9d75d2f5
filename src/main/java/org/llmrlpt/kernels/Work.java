package org.llmrlpt.kernels;

/**
 * Floating-point operations of the primitives that are made of matrix products, from their shapes; a multiplication and
 * an addition are two. Everything else is judged by the bytes it moves.
 */
public final class Work {
    private static final long PER_ELEMENT = 2;
    private Work() {
    }

    /** A product [rows, depth] x [depth, columns]. */
    public static long product(long rows, long columns, long depth) {
        return PER_ELEMENT * rows * columns * depth;
    }

    /**
     * So many products of causal attention, the lower triangle only: two forward (scores, sums of values), five
     * backward (scores again, gradients of P, V, Q and K). {@code width} is H·D.
     */
    public static long attention(int products, long rows, long length, long width) {
        return products * PER_ELEMENT * width * (rows * (length + 1) / 2);
    }

    /** The policy head: logits, and with gradients dH and dW. */
    public static long policyHead(long rows, long width, long vocabulary, boolean gradients) {
        return (gradients ? 3 : 1) * product(rows, vocabulary, width);
    }
}
