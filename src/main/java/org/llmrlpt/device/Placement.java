package org.llmrlpt.device;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * Where an operation's tensors are, asked for while its task is written into a task graph. Asking for a tensor that the
 * operation did not declare fails: lifetimes are planned from the declarations, so a forgotten one would be
 * overwritten.
 */
public final class Placement {
    private final Arenas arenas;
    private final KernelContext context;
    private Operation current;

    Placement(Arenas arenas, KernelContext context) {
        this.arenas = arenas;
        this.context = context;
    }

    void of(Operation operation) {
        current = operation;
    }

    /** The KernelContext to hand to gpu kernels. */
    public KernelContext context() {
        return context;
    }

    /** The array that holds a floating-point tensor. */
    public FloatArray floats(Tensor tensor) {
        return arenas.floats(declared(tensor).arena());
    }

    /** The array that holds an integer tensor. */
    public IntArray ints(Tensor tensor) {
        declared(tensor);
        return arenas.integers();
    }

    /** Index of the tensor's first element in its array. */
    public int offset(Tensor tensor) {
        return declared(tensor).offset();
    }

    private Tensor declared(Tensor tensor) {
        if (!current.uses(tensor)) {
            throw new IllegalStateException("operation " + current.name() + " does not declare " + tensor);
        }
        return tensor;
    }
}
