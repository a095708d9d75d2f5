package org.llmrlpt.kernels.cpu;

/** As {@link Scratch}, but arrays: what a tile reads element by element, the compiler reads faster from an array. */
final class ScratchArray {
    private final ThreadLocal<float[]> arrays = ThreadLocal.withInitial(() -> new float[0]);

    /** The calling thread's array of at least {@code count} floats, until the same thread asks for more. */
    float[] floats(int count) {
        float[] array = arrays.get();
        if (array.length < count) {
            array = new float[count];
            arrays.set(array);
        }
        return array;
    }
}
