package org.llmrlpt.kernels.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class HeadMemoryTest {
    @Test
    void chunksAreEvenAndHaveAtMost1024Rows() {
        assertEquals(1024, chunk(4096, 384, 4096));
        assertEquals(550, chunk(1100, 8, 20));
        assertEquals(7, chunk(7, 8, 20));
    }

    @Test
    void aLargeVocabularyMayHaveAsManyLogitsAsWeights() {
        assertEquals(512, chunk(1024, 768, 50_304));
        assertEquals(50, chunk(100, 64, 1_000_000));
    }

    @Test
    void workingMemoryHoldsAChunkOfLogitsAndOfGatheredRows() {
        assertEquals(512 * (50_304 + 768), HeadMemory.floats(1024, 768, 50_304));
        assertEquals(7 * (32 + 16), HeadMemory.floats(7, 8, 20));
    }

    private static int chunk(int rows, int width, int vocabulary) {
        return new HeadMemory(0, rows, width, vocabulary).chunk();
    }
}
