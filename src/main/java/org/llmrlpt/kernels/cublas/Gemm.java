package org.llmrlpt.kernels.cublas;

/**
 * What cublasGemmEx is asked for: C = op(A) op(B), or C += op(A) op(B), of FP32 matrices that cuBLAS reads column by
 * column; op(A) is [m, k], op(B) [k, n], C [m, n]. Offsets and leading dimensions (from one column to the next) are in
 * elements.
 *
 * @param transposeA whether A is [k, m] in memory
 * @param transposeB whether B is [n, k] in memory
 * @param accumulate whether C is added to: beta is 1 rather than 0
 */
public record Gemm(boolean transposeA, boolean transposeB, int m, int n, int k, int offsetA, int leadingA, int offsetB,
    int leadingB, boolean accumulate, int offsetC, int leadingC, Compute compute) {

    public Gemm {
        check(leadingA, transposeA ? k : m);
        check(leadingB, transposeB ? n : k);
        check(leadingC, m);
    }

    private static void check(int leading, int column) {
        if (leading < column) {
            throw new IllegalArgumentException("columns of " + column + " elements begin every " + leading);
        }
    }
}
