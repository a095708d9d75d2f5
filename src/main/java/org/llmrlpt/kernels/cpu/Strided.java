package org.llmrlpt.kernels.cpu;

import org.llmrlpt.device.Placement;
import org.llmrlpt.device.Tensor;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/**
 * A strided matrix as one parameter of a task, where separate ones would be more than TornadoVM's twenty. Only the
 * fallback, which calls a task as it is, can pass it on.
 *
 * @param array where the matrix lies
 * @param at index of its first element
 * @param stride elements from one row to the next
 */
public record Strided(FloatArray array, int at, int stride) {
    static Strided of(Placement placement, Tensor tensor) {
        return new Strided(placement.floats(tensor), placement.offset(tensor), tensor.stride());
    }

    /** Address of the first element. */
    long address() {
        return Memory.at(array.getSegment().address(), at);
    }

    /** Address of row r. */
    long row(int r) {
        return address() + r * step();
    }

    /** Bytes from one row to the next. */
    long step() {
        return 4L * stride;
    }
}
