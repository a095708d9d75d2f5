package org.llmrlpt.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.BitSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.llmrlpt.config.UserError;
import org.llmrlpt.data.shards.TokenSource;
import org.llmrlpt.random.RandomStream;

class WindowsTest {
    private static final int END = 9;

    private static TokenSource counting(int n) {
        return TokenSource.of(IntStream.range(0, n).toArray());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 16, 17, 1000, 4097})
    void aPermutationVisitsEveryIndexOnce(long size) {
        IndexPermutation order = new IndexPermutation(size, RandomStream.of(1, "test"));
        BitSet seen = new BitSet();
        for (long i = 0; i < size; i++) {
            seen.set((int) order.at(i));
        }
        assertEquals(size, seen.cardinality());
        assertEquals(size, seen.length());
    }

    @Test
    void aPermutationHasFewFixedPointsAndFewNeighboursKept() {
        IndexPermutation order = new IndexPermutation(10_000, RandomStream.of(3, "test"));
        int fixed = 0;
        int neighbours = 0;
        for (long i = 0; i + 1 < 10_000; i++) {
            fixed += order.at(i) == i ? 1 : 0;
            neighbours += order.at(i) + 1 == order.at(i + 1) ? 1 : 0;
        }
        // Both counts are Poisson with mean 1 for a random permutation.
        assertTrue(fixed < 10, "fixed points: " + fixed);
        assertTrue(neighbours < 10, "neighbours: " + neighbours);
    }

    @Test
    void aPermutationWorksForMoreIndexesThanAnArrayHolds() {
        long size = 3_000_000_000_000L;
        IndexPermutation order = new IndexPermutation(size, RandomStream.of(3, "test"));
        long far = 0;
        for (long i = 0; i < 1000; i++) {
            long at = order.at(i);
            assertTrue(at >= 0 && at < size);
            far += at > size / 2 ? 1 : 0;
        }
        assertTrue(far > 400 && far < 600, "in the upper half: " + far);
    }

    @ParameterizedTest
    @CsvSource({"1000, 8", "17, 8", "16, 8", "9, 8", "1001, 1", "2, 1"})
    void everyWindowAppearsOncePerEpoch(int tokens, int length) {
        TrainingWindows windows = new TrainingWindows(counting(tokens), length, -1, 7);
        for (long epoch = 0; epoch < 3; epoch++) {
            BitSet targets = new BitSet();
            int[] batch = new int[length];
            for (long n = 0; n < windows.count(); n++) {
                int[] target = new int[length];
                windows.fill(epoch * windows.count() + n, batch, target, new int[length], new int[length], 0);
                for (int t = 0; t < length; t++) {
                    assertEquals(batch[t] + 1, target[t]);
                    targets.set(target[t]);
                }
            }
            assertEquals(windows.count() * length, targets.cardinality(), "every target is another token");
            assertTrue(windows.count() * length >= tokens - 2 * length, "hardly any token is left out");
        }
    }

    @Test
    void epochsDifferInOffsetAndOrder() {
        TrainingWindows windows = new TrainingWindows(counting(100_000), 64, -1, 7);
        long[] first = begins(windows, 0);
        long[] second = begins(windows, windows.count());
        assertNotEquals(first[0] % 64, second[0] % 64);
        assertNotEquals(Arrays.toString(first), Arrays.toString(second));
        assertNotEquals(Arrays.toString(first), Arrays.toString(begins(
                new TrainingWindows(counting(100_000), 64, -1, 8), 0)));
    }

    private static long[] begins(TrainingWindows windows, long first) {
        return IntStream.range(0, 50).mapToLong(i -> windows.begin(first + i)).toArray();
    }

    @Test
    void sequencesDependOnTheirNumberAlone() {
        TokenSource source = counting(5000);
        TrainingWindows straight = new TrainingWindows(source, 16, 100, 5);
        Batch all = new Batch(600, 16);
        straight.fill(0, all);
        TrainingWindows resumed = new TrainingWindows(source, 16, 100, 5);
        // Small batches, from the end to the beginning, over an epoch's border.
        Batch some = new Batch(3, 16);
        for (int first = 597; first >= 0; first -= 3) {
            resumed.fill(first, some);
            assertArrayEquals(Arrays.copyOfRange(all.tokens(), first * 16, (first + 3) * 16), some.tokens());
            assertArrayEquals(Arrays.copyOfRange(all.targets(), first * 16, (first + 3) * 16), some.targets());
            assertArrayEquals(Arrays.copyOfRange(all.positions(), first * 16, (first + 3) * 16), some.positions());
            assertArrayEquals(Arrays.copyOfRange(all.starts(), first * 16, (first + 3) * 16), some.starts());
        }
        assertTrue(straight.count() < 597);
    }

    @Test
    void tooFewTokensAreAUsersMistake() {
        UserError error = assertThrows(UserError.class, () -> new TrainingWindows(counting(8), 8, -1, 1));
        assertTrue(error.getMessage().contains("only 8 tokens"), error.getMessage());
    }

    @Test
    void documentsInAWindowAreKeptApart() {
        TokenSource source = TokenSource.of(1, 2, END, 3, 4, 5, END, END, 6, 7, 8);
        Windows windows = new EvaluationWindows(source, 10, END, 9);
        Batch batch = new Batch(1, 10);
        windows.fill(0, batch);
        assertArrayEquals(new int[] {1, 2, END, 3, 4, 5, END, END, 6, 7}, batch.tokens());
        assertArrayEquals(new int[] {2, END, 3, 4, 5, END, END, 6, 7, 8}, batch.targets());
        assertArrayEquals(new int[] {0, 0, 2, 2, 2, 2, 6, 7, 7, 7}, batch.starts());
        assertArrayEquals(new int[] {0, 1, 0, 1, 2, 3, 0, 0, 1, 2}, batch.positions());
    }

    @Test
    void withoutAnEndOfTextTokenTheWindowIsOneDocument() {
        Batch batch = new Batch(1, 10);
        new TrainingWindows(counting(11), 10, -1, 1).fill(0, batch);
        assertArrayEquals(new int[10], batch.starts());
        assertArrayEquals(IntStream.range(0, 10).toArray(), batch.positions());
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 8, 9, 10, 16, 17, 100})
    void evaluationCoversEveryTokenOnceAndPadsTheRest(int tokens) {
        EvaluationWindows windows = new EvaluationWindows(counting(tokens), 8, -1, Long.MAX_VALUE);
        Batch batch = new Batch((int) windows.count() + 2, 8);
        windows.fill(0, batch);
        int[] counted = Arrays.stream(batch.targets()).filter(t -> t >= 0).toArray();
        assertArrayEquals(IntStream.range(1, tokens).toArray(), counted);
        assertEquals(tokens - 1, batch.counted());
        assertTrue(Arrays.stream(batch.targets(), batch.targets().length - 16, batch.targets().length)
                .allMatch(t -> t == -1));
    }

    @Test
    void evaluationCanBeLimitedToTheFirstWindows() {
        EvaluationWindows windows = new EvaluationWindows(counting(100), 8, -1, 3);
        assertEquals(3, windows.count());
        Batch batch = new Batch(4, 8);
        windows.fill(0, batch);
        assertEquals(24, batch.counted());
    }

    @Test
    void anEmptySplitHasNoWindows() {
        assertEquals(0, new EvaluationWindows(TokenSource.of(), 8, -1, 3).count());
    }
}
