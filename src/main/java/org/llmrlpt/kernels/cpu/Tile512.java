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
            b0 = load(b);
            b1 = load(b + BYTES);
            x = broadcast(a[i]);
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
            x = broadcast(a[i + 4]);
            c4a = fma(x, b0, c4a);
            c4b = fma(x, b1, c4b);
            x = broadcast(a[i + 5]);
            c5a = fma(x, b0, c5a);
            c5b = fma(x, b1, c5b);
            x = broadcast(a[i + 6]);
            c6a = fma(x, b0, c6a);
            c6b = fma(x, b1, c6b);
            x = broadcast(a[i + 7]);
            c7a = fma(x, b0, c7a);
            c7b = fma(x, b1, c7b);
            x = broadcast(a[i + 8]);
            c8a = fma(x, b0, c8a);
            c8b = fma(x, b1, c8b);
            x = broadcast(a[i + 9]);
            c9a = fma(x, b0, c9a);
            c9b = fma(x, b1, c9b);
            x = broadcast(a[i + 10]);
            c10a = fma(x, b0, c10a);
            c10b = fma(x, b1, c10b);
            x = broadcast(a[i + 11]);
            c11a = fma(x, b0, c11a);
            c11b = fma(x, b1, c11b);
            VarHandle.loadLoadFence(); // keeps the loads below it: Tile says why
            b0 = load(b + 2 * BYTES);
            b1 = load(b + 3 * BYTES);
            x = broadcast(a[i + ROWS]);
            c0a = fma(x, b0, c0a);
            c0b = fma(x, b1, c0b);
            x = broadcast(a[i + ROWS + 1]);
            c1a = fma(x, b0, c1a);
            c1b = fma(x, b1, c1b);
            x = broadcast(a[i + ROWS + 2]);
            c2a = fma(x, b0, c2a);
            c2b = fma(x, b1, c2b);
            x = broadcast(a[i + ROWS + 3]);
            c3a = fma(x, b0, c3a);
            c3b = fma(x, b1, c3b);
            x = broadcast(a[i + ROWS + 4]);
            c4a = fma(x, b0, c4a);
            c4b = fma(x, b1, c4b);
            x = broadcast(a[i + ROWS + 5]);
            c5a = fma(x, b0, c5a);
            c5b = fma(x, b1, c5b);
            x = broadcast(a[i + ROWS + 6]);
            c6a = fma(x, b0, c6a);
            c6b = fma(x, b1, c6b);
            x = broadcast(a[i + ROWS + 7]);
            c7a = fma(x, b0, c7a);
            c7b = fma(x, b1, c7b);
            x = broadcast(a[i + ROWS + 8]);
            c8a = fma(x, b0, c8a);
            c8b = fma(x, b1, c8b);
            x = broadcast(a[i + ROWS + 9]);
            c9a = fma(x, b0, c9a);
            c9b = fma(x, b1, c9b);
            x = broadcast(a[i + ROWS + 10]);
            c10a = fma(x, b0, c10a);
            c10b = fma(x, b1, c10b);
            x = broadcast(a[i + ROWS + 11]);
            c11a = fma(x, b0, c11a);
            c11b = fma(x, b1, c11b);
            b += 4 * BYTES;
        }
        if (i < at + ROWS * k) { // k is odd
            b0 = load(b);
            b1 = load(b + BYTES);
            x = broadcast(a[i]);
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
            x = broadcast(a[i + 4]);
            c4a = fma(x, b0, c4a);
            c4b = fma(x, b1, c4b);
            x = broadcast(a[i + 5]);
            c5a = fma(x, b0, c5a);
            c5b = fma(x, b1, c5b);
            x = broadcast(a[i + 6]);
            c6a = fma(x, b0, c6a);
            c6b = fma(x, b1, c6b);
            x = broadcast(a[i + 7]);
            c7a = fma(x, b0, c7a);
            c7b = fma(x, b1, c7b);
            x = broadcast(a[i + 8]);
            c8a = fma(x, b0, c8a);
            c8b = fma(x, b1, c8b);
            x = broadcast(a[i + 9]);
            c9a = fma(x, b0, c9a);
            c9b = fma(x, b1, c9b);
            x = broadcast(a[i + 10]);
            c10a = fma(x, b0, c10a);
            c10b = fma(x, b1, c10b);
            x = broadcast(a[i + 11]);
            c11a = fma(x, b0, c11a);
            c11b = fma(x, b1, c11b);
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
        start += stepStart;
        c += stepC;
        storeSum(c4a, start, c);
        storeSum(c4b, start + BYTES, c + BYTES);
        start += stepStart;
        c += stepC;
        storeSum(c5a, start, c);
        storeSum(c5b, start + BYTES, c + BYTES);
        start += stepStart;
        c += stepC;
        storeSum(c6a, start, c);
        storeSum(c6b, start + BYTES, c + BYTES);
        start += stepStart;
        c += stepC;
        storeSum(c7a, start, c);
        storeSum(c7b, start + BYTES, c + BYTES);
        start += stepStart;
        c += stepC;
        storeSum(c8a, start, c);
        storeSum(c8b, start + BYTES, c + BYTES);
        start += stepStart;
        c += stepC;
        storeSum(c9a, start, c);
        storeSum(c9b, start + BYTES, c + BYTES);
        start += stepStart;
        c += stepC;
        storeSum(c10a, start, c);
        storeSum(c10b, start + BYTES, c + BYTES);
        start += stepStart;
        c += stepC;
        storeSum(c11a, start, c);
        storeSum(c11b, start + BYTES, c + BYTES);
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
