package org.llmrlpt.kernels.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;
import org.llmrlpt.random.RandomStream;

class RowsTest {
    private static final int[] LENGTHS = {1, 2, 15, 16, 17, 31, 63, 64, 65, 100, 1000, 4099};

    @Test
    void theMaximumOfRowsOfAnyLengthIsFound() {
        for (int n : LENGTHS) {
            MemorySegment xs = random(n, "x");
            double max = Double.NEGATIVE_INFINITY;
            for (int i = 0; i < n; i++) {
                max = Math.max(max, get(xs, i));
            }
            assertEquals(max, Rows.max(xs.address(), n));
        }
    }

    @Test
    void aRowWhoseElementsAreAllMinusInfinityHasThatMaximum() {
        MemorySegment xs = Arena.global().allocate(80, Memory.ALIGNMENT);
        for (int i = 0; i < 20; i++) {
            Memory.setFloat(xs.address() + 4L * i, Float.NEGATIVE_INFINITY);
        }
        assertEquals(Float.NEGATIVE_INFINITY, Rows.max(xs.address(), 20));
        Memory.setFloat(xs.address() + 4 * 17, 3f);
        assertEquals(3f, Rows.max(xs.address(), 20));
    }

    @Test
    void aRowIsScaledAndNothingBehindIt() {
        for (int n : LENGTHS) {
            MemorySegment xs = random(n + 1, "x");
            MemorySegment ys = random(n + 1, "y");
            float behind = get(ys, n);
            Rows.scale(3f, xs.address(), ys.address(), n);
            for (int i = 0; i < n; i++) {
                assertEquals(3f * get(xs, i), get(ys, i));
            }
            assertEquals(behind, get(ys, n));
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
