package org.llmrlpt.files;

import java.util.List;

/**
 * What a safetensors header says of one tensor.
 *
 * @param name   its name, for instance {@code model.layers.0.mlp.up_proj.weight}
 * @param type   its number format
 * @param shape  its dimensions, outermost first; empty for a scalar
 */
public record TensorInfo(String name, TensorType type, List<Long> shape) {
    public TensorInfo {
        shape = List.copyOf(shape);
    }

    /** How many elements; 1 for a scalar. */
    public long elements() {
        return elements(shape);
    }

    /** The product of the dimensions; {@link ArithmeticException} where it passes 2⁶³. */
    static long elements(List<Long> shape) {
        long product = 1;
        for (long dimension : shape) {
            product = Math.multiplyExact(product, dimension);
        }
        return product;
    }
}
