package org.llmrlpt.kernels.cpu;

import static jdk.incubator.vector.FloatVector.fromMemorySegment;
import static org.llmrlpt.kernels.cpu.Memory.ALL;
import static org.llmrlpt.kernels.cpu.Memory.ORDER;
import static org.llmrlpt.kernels.cpu.Memory.getFloat;
import static org.llmrlpt.kernels.cpu.Memory.setFloat;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * Sums over the lanes of a vector in a fixed order. {@code reduceLanes(ADD)} leaves the order open, and really adds in
 * another order once the JIT compiler has replaced the interpreter (seen with JDK 25), so that the same run could give
 * different bits. Store the vector, then sum it here.
 */
final class Lanes {
    private static final VectorSpecies<Float> FOUR = FloatVector.SPECIES_128;
    private static final VectorShuffle<Float> AABB = VectorShuffle.fromValues(FOUR, 0, 0, 1, 1);
    private static final VectorShuffle<Float> CCDD = VectorShuffle.fromValues(FOUR, 2, 2, 3, 3);
    private static final VectorShuffle<Float> ABAB = VectorShuffle.fromValues(FOUR, 0, 1, 0, 1);
    private static final VectorShuffle<Float> CDCD = VectorShuffle.fromValues(FOUR, 2, 3, 2, 3);
    private static final VectorMask<Float> ODD = VectorMask.fromLong(FOUR, 0b1010);
    private static final VectorMask<Float> HIGH = VectorMask.fromLong(FOUR, 0b1100);

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

    /** to[i] = sum of the {@code count} floats, a power of two, of vector i of four that follow each other. */
    static void sumFour(long address, int count, long to) {
        if (count < 4) {
            for (int i = 0; i < 4; i++) {
                setFloat(Memory.at(to, i), sum(Memory.at(address, (long) i * count), count));
            }
            return;
        }
        long second = Memory.at(address, count);
        long third = Memory.at(second, count);
        long fourth = Memory.at(third, count);
        FloatVector a = fromMemorySegment(FOUR, ALL, address, ORDER);
        FloatVector b = fromMemorySegment(FOUR, ALL, second, ORDER);
        FloatVector c = fromMemorySegment(FOUR, ALL, third, ORDER);
        FloatVector d = fromMemorySegment(FOUR, ALL, fourth, ORDER);
        for (int i = 4; i < count; i += 4) {
            long o = 4L * i;
            a = a.add(fromMemorySegment(FOUR, ALL, address + o, ORDER));
            b = b.add(fromMemorySegment(FOUR, ALL, second + o, ORDER));
            c = c.add(fromMemorySegment(FOUR, ALL, third + o, ORDER));
            d = d.add(fromMemorySegment(FOUR, ALL, fourth + o, ORDER));
        }
        FloatVector ab = a.rearrange(AABB).blend(b.rearrange(AABB), ODD)
            .add(a.rearrange(CCDD).blend(b.rearrange(CCDD), ODD));
        FloatVector cd = c.rearrange(AABB).blend(d.rearrange(AABB), ODD)
            .add(c.rearrange(CCDD).blend(d.rearrange(CCDD), ODD));
        ab.blend(cd.rearrange(ABAB), HIGH).add(ab.rearrange(CDCD).blend(cd, HIGH)).intoMemorySegment(ALL, to, ORDER);
    }
}
