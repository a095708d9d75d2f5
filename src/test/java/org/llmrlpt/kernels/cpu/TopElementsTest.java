package org.llmrlpt.kernels.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class TopElementsTest {
    private final TopElements top = new TopElements();

    @Test
    void whatIsNotANumberNeverBelongs() {
        float[] row = new float[40];
        for (int i = 0; i < row.length; i++) {
            row[i] = i % 2 == 0 ? i : Float.NaN;
        }
        find(row, 4);
        assertEquals(32, top.threshold());
        assertEquals(32, top.lastEqual());
        assertEquals(38, top.largest());
        int[] indices = new int[4];
        assertEquals(3, top.list(indices, 34));
        assertEquals(32, indices[0]);
        assertEquals(36, indices[1]);
        assertEquals(38, indices[2]);
    }

    @Test
    void allBelongWhenFewerAreNumbers() {
        float[] row = new float[40];
        Arrays.fill(row, Float.NaN);
        row[3] = 5;
        row[17] = -7;
        find(row, 4);
        assertEquals(Float.NEGATIVE_INFINITY, top.threshold());
        assertTrue(top.belongs(-7, 17));
        assertFalse(top.belongs(Float.NaN, 1));
        assertEquals(2, top.list(new int[4], -1));
    }

    private void find(float[] row, int k) {
        long x = new Scratch().floats(row.length);
        for (int i = 0; i < row.length; i++) {
            Memory.setFloat(Memory.at(x, i), row[i]);
        }
        top.find(x, row.length, k);
    }
}
