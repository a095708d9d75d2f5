package org.llmrlpt.kernels.cpu;

import static jdk.incubator.vector.FloatVector.fromMemorySegment;
import static org.llmrlpt.kernels.cpu.Memory.ALL;
import static org.llmrlpt.kernels.cpu.Memory.ORDER;
import static org.llmrlpt.kernels.cpu.Simd.broadcast;
import static org.llmrlpt.kernels.cpu.Simd.fma;
import static org.llmrlpt.kernels.cpu.Simd.load;
import static org.llmrlpt.kernels.cpu.Simd.storeSum;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * 12 rows by one vector, for products with few columns. Twelve chains of multiply-adds are enough to hide their
 * latency, and 16 registers hold them.
 */
final class NarrowTile extends Tile {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final int BYTES = S.vectorByteSize();
    private static final int ROWS = 12;

    NarrowTile() {
        super(ROWS, S.length());
    }

    @Override
    void multiply(float[] a, int at, long b, long c, long stepC, int k, long start, long stepStart) {
        FloatVector c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11;
        c0 = c1 = c2 = c3 = c4 = c5 = c6 = c7 = c8 = c9 = c10 = c11 = FloatVector.zero(S);
        for (int i = at; i < at + ROWS * k; i += ROWS) {
            FloatVector v = load(b);
            c0 = fma(broadcast(a[i]), v, c0);
            c1 = fma(broadcast(a[i + 1]), v, c1);
            c2 = fma(broadcast(a[i + 2]), v, c2);
            c3 = fma(broadcast(a[i + 3]), v, c3);
            c4 = fma(broadcast(a[i + 4]), v, c4);
            c5 = fma(broadcast(a[i + 5]), v, c5);
            c6 = fma(broadcast(a[i + 6]), v, c6);
            c7 = fma(broadcast(a[i + 7]), v, c7);
            c8 = fma(broadcast(a[i + 8]), v, c8);
            c9 = fma(broadcast(a[i + 9]), v, c9);
            c10 = fma(broadcast(a[i + 10]), v, c10);
            c11 = fma(broadcast(a[i + 11]), v, c11);
            b += BYTES;
        }
        storeSum(c0, start, c);
        start += stepStart;
        c += stepC;
        storeSum(c1, start, c);
        start += stepStart;
        c += stepC;
        storeSum(c2, start, c);
        start += stepStart;
        c += stepC;
        storeSum(c3, start, c);
        start += stepStart;
        c += stepC;
        storeSum(c4, start, c);
        start += stepStart;
        c += stepC;
        storeSum(c5, start, c);
        start += stepStart;
        c += stepC;
        storeSum(c6, start, c);
        start += stepStart;
        c += stepC;
        storeSum(c7, start, c);
        start += stepStart;
        c += stepC;
        storeSum(c8, start, c);
        start += stepStart;
        c += stepC;
        storeSum(c9, start, c);
        start += stepStart;
        c += stepC;
        storeSum(c10, start, c);
        start += stepStart;
        c += stepC;
        storeSum(c11, start, c);
    }

    @Override
    void copyB(long from, long stepFrom, int k, int panels, long to, long stepPanel) {
        for (int i = 0; i < k; i++) {
            for (int p = 0; p < panels; p++) {
                fromMemorySegment(S, ALL, from + p * BYTES, ORDER).intoMemorySegment(ALL, to + p * stepPanel, ORDER);
            }
            from += stepFrom;
            to += BYTES;
        }
    }
}
