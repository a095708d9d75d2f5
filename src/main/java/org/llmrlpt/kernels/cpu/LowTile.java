package org.llmrlpt.kernels.cpu;

import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;
import static org.llmrlpt.kernels.cpu.Memory.ALL;
import static org.llmrlpt.kernels.cpu.Memory.ORDER;
import static org.llmrlpt.kernels.cpu.Memory.ZEROS;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * 4 rows by 32 columns, for what is left below the last full {@link Tile512}; it reads four rows of its panels of
 * A. Eight chains of multiply-adds just hide their latency.
 */
final class LowTile extends Tile {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_512;
    private static final int BYTES = S.vectorByteSize();
    private static final int ROWS = 4;
    private static final int COLUMNS = 2 * S.length();

    LowTile() {
        super(ROWS, COLUMNS);
    }

    @Override
    void multiply(float[] a, int at, long b, long c, long stepC, int k, boolean accumulate) {
        FloatVector c0a, c0b, c1a, c1b, c2a, c2b, c3a, c3b;
        c0a = c0b = c1a = c1b = c2a = c2b = c3a = c3b = FloatVector.zero(S);
        for (int i = at; i < at + Tile512.ROWS * k; i += Tile512.ROWS) {
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
            b += 2 * BYTES;
        }
        long start = accumulate ? c : ZEROS;
        long stepStart = accumulate ? stepC : 0;
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
    }

    @Override
    void copyB(long from, long stepFrom, int k, int panels, long to, long stepPanel) {
        throw new UnsupportedOperationException("it reads the panels of Tile512");
    }
}
