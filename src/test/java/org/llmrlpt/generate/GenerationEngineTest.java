package org.llmrlpt.generate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.llmrlpt.config.ModelShape;
import org.llmrlpt.config.UserError;
import org.llmrlpt.kernels.Kernels;
import org.llmrlpt.kernels.RandomNumbers;
import org.llmrlpt.kernels.RowStatistics;
import org.llmrlpt.kernels.TestedKernels;
import org.llmrlpt.kernels.cpu.CpuKernels;
import org.llmrlpt.kernels.cpu.Workers;

class GenerationEngineTest {
    private static final Sampling GREEDY = new Sampling(0, 0, 1);

    static Stream<Arguments> models() {
        return TestedKernels.all().flatMap(k -> Stream.of(EngineHarness.SHAPE, EngineHarness.LLAMA)
            .map(s -> Arguments.of(k, s)));
    }

    /** Ragged prompts, one of a single token, groups of differing size. */
    private static List<Prompt> prompts() {
        int[] lengths = {5, 1, 12, 2, 7};
        int[] samples = {3, 2, 1, 4, 1};
        List<Prompt> prompts = new ArrayList<>();
        for (int i = 0; i < lengths.length; i++) {
            prompts.add(new Prompt(RandomNumbers.ints("prompt" + i, lengths[i], EngineHarness.ALLOWED), samples[i],
                100L * i));
        }
        return prompts;
    }

