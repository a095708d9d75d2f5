package org.llmrlpt.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class PhiloxTest {
    /** The first words of the known answers that the authors publish with Random123. */
    @Test
    void theKnownAnswersComeOut() {
        assertEquals(0x6627e8d5, Philox.word(0, 0, 0, 0, 0, 0));
        assertEquals(0x408f276d, Philox.word(-1, -1, -1, -1, -1, -1));
        assertEquals(0xd16cfe09, Philox.word(0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344, 0xa4093822, 0x299f31d0));
    }

    @Test
    void theNumbersOfAStreamAndThoseOfNeighbouringStreamsAreUniform() {
        int[] along = new int[64];
        int[] across = new int[64];
        int n = 64_000;
        for (int i = 0; i < n; i++) {
            float u = Philox.uniform(1, 0, 5, 0, i);
            assertEquals(1, (int) (u * (1 << 24)) % 2);
            along[(int) (u * 64)]++;
            across[(int) (Philox.uniform(1, 0, i, 0, 5) * 64)]++;
        }
        assertTrue(chiSquare(along) < 103, "along: " + chiSquare(along));
        assertTrue(chiSquare(across) < 103, "across: " + chiSquare(across));
    }

    /** Of equally probable cells; with 63 degrees of freedom it is above 103 once in a thousand. */
    private static double chiSquare(int[] counts) {
        double expected = 1000;
        double sum = 0;
        for (int count : counts) {
            sum += (count - expected) * (count - expected) / expected;
        }
        return sum;
    }
}
