package org.llmrlpt.device;

import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * The kernels that move inputs into the arenas. Written with @Parallel, not KernelContext, so that the same methods are
 * plain loops when the fallback calls them.
 */
final class TransferKernels {
    private TransferKernels() {
    }

    /** to[toAt + i] = from[fromAt + i], i in [0, n). */
    static void copyInts(IntArray from, int fromAt, IntArray to, int toAt, int n) {
        for (@Parallel int i = 0; i < n; i++) {
            to.set(toAt + i, from.get(fromAt + i));
        }
    }

    /** to[toAt + i] = from[fromAt + i], i in [0, n). */
    static void copyFloats(FloatArray from, int fromAt, FloatArray to, int toAt, int n) {
        for (@Parallel int i = 0; i < n; i++) {
            to.set(toAt + i, from.get(fromAt + i));
        }
    }

    /** Reads and writes one element, which makes the array an input and an output of the graph that owns it. */
    static void touchFloats(FloatArray array) {
        for (@Parallel int i = 0; i < 1; i++) {
            array.set(i, array.get(i));
        }
    }

    /** Reads and writes one element, which makes the array an input and an output of the graph that owns it. */
    static void touchInts(IntArray array) {
        for (@Parallel int i = 0; i < 1; i++) {
            array.set(i, array.get(i));
        }
    }
}
