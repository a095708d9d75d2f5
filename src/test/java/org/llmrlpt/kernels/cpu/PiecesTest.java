package org.llmrlpt.kernels.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PiecesTest {
    @AfterEach
    void backToAllProcessors() {
        Workers.use(Runtime.getRuntime().availableProcessors());
    }

    @Test
    void aRangeIsCutWithoutGapsIntoPiecesOfAllowedLengths() {
        for (int threads : new int[] {1, 2, 3, 8, 16}) {
            Workers.use(threads);
            for (int all : new int[] {1, 2, 5, 22, 86, 4192}) {
                for (int tasks : new int[] {1, 3, 8}) {
                    Pieces pieces = new Pieces(all, 16, 3, tasks);
                    int from = 0;
                    for (int i = 0; i < pieces.count(); i++) {
                        assertEquals(from, pieces.begin(i));
                        int length = pieces.end(from) - from;
                        String what = pieces + " on " + threads + " threads: piece " + i + " has " + length;
                        assertTrue(length >= Math.min(3, all - from) && length <= 16, what);
                        from += length;
                    }
                    assertEquals(all, from);
                }
            }
        }
    }

    @Test
    void thePiecesOfALongRangeGetShorterAndAShortRangeGivesEachThreadTheSame() {
        Workers.use(2);
        Pieces tapered = new Pieces(86, 16, 3, 1);
        assertEquals(16, tapered.end(0));
        int last = tapered.begin(tapered.count() - 1);
        assertTrue(86 - last <= 3, "the last begins at " + last);
        Workers.use(16);
        Pieces equal = new Pieces(86, 16, 3, 1);
        assertEquals(15, equal.count()); // 16 threads, six tiles each
        assertEquals(6, equal.end(0));
    }
}
