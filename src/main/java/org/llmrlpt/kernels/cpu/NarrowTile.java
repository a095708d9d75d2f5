package org.llmrlpt.kernels.cpu;

import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;
import static org.llmrlpt.kernels.cpu.Memory.ALL;
import static org.llmrlpt.kernels.cpu.Memory.ORDER;
import static org.llmrlpt.kernels.cpu.Memory.ZEROS;

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
    void multiply(float[] a, int at, long b, long c, long stepC, int k, boolean accumulate) {
        FloatVector c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11;
        c0 = c1 = c2 = c3 = c4 = c5 = c6 = c7 = c8 = c9 = c10 = c11 = FloatVector.zero(S);
        for (int i = at; i < at + ROWS * k; i += ROWS) {
            FloatVector v = fromMemorySegment(S, ALL, b, ORDER);
            c0 = broadcast(S, a[i]).fma(v, c0);
            c1 = broadcast(S, a[i + 1]).fma(v, c1);
            c2 = broadcast(S, a[i + 2]).fma(v, c2);
            c3 = broadcast(S, a[i + 3]).fma(v, c3);
            c4 = broadcast(S, a[i + 4]).fma(v, c4);
            c5 = broadcast(S, a[i + 5]).fma(v, c5);
            c6 = broadcast(S, a[i + 6]).fma(v, c6);
            c7 = broadcast(S, a[i + 7]).fma(v, c7);
            c8 = broadcast(S, a[i + 8]).fma(v, c8);
            c9 = broadcast(S, a[i + 9]).fma(v, c9);
            c10 = broadcast(S, a[i + 10]).fma(v, c10);
            c11 = broadcast(S, a[i + 11]).fma(v, c11);
            b += BYTES;
        }
        long start = accumulate ? c : ZEROS;
        long stepStart = accumulate ? stepC : 0;
        c0.add(fromMemorySegment(S, ALL, start, ORDER)).intoMemorySegment(ALL, c, ORDER);
        start += stepStart;
        c += stepC;
        c1.add(fromMemorySegment(S, ALL, start, ORDER)).intoMemorySegment(ALL, c, ORDER);
        start += stepStart;
        c += stepC;
        c2.add(fromMemorySegment(S, ALL, start, ORDER)).intoMemorySegment(ALL, c, ORDER);
        start += stepStart;
        c += stepC;
        c3.add(fromMemorySegment(S, ALL, start, ORDER)).intoMemorySegment(ALL, c, ORDER);
        start += stepStart;
        c += stepC;
        c4.add(fromMemorySegment(S, ALL, start, ORDER)).intoMemorySegment(ALL, c, ORDER);
        start += stepStart;
        c += stepC;
        c5.add(fromMemorySegment(S, ALL, start, ORDER)).intoMemorySegment(ALL, c, ORDER);
        start += stepStart;
        c += stepC;
        c6.add(fromMemorySegment(S, ALL, start, ORDER)).intoMemorySegment(ALL, c, ORDER);
        start += stepStart;
        c += stepC;
        c7.add(fromMemorySegment(S, ALL, start, ORDER)).intoMemorySegment(ALL, c, ORDER);
        start += stepStart;
        c += stepC;
        c8.add(fromMemorySegment(S, ALL, start, ORDER)).intoMemorySegment(ALL, c, ORDER);
        start += stepStart;
        c += stepC;
        c9.add(fromMemorySegment(S, ALL, start, ORDER)).intoMemorySegment(ALL, c, ORDER);
        start += stepStart;
        c += stepC;
        c10.add(fromMemorySegment(S, ALL, start, ORDER)).intoMemorySegment(ALL, c, ORDER);
        start += stepStart;
        c += stepC;
        c11.add(fromMemorySegment(S, ALL, start, ORDER)).intoMemorySegment(ALL, c, ORDER);
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
