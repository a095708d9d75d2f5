package org.llmrlpt.kernels.cpu;

import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;
import static org.llmrlpt.kernels.cpu.Memory.ALL;
import static org.llmrlpt.kernels.cpu.Memory.ORDER;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** 8 rows by 8 columns, for the 32 registers of NEON: 16 accumulators, two vectors of B and one of A. */
final class Tile128 extends Tile {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_128;
    private static final int BYTES = S.vectorByteSize();
    private static final int ROWS = 8;
    private static final int COLUMNS = 2 * S.length();

    Tile128() {
        super(ROWS, COLUMNS);
    }

    @Override
    void multiply(float[] a, int at, long b, long c, long stepC, int k, long start, long stepStart) {
        FloatVector c0a, c0b, c1a, c1b, c2a, c2b, c3a, c3b, c4a, c4b, c5a, c5b, c6a, c6b, c7a, c7b;
        c0a = c0b = c1a = c1b = c2a = c2b = c3a = c3b = c4a = c4b = c5a = c5b = c6a = c6b = c7a = c7b =
            FloatVector.zero(S);
        for (int i = at; i < at + ROWS * k; i += ROWS) {
            FloatVector b0 = fromMemorySegment(S, ALL, b, ORDER);
            FloatVector b1 = fromMemorySegment(S, ALL, b + BYTES, ORDER);
            FloatVector x = broadcast(S, a[i]);
            c0a = x.fma(b0, c0a);
            c0b = x.fma(b1, c0b);
            x = broadcast(S, a[i + 1]);
            c1a = x.fma(b0, c1a);
            c1b = x.fma(b1, c1b);
            x = broadcast(S, a[i + 2]);
            c2a = x.fma(b0, c2a);
            c2b = x.fma(b1, c2b);
            x = broadcast(S, a[i + 3]);
            c3a = x.fma(b0, c3a);
            c3b = x.fma(b1, c3b);
            x = broadcast(S, a[i + 4]);
            c4a = x.fma(b0, c4a);
            c4b = x.fma(b1, c4b);
            x = broadcast(S, a[i + 5]);
            c5a = x.fma(b0, c5a);
            c5b = x.fma(b1, c5b);
            x = broadcast(S, a[i + 6]);
            c6a = x.fma(b0, c6a);
            c6b = x.fma(b1, c6b);
            x = broadcast(S, a[i + 7]);
            c7a = x.fma(b0, c7a);
            c7b = x.fma(b1, c7b);
            b += 2 * BYTES;
        }
        c0a.add(fromMemorySegment(S, ALL, start, ORDER)).intoMemorySegment(ALL, c, ORDER);
        c0b.add(fromMemorySegment(S, ALL, start + BYTES, ORDER)).intoMemorySegment(ALL, c + BYTES, ORDER);
        start += stepStart;
        c += stepC;
        c1a.add(fromMemorySegment(S, ALL, start, ORDER)).intoMemorySegment(ALL, c, ORDER);
        c1b.add(fromMemorySegment(S, ALL, start + BYTES, ORDER)).intoMemorySegment(ALL, c + BYTES, ORDER);
        start += stepStart;
        c += stepC;
        c2a.add(fromMemorySegment(S, ALL, start, ORDER)).intoMemorySegment(ALL, c, ORDER);
        c2b.add(fromMemorySegment(S, ALL, start + BYTES, ORDER)).intoMemorySegment(ALL, c + BYTES, ORDER);
        start += stepStart;
        c += stepC;
        c3a.add(fromMemorySegment(S, ALL, start, ORDER)).intoMemorySegment(ALL, c, ORDER);
        c3b.add(fromMemorySegment(S, ALL, start + BYTES, ORDER)).intoMemorySegment(ALL, c + BYTES, ORDER);
        start += stepStart;
        c += stepC;
        c4a.add(fromMemorySegment(S, ALL, start, ORDER)).intoMemorySegment(ALL, c, ORDER);
        c4b.add(fromMemorySegment(S, ALL, start + BYTES, ORDER)).intoMemorySegment(ALL, c + BYTES, ORDER);
        start += stepStart;
        c += stepC;
        c5a.add(fromMemorySegment(S, ALL, start, ORDER)).intoMemorySegment(ALL, c, ORDER);
        c5b.add(fromMemorySegment(S, ALL, start + BYTES, ORDER)).intoMemorySegment(ALL, c + BYTES, ORDER);
        start += stepStart;
        c += stepC;
        c6a.add(fromMemorySegment(S, ALL, start, ORDER)).intoMemorySegment(ALL, c, ORDER);
        c6b.add(fromMemorySegment(S, ALL, start + BYTES, ORDER)).intoMemorySegment(ALL, c + BYTES, ORDER);
        start += stepStart;
        c += stepC;
        c7a.add(fromMemorySegment(S, ALL, start, ORDER)).intoMemorySegment(ALL, c, ORDER);
        c7b.add(fromMemorySegment(S, ALL, start + BYTES, ORDER)).intoMemorySegment(ALL, c + BYTES, ORDER);
    }

    @Override
    void copyB(long from, long stepFrom, int k, int panels, long to, long stepPanel) {
        for (int i = 0; i < k; i++) {
            long s = from;
            long d = to;
            for (int p = 0; p < panels; p++) {
                fromMemorySegment(S, ALL, s, ORDER).intoMemorySegment(ALL, d, ORDER);
                fromMemorySegment(S, ALL, s + BYTES, ORDER).intoMemorySegment(ALL, d + BYTES, ORDER);
                s += 2 * BYTES;
                d += stepPanel;
            }
            from += stepFrom;
            to += 2 * BYTES;
        }
    }
}
