package org.llmrlpt.kernels.cpu;

import static org.llmrlpt.kernels.cpu.Memory.getFloat;

/**
 * Sums over the lanes of a vector in a fixed order. {@code reduceLanes(ADD)} leaves the order open, and really adds in
 * another order once the JIT compiler has replaced the interpreter (seen with JDK 25), so that the same run could give
 * different bits. Store the vector, then sum it here.
 */
final class Lanes {
    private Lanes() {
    }

    /** Sum of {@code count} floats, a power of two: every fourth in order, then the four sums as two pairs. */
    static float sum(long address, int count) {
        float a = 0f;
        float b = 0f;
        float c = 0f;
        float d = 0f;
        int i = 0;
        for (; i + 4 <= count; i += 4) {
            long at = Memory.at(address, i);
            a += getFloat(at);
            b += getFloat(at + 4);
            c += getFloat(at + 8);
            d += getFloat(at + 12);
        }
        for (; i < count; i++) {
            a += getFloat(Memory.at(address, i));
        }
        return (a + b) + (c + d);
    }
}
