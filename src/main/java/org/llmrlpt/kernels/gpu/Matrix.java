package org.llmrlpt.kernels.gpu;

import org.llmrlpt.device.Tensor;

/** A tensor as an operand of a product: element [i, l] is i {@code row} + l {@code column} after its first one. */
record Matrix(Tensor tensor, int row, int column) {
    static Matrix of(Tensor tensor) {
        return new Matrix(tensor, tensor.stride(), 1);
    }

    /** Another tensor of the same shape, transposed if this one is. */
    Matrix like(Tensor other) {
        return column == 1 ? of(other) : transposed(other);
    }

    static Matrix transposed(Tensor tensor) {
        return new Matrix(tensor, 1, tensor.stride());
    }
}
