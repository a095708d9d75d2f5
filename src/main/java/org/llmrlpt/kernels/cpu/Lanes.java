package org.llmrlpt.kernels.cpu;

import static jdk.incubator.vector.FloatVector.fromMemorySegment;
import static org.llmrlpt.kernels.cpu.Memory.ALL;
import static org.llmrlpt.kernels.cpu.Memory.ORDER;
import static org.llmrlpt.kernels.cpu.Memory.getFloat;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Sums over the lanes of a vector in a fixed order. {@code reduceLanes(ADD)} leaves the order open, and really adds in
 * another order once the JIT compiler has replaced the interpreter (seen with JDK 25), so that the same run could give
 * different bits. Store the vector, then sum it here.
 */
final class Lanes {
    private static final VectorSpecies<Float> FOUR = FloatVector.SPECIES_128;

    private Lanes() {
    }

    /** Sum of {@code count} floats, a power of two: every fourth in order, then the four sums as two pairs. */
    static float sum(long address, int count) {
        if (count < 4) {
            return count == 1 ? getFloat(address) : getFloat(address) + getFloat(address + 4);
        }
        FloatVector fours = fromMemorySegment(FOUR, ALL, address, ORDER);
        for (int i = 4; i < count; i += 4) {
            fours = fours.add(fromMemorySegment(FOUR, ALL, Memory.at(address, i), ORDER));
        }
        return (fours.lane(0) + fours.lane(1)) + (fours.lane(2) + fours.lane(3));
    }
}
