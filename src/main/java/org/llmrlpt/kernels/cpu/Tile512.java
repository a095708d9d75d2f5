package org.llmrlpt.kernels.cpu;

import static jdk.incubator.vector.FloatVector.fromMemorySegment;
import static org.llmrlpt.kernels.cpu.Memory.ALL;
import static org.llmrlpt.kernels.cpu.Memory.ORDER;
import static org.llmrlpt.kernels.cpu.Simd.broadcast;
import static org.llmrlpt.kernels.cpu.Simd.fma;
import static org.llmrlpt.kernels.cpu.Simd.load;
import static org.llmrlpt.kernels.cpu.Simd.storeSum;

import java.lang.invoke.VarHandle;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** 12 rows by 32 columns, for the 32 registers of AVX-512: 24 accumulators, two vectors of B and one of A. */
final class Tile512 extends Tile {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_512;
    private static final int BYTES = S.vectorByteSize();
    /** Rows of the tile, and of its panels of A. */
    static final int ROWS = 12;
    private static final int COLUMNS = 2 * S.length();
    private static final Tile NARROW = new NarrowTile();
    private static final Tile LOW = new LowTile();

    Tile512() {
        super(ROWS, COLUMNS);
    }

    @Override
    void multiply(float[] a, int at, long b, long c, long stepC, int k, long start, long stepStart) {
        FloatVector c0a, c0b, c1a, c1b, c2a, c2b, c3a, c3b, c4a, c4b, c5a, c5b;
        FloatVector c6a, c6b, c7a, c7b, c8a, c8b, c9a, c9b, c10a, c10b, c11a, c11b;
        c0a = c0b = c1a = c1b = c2a = c2b = c3a = c3b = c4a = c4b = c5a = c5b = FloatVector.zero(S);
        c6a = c6b = c7a = c7b = c8a = c8b = c9a = c9b = c10a = c10b = c11a = c11b = FloatVector.zero(S);
        FloatVector b0, b1, x;
        int i = at;
        for (; i < at + ROWS * (k - 1); i += 2 * ROWS) {
            b0 = load(S, b);
            b1 = load(S, b + BYTES);
            x = broadcast(S, a[i]);
            c0a = fma(S, x, b0, c0a);
            c0b = fma(S, x, b1, c0b);
            x = broadcast(S, a[i + 1]);
            c1a = fma(S, x, b0, c1a);
            c1b = fma(S, x, b1, c1b);
            x = broadcast(S, a[i + 2]);
            c2a = fma(S, x, b0, c2a);
            c2b = fma(S, x, b1, c2b);
            x = broadcast(S, a[i + 3]);
            c3a = fma(S, x, b0, c3a);
            c3b = fma(S, x, b1, c3b);
            x = broadcast(S, a[i + 4]);
            c4a = fma(S, x, b0, c4a);
            c4b = fma(S, x, b1, c4b);
            x = broadcast(S, a[i + 5]);
            c5a = fma(S, x, b0, c5a);
            c5b = fma(S, x, b1, c5b);
            x = broadcast(S, a[i + 6]);
            c6a = fma(S, x, b0, c6a);
            c6b = fma(S, x, b1, c6b);
            x = broadcast(S, a[i + 7]);
            c7a = fma(S, x, b0, c7a);
            c7b = fma(S, x, b1, c7b);
            x = broadcast(S, a[i + 8]);
            c8a = fma(S, x, b0, c8a);
            c8b = fma(S, x, b1, c8b);
            x = broadcast(S, a[i + 9]);
            c9a = fma(S, x, b0, c9a);
            c9b = fma(S, x, b1, c9b);
            x = broadcast(S, a[i + 10]);
            c10a = fma(S, x, b0, c10a);
            c10b = fma(S, x, b1, c10b);
            x = broadcast(S, a[i + 11]);
            c11a = fma(S, x, b0, c11a);
            c11b = fma(S, x, b1, c11b);
            VarHandle.loadLoadFence();
            b0 = load(S, b + 2 * BYTES);
            b1 = load(S, b + 3 * BYTES);
            x = broadcast(S, a[i + ROWS]);
            c0a = fma(S, x, b0, c0a);
            c0b = fma(S, x, b1, c0b);
            x = broadcast(S, a[i + ROWS + 1]);
            c1a = fma(S, x, b0, c1a);
            c1b = fma(S, x, b1, c1b);
            x = broadcast(S, a[i + ROWS + 2]);
            c2a = fma(S, x, b0, c2a);
            c2b = fma(S, x, b1, c2b);
            x = broadcast(S, a[i + ROWS + 3]);
            c3a = fma(S, x, b0, c3a);
            c3b = fma(S, x, b1, c3b);
            x = broadcast(S, a[i + ROWS + 4]);
            c4a = fma(S, x, b0, c4a);
            c4b = fma(S, x, b1, c4b);
            x = broadcast(S, a[i + ROWS + 5]);
            c5a = fma(S, x, b0, c5a);
            c5b = fma(S, x, b1, c5b);
            x = broadcast(S, a[i + ROWS + 6]);
            c6a = fma(S, x, b0, c6a);
            c6b = fma(S, x, b1, c6b);
            x = broadcast(S, a[i + ROWS + 7]);
            c7a = fma(S, x, b0, c7a);
            c7b = fma(S, x, b1, c7b);
            x = broadcast(S, a[i + ROWS + 8]);
            c8a = fma(S, x, b0, c8a);
            c8b = fma(S, x, b1, c8b);
            x = broadcast(S, a[i + ROWS + 9]);
            c9a = fma(S, x, b0, c9a);
            c9b = fma(S, x, b1, c9b);
            x = broadcast(S, a[i + ROWS + 10]);
            c10a = fma(S, x, b0, c10a);
            c10b = fma(S, x, b1, c10b);
            x = broadcast(S, a[i + ROWS + 11]);
            c11a = fma(S, x, b0, c11a);
            c11b = fma(S, x, b1, c11b);
            b += 4 * BYTES;
        }
        if (i < at + ROWS * k) {
            b0 = load(S, b);
            b1 = load(S, b + BYTES);
            x = broadcast(S, a[i]);
            c0a = fma(S, x, b0, c0a);
            c0b = fma(S, x, b1, c0b);
            x = broadcast(S, a[i + 1]);
            c1a = fma(S, x, b0, c1a);
            c1b = fma(S, x, b1, c1b);
            x = broadcast(S, a[i + 2]);
            c2a = fma(S, x, b0, c2a);
            c2b = fma(S, x, b1, c2b);
            x = broadcast(S, a[i + 3]);
            c3a = fma(S, x, b0, c3a);
            c3b = fma(S, x, b1, c3b);
            x = broadcast(S, a[i + 4]);
            c4a = fma(S, x, b0, c4a);
            c4b = fma(S, x, b1, c4b);
            x = broadcast(S, a[i + 5]);
            c5a = fma(S, x, b0, c5a);
            c5b = fma(S, x, b1, c5b);
            x = broadcast(S, a[i + 6]);
            c6a = fma(S, x, b0, c6a);
            c6b = fma(S, x, b1, c6b);
            x = broadcast(S, a[i + 7]);
            c7a = fma(S, x, b0, c7a);
            c7b = fma(S, x, b1, c7b);
            x = broadcast(S, a[i + 8]);
            c8a = fma(S, x, b0, c8a);
            c8b = fma(S, x, b1, c8b);
            x = broadcast(S, a[i + 9]);
            c9a = fma(S, x, b0, c9a);
            c9b = fma(S, x, b1, c9b);
            x = broadcast(S, a[i + 10]);
            c10a = fma(S, x, b0, c10a);
            c10b = fma(S, x, b1, c10b);
            x = broadcast(S, a[i + 11]);
            c11a = fma(S, x, b0, c11a);
            c11b = fma(S, x, b1, c11b);
        }
        storeSum(S, c0a, start, c);
        storeSum(S, c0b, start + BYTES, c + BYTES);
        start += stepStart;
        c += stepC;
        storeSum(S, c1a, start, c);
        storeSum(S, c1b, start + BYTES, c + BYTES);
        start += stepStart;
        c += stepC;
        storeSum(S, c2a, start, c);
        storeSum(S, c2b, start + BYTES, c + BYTES);
        start += stepStart;
        c += stepC;
        storeSum(S, c3a, start, c);
        storeSum(S, c3b, start + BYTES, c + BYTES);
        start += stepStart;
        c += stepC;
        storeSum(S, c4a, start, c);
        storeSum(S, c4b, start + BYTES, c + BYTES);
        start += stepStart;
        c += stepC;
        storeSum(S, c5a, start, c);
        storeSum(S, c5b, start + BYTES, c + BYTES);
        start += stepStart;
        c += stepC;
        storeSum(S, c6a, start, c);
        storeSum(S, c6b, start + BYTES, c + BYTES);
        start += stepStart;
        c += stepC;
        storeSum(S, c7a, start, c);
        storeSum(S, c7b, start + BYTES, c + BYTES);
        start += stepStart;
        c += stepC;
        storeSum(S, c8a, start, c);
        storeSum(S, c8b, start + BYTES, c + BYTES);
        start += stepStart;
        c += stepC;
        storeSum(S, c9a, start, c);
        storeSum(S, c9b, start + BYTES, c + BYTES);
        start += stepStart;
        c += stepC;
        storeSum(S, c10a, start, c);
        storeSum(S, c10b, start + BYTES, c + BYTES);
        start += stepStart;
        c += stepC;
        storeSum(S, c11a, start, c);
        storeSum(S, c11b, start + BYTES, c + BYTES);
    }

    @Override
    Tile low(int height) {
        return height <= 2 * LOW.rows ? LOW : this;
    }

    @Override
    Tile edge(int width) {
        return width <= NARROW.columns ? NARROW : this;
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
