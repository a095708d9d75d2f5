package org.llmrlpt.kernels.cpu;

import static jdk.incubator.vector.FloatVector.fromMemorySegment;
import static org.llmrlpt.kernels.cpu.Memory.ALL;
import static org.llmrlpt.kernels.cpu.Memory.ORDER;
import static org.llmrlpt.kernels.cpu.Memory.getFloat;
import static org.llmrlpt.kernels.cpu.Memory.setFloat;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/** Element by element: sums, zeros. */
public final class ElementKernels {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final int LANES = S.length();
    private static final int BYTES = S.vectorByteSize();

    private ElementKernels() {
    }

    /** y = a + b, all [rows, columns]; y may be a or b. */
    public static void add(FloatArray a, int aAt, int aStride, FloatArray b, int bAt, int bStride, FloatArray y,
        int yAt, int yStride, int rows, int columns) {
        long aBase = Memory.at(a.getSegment().address(), aAt);
        long bBase = Memory.at(b.getSegment().address(), bAt);
        long yBase = Memory.at(y.getSegment().address(), yAt);
        Elements.forEachRun(rows, columns, (row, column, count) -> addRun(
            Memory.at(aBase, (long) row * aStride + column), Memory.at(bBase, (long) row * bStride + column),
            Memory.at(yBase, (long) row * yStride + column), count));
    }

    /** x = 0, n elements. */
    public static void zero(FloatArray x, int at, int n) {
        long base = Memory.at(x.getSegment().address(), at);
        Elements.forEachRun(1, n, (row, column, count) -> Memory.clear(Memory.at(base, column), count));
    }

    /** y = a + b, {@code count} neighbouring elements. */
    static void addRun(long a, long b, long y, int count) {
        int i = 0;
        for (; i + LANES <= count; i += LANES) {
            fromMemorySegment(S, ALL, a, ORDER).add(fromMemorySegment(S, ALL, b, ORDER))
                .intoMemorySegment(ALL, y, ORDER);
            a += BYTES;
            b += BYTES;
            y += BYTES;
        }
        for (; i < count; i++) {
            setFloat(y, getFloat(a) + getFloat(b));
            a += 4;
            b += 4;
            y += 4;
        }
    }
}