    @ParameterizedTest
    @MethodSource("models")
    void logProbabilitiesAndEntropiesAreThoseOfAFullForwardPass(Kernels kernels, ModelShape shape) {
        List<Prompt> prompts = prompts();
        try (EngineHarness h = new EngineHarness(kernels, shape, 4, 24)) {
            List<Completion> completions = h.generate(prompts, Sampling.PLAIN, 8, 4);
            assertEquals(11, completions.size());
            for (Completion c : completions) {
                float[][] want = h.full(prompts.get(c.prompt()), c);
                for (int i = 0; i < want.length; i++) {
                    assertEquals(-want[i][RowStatistics.NLL], c.logProbabilities()[i], 1e-4);
                    assertEquals(want[i][RowStatistics.ENTROPY], c.entropies()[i], 1e-4);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void greedyTokensAreTheMostProbableOfAFullForwardPass(Kernels kernels, ModelShape shape) {
        List<Prompt> prompts = List.of(new Prompt(new int[] {3, 9, 1}, 2, 0), new Prompt(new int[] {7}, 1, 5));
        try (EngineHarness h = new EngineHarness(kernels, shape, 2, 16)) {
            List<Completion> completions = h.generate(prompts, GREEDY, 10);
            int likeliest = 0;
            int tokens = 0;
            for (Completion c : completions) {
                for (float[] row : h.full(prompts.get(c.prompt()), c)) {
                    // Where a padded id is the most probable one, the engine takes the best of the others.
                    likeliest += (int) row[RowStatistics.RANK_ONE];
                    tokens++;
                }
            }
            assertEquals(30, tokens);
            assertTrue(likeliest >= 24, likeliest + " of " + tokens);
            assertArrayEquals(completions.get(0).tokens(), completions.get(1).tokens());
        }
    }

    @ParameterizedTest
    @MethodSource("org.llmrlpt.kernels.TestedKernels#all")
    void samplesDoNotDependOnTheNumberOfSlots(Kernels kernels) {
        List<Completion> want = sample(kernels, 11);
        for (int slots : kernels.name().equals("cpu") ? new int[] {1, 2, 3, 5, 20} : new int[] {3}) {
            sameSamples(want, sample(kernels, slots), slots + " slots");
        }
    }

    /**
     * From 64 slots on, cpu kernels multiply with packed copies of the weights. Prompts of one token need no prefill,
     * whose attention may round otherwise among other prompts.
     */
    @Test
    @EnabledIf("org.llmrlpt.kernels.TestedKernels#isFallback")
    void samplesOfManySlotsAreTheSameAlsoWhenTheWeightsHaveChanged() {
        List<Prompt> prompts = IntStream.range(0, 30).mapToObj(i -> new Prompt(new int[] {i}, 3, 10L * i)).toList();
        Kernels kernels = new CpuKernels();
        try (EngineHarness few = new EngineHarness(kernels, EngineHarness.SHAPE, 20, 24);
            EngineHarness many = new EngineHarness(kernels, EngineHarness.SHAPE, 70, 24)) {
            List<Completion> first = few.generate(prompts, Sampling.PLAIN, 12, 4);
            sameSamples(first, many.generate(prompts, Sampling.PLAIN, 12, 4), "70 slots");
            few.scaleWeights(0.5f);
            many.scaleWeights(0.5f);
            List<Completion> second = few.generate(prompts, Sampling.PLAIN, 12, 4);
            sameSamples(second, many.generate(prompts, Sampling.PLAIN, 12, 4), "70 slots, other weights");
            assertFalse(Arrays.equals(first.getFirst().logProbabilities(), second.getFirst().logProbabilities()));
        }
    }

    private static List<Completion> sample(Kernels kernels, int slots) {
        try (EngineHarness h = new EngineHarness(kernels, EngineHarness.SHAPE, slots, 24)) {
            return h.generate(prompts(), Sampling.PLAIN, 6, 4, 9);
        }
    }

    private static void sameSamples(List<Completion> want, List<Completion> got, String what) {
        assertEquals(want.size(), got.size());
        for (int i = 0; i < want.size(); i++) {
            assertEquals(want.get(i).prompt(), got.get(i).prompt());
            assertEquals(want.get(i).sample(), got.get(i).sample());
            assertArrayEquals(want.get(i).tokens(), got.get(i).tokens(), what + ", completion " + i);
            assertArrayEquals(want.get(i).logProbabilities(), got.get(i).logProbabilities(), what);
            assertArrayEquals(want.get(i).entropies(), got.get(i).entropies(), what);
        }
    }

    @Test
    @EnabledIf("org.llmrlpt.kernels.TestedKernels#isFallback")
    void samplesDoNotDependOnTheNumberOfThreads() {
        int before = Workers.threads();
        try {
            Workers.use(1);
            List<Completion> want = sample(new CpuKernels(), 4);
            Workers.use(3);
            sameSamples(want, sample(new CpuKernels(), 4), "three threads");
        } finally {
            Workers.use(before);
        }
    }

    @Test
    @EnabledIf("org.llmrlpt.kernels.TestedKernels#isFallback")
    void aSampleDependsOnItsStreamAndNotOnItsNeighbours() {
        List<Prompt> prompts = prompts();
        try (EngineHarness h = new EngineHarness(new CpuKernels(), EngineHarness.SHAPE, 4, 24)) {
            List<Completion> together = h.generate(prompts, Sampling.PLAIN, 6);
            Prompt last = prompts.get(3);
            Completion alone = h.generate(List.of(new Prompt(last.tokens(), 1, last.stream() + 2)), Sampling.PLAIN, 6)
                .getFirst();
            Completion other = h.generate(List.of(new Prompt(last.tokens(), 1, 999)), Sampling.PLAIN, 6).getFirst();
            assertArrayEquals(together.get(8).tokens(), alone.tokens());
            assertArrayEquals(together.get(8).logProbabilities(), alone.logProbabilities());
            assertFalse(Arrays.equals(alone.tokens(), other.tokens()));
        }
    }

    @Test
    @EnabledIf("org.llmrlpt.kernels.TestedKernels#isFallback")
    void wherePromptsStandInAPrefillOnlyRoundsTheirSamples() {
        int[] tokens = {4, 2, 8, 6, 1, 7, 3, 9, 5, 1, 2};
        List<Prompt> prompts = List.of(new Prompt(new int[] {5, 9, 2, 7, 1, 3, 8}, 1, 0), new Prompt(tokens, 1, 1));
        try (EngineHarness h = new EngineHarness(new CpuKernels(), EngineHarness.SHAPE, 4, 24)) {
            Completion second = h.generate(prompts, Sampling.PLAIN, 6).get(1);
            Completion alone = h.generate(List.of(new Prompt(tokens, 1, 1)), Sampling.PLAIN, 6).getFirst();
            assertArrayEquals(alone.tokens(), second.tokens());
            for (int i = 0; i < alone.tokens().length; i++) {
                assertEquals(alone.logProbabilities()[i], second.logProbabilities()[i], 1e-5);
            }
        }
    }

    /** The same engine again, with every slot full of what other texts left. */
    @Test
    @EnabledIf("org.llmrlpt.kernels.TestedKernels#isFallback")
    void whatEarlierTextsLeftInTheCacheDoesNotMatter() {
        try (EngineHarness h = new EngineHarness(new CpuKernels(), EngineHarness.SHAPE, 3, 24)) {
            List<Completion> want = h.generate(prompts(), Sampling.PLAIN, 6);
            h.generate(List.of(new Prompt(new int[] {1, 2, 3}, 3, 7)), Sampling.PLAIN, 20);
            sameSamples(want, h.generate(prompts(), Sampling.PLAIN, 6), "second time");
        }
    }

    @ParameterizedTest
    @MethodSource("org.llmrlpt.kernels.TestedKernels#all")
    void aStopTokenEndsItsTextOnlyAndIsItsLastToken(Kernels kernels) {
        List<Prompt> prompts = List.of(new Prompt(new int[] {3, 9}, 6, 0));
        try (EngineHarness h = new EngineHarness(kernels, EngineHarness.SHAPE, 2, 16)) {
            List<Completion> free = h.generate(prompts, Sampling.PLAIN, 7);
            int stop = free.get(2).tokens()[3];
            List<Completion> stopped = h.generate(prompts, Sampling.PLAIN, 7, stop);
            for (int i = 0; i < free.size(); i++) {
                int[] tokens = free.get(i).tokens();
                int at = IntStream.range(0, tokens.length).filter(j -> tokens[j] == stop).findFirst().orElse(-1);
                Completion c = stopped.get(i);
                int n = at < 0 ? tokens.length : at + 1;
                assertEquals(at < 0 ? Completion.Ending.TRUNCATED : Completion.Ending.STOPPED, c.ending());
                assertArrayEquals(Arrays.copyOf(tokens, n), c.tokens());
                assertArrayEquals(Arrays.copyOf(tokens, at < 0 ? n : at), c.text());
            }
            assertEquals(Completion.Ending.STOPPED, stopped.get(2).ending());
        }
    }

    @Test
    @EnabledIf("org.llmrlpt.kernels.TestedKernels#isFallback")
    void paddedIdsAreNeverDrawnAndCutsLeaveOnlyTheMostProbable() {
        List<Prompt> prompts = List.of(new Prompt(new int[] {3, 9, 20}, 60, 0));
        try (EngineHarness h = new EngineHarness(new CpuKernels(), EngineHarness.SHAPE, 16, 30)) {
            for (Completion c : h.generate(prompts, new Sampling(3, 0, 1), 20)) {
                assertTrue(Arrays.stream(c.tokens()).allMatch(t -> t >= 0 && t < EngineHarness.ALLOWED));
            }
            int[] greedy = h.generate(prompts, GREEDY, 20).getFirst().tokens();
            for (Sampling certain : List.of(new Sampling(1, 1, 1), new Sampling(1, 0, 0))) {
                assertArrayEquals(greedy, h.generate(prompts, certain, 20).getLast().tokens());
            }
            long first = h.generate(prompts, new Sampling(3, 2, 1), 1).stream().map(c -> c.tokens()[0]).distinct()
                .count();
            assertEquals(2, first);
        }
    }

    @Test
    @EnabledIf("org.llmrlpt.kernels.TestedKernels#isFallback")
    void textsEndAtTheLengthOfTheCacheAndTheStopSignalEndsAll() {
        try (EngineHarness h = new EngineHarness(new CpuKernels(), EngineHarness.SHAPE, 2, 10)) {
            List<Prompt> prompts = List.of(new Prompt(new int[] {1, 2, 3, 4, 5, 6}, 3, 0));
            for (Completion c : h.generate(prompts, Sampling.PLAIN, 100)) {
                assertEquals(4, c.tokens().length);
                assertEquals(Completion.Ending.TRUNCATED, c.ending());
            }
            AtomicInteger asked = new AtomicInteger();
            List<Completion> cut = h.engine().generate(prompts, Sampling.PLAIN, 100, new int[0], 11,
                () -> asked.incrementAndGet() > 2);
            assertEquals(List.of(2, 2, 0), cut.stream().map(c -> c.tokens().length).toList());
            assertTrue(cut.stream().allMatch(c -> c.ending() == Completion.Ending.INTERRUPTED));
            UserError e = assertThrows(UserError.class, () -> h.generate(List.of(new Prompt(new int[10], 1, 0)),
                Sampling.PLAIN, 1));
            assertTrue(e.getMessage().contains("10 tokens"), e.getMessage());
        }
    }

    @Test
    @EnabledIf("org.llmrlpt.kernels.TestedKernels#isFallback")
    void anotherSeedGivesOtherSamples() {
        try (EngineHarness h = new EngineHarness(new CpuKernels(), EngineHarness.SHAPE, 2, 20)) {
            List<Prompt> prompts = List.of(new Prompt(new int[] {1, 2}, 2, 0));
            List<Completion> one = h.engine().generate(prompts, Sampling.PLAIN, 15, new int[0], 1L << 40, () -> false);
            List<Completion> two = h.engine().generate(prompts, Sampling.PLAIN, 15, new int[0], 2L << 40, () -> false);
            assertNotEquals(Arrays.toString(one.get(0).tokens()), Arrays.toString(two.get(0).tokens()));
            assertNotEquals(Arrays.toString(one.get(0).tokens()), Arrays.toString(one.get(1).tokens()));
        }
    }
}
