package org.llmrlpt.kernels.cublas;

/** How cuBLAS computes products of FP32 numbers. */
public enum Compute {
    /** Multiply-adds in FP32. */
    FP32(68, "cuBLAS, FP32"),
    /** Operands may be rounded to BF16 for tensor cores; sums are FP32. BF16 reaches as far as FP32: no scaling. */
    BF16(75, "cuBLAS, operands rounded to BF16 for tensor cores, FP32 sums and weights");

    private final int type;
    private final String description;

    Compute(int type, String description) {
        this.type = type;
        this.description = description;
    }

    /** The number of its cublasComputeType_t. */
    int type() {
        return type;
    }

    /** For people. */
    public String description() {
        return description;
    }
}
