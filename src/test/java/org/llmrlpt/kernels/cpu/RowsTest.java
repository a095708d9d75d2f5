package org.llmrlpt.kernels.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;
import org.llmrlpt.random.RandomStream;

class RowsTest {
    private static final int[] LENGTHS = {1, 2, 15, 16, 17, 31, 63, 64, 65, 100, 1000, 4099};

    @Test
    void reductionsOfRowsOfAnyLengthAreRight() {
        for (int n : LENGTHS) {
            MemorySegment xs = random(n, "x");
            MemorySegment ys = random(n, "y");
            double max = Double.NEGATIVE_INFINITY;
            double sum = 0;
            double sumExp = 0;
            double dot = 0;
            for (int i = 0; i < n; i++) {
                float x = get(xs, i);
                max = Math.max(max, x);
                sum += x;
                sumExp += Math.exp(x - 0.5);
                dot += (double) x * get(ys, i);
            }
            assertEquals(max, Rows.max(xs.address(), n));
            assertEquals(sum, Rows.sum(xs.address(), n), 1e-6 * n);
            assertEquals(sumExp, Rows.sumExp(xs.address(), n, 0.5f), 1e-6 * sumExp);
            assertEquals(dot, Rows.dot(xs.address(), ys.address(), n), 1e-6 * n);
        }
    }

    @Test
    void aRowWhoseElementsAreAllMinusInfinityHasThatMaximumAndMaskedElementsAddNothing() {
        MemorySegment xs = Arena.global().allocate(80, Memory.ALIGNMENT);
        for (int i = 0; i < 20; i++) {
            Memory.setFloat(xs.address() + 4L * i, Float.NEGATIVE_INFINITY);
        }
        assertEquals(Float.NEGATIVE_INFINITY, Rows.max(xs.address(), 20));
        Memory.setFloat(xs.address() + 4 * 17, 3f);
        assertEquals(3f, Rows.max(xs.address(), 20));
        assertEquals(1f, Rows.sumExp(xs.address(), 20, 3f));
    }

    @Test
    void elementwisePassesAreRightAndStayWithinTheRow() {
        for (int n : LENGTHS) {
            MemorySegment xs = random(n + 1, "x");
            MemorySegment ys = random(n + 1, "y");
            MemorySegment es = random(n + 1, "y");
            MemorySegment zs = random(n + 1, "y");
            double sum = 0;
            Rows.axpy(0.25f, xs.address(), ys.address(), n);
            double returned = Rows.exp(xs.address(), 1f, es.address(), n);
            Rows.scale(3f, xs.address(), zs.address(), n);
            MemorySegment before = random(n + 1, "y");
            for (int i = 0; i < n; i++) {
                float x = get(xs, i);
                assertEquals(Math.fma(x, 0.25f, get(before, i)), get(ys, i));
                assertEquals(Math.exp(x - 1), get(es, i), 2e-7);
                assertEquals(3f * x, get(zs, i));
                sum += get(es, i);
            }
            assertEquals(sum, returned, 1e-6 * sum);
            for (MemorySegment written : new MemorySegment[] {ys, es, zs}) {
                assertEquals(get(before, n), get(written, n));
            }
        }
    }

    private static float get(MemorySegment memory, int i) {
        return Memory.getFloat(memory.address() + 4L * i);
    }

    private static MemorySegment random(int n, String stream) {
        MemorySegment memory = Arena.global().allocate(4L * n, Memory.ALIGNMENT);
        RandomStream random = RandomStream.of(n, stream);
        for (int i = 0; i < n; i++) {
            Memory.setFloat(memory.address() + 4L * i, (float) (2 * random.nextDouble() - 1));
        }
        return memory;
    }
}
