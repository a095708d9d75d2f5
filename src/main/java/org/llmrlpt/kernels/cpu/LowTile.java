package org.llmrlpt.kernels.cpu;

import static org.llmrlpt.kernels.cpu.Simd.broadcast;
import static org.llmrlpt.kernels.cpu.Simd.fma;
import static org.llmrlpt.kernels.cpu.Simd.load;
import static org.llmrlpt.kernels.cpu.Simd.storeSum;

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
    void multiply(float[] a, int at, long b, long c, long stepC, int k, long start, long stepStart) {
        FloatVector c0a, c0b, c1a, c1b, c2a, c2b, c3a, c3b;
        c0a = c0b = c1a = c1b = c2a = c2b = c3a = c3b = FloatVector.zero(S);
        for (int i = at; i < at + Tile512.ROWS * k; i += Tile512.ROWS) {
            FloatVector b0 = load(b);
            FloatVector b1 = load(b + BYTES);
            FloatVector x = broadcast(a[i]);
            c0a = fma(x, b0, c0a);
            c0b = fma(x, b1, c0b);
            x = broadcast(a[i + 1]);
            c1a = fma(x, b0, c1a);
            c1b = fma(x, b1, c1b);
            x = broadcast(a[i + 2]);
            c2a = fma(x, b0, c2a);
            c2b = fma(x, b1, c2b);
            x = broadcast(a[i + 3]);
            c3a = fma(x, b0, c3a);
            c3b = fma(x, b1, c3b);
            b += 2 * BYTES;
        }
        storeSum(c0a, start, c);
        storeSum(c0b, start + BYTES, c + BYTES);
        start += stepStart;
        c += stepC;
        storeSum(c1a, start, c);
        storeSum(c1b, start + BYTES, c + BYTES);
        start += stepStart;
        c += stepC;
        storeSum(c2a, start, c);
        storeSum(c2b, start + BYTES, c + BYTES);
        start += stepStart;
        c += stepC;
        storeSum(c3a, start, c);
        storeSum(c3b, start + BYTES, c + BYTES);
    }

    @Override
    void copyB(long from, long stepFrom, int k, int panels, long to, long stepPanel) {
        throw new UnsupportedOperationException("it reads the panels of Tile512");
    }
}
