package org.llmrlpt.rl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.llmrlpt.kernels.Closeness.assertClose;

import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.llmrlpt.config.Binder;
import org.llmrlpt.config.LengthStages;
import org.llmrlpt.config.ModelShape;
import org.llmrlpt.config.RlSettings;
import org.llmrlpt.config.RlSettings.LossAggregation;
import org.llmrlpt.device.ArenaKind;
import org.llmrlpt.device.Session;
import org.llmrlpt.kernels.Closeness;
import org.llmrlpt.kernels.Kernels;
import org.llmrlpt.kernels.SampledTokens;
import org.llmrlpt.kernels.SeenKeys;
import org.llmrlpt.kernels.Surrogate;
import org.llmrlpt.nn.Transformer;
import org.llmrlpt.random.RandomStream;

class AnswerPackingTest {
    private static final int VOCABULARY = 23;
    private static final ModelShape SHAPE = new ModelShape(2, 16, 2, 1, 8, 24, VOCABULARY, true, true, 10000, 1e-6, 64);
    private static final Surrogate SURROGATE = new Surrogate(0.2f, 0.28f, 0.1f, 0.8f);

    @Test
    void everyAnswerStandsInOneMicroBatchAndLittleIsPadded() {
        RandomStream random = RandomStream.of(7, "packing");
        for (int trial = 0; trial < 200; trial++) {
            List<Answer> answers = answers(random, random.between(1, 60), 50);
            AnswerPacking packing = new AnswerPacking(256);
            List<PackedBatch> batches = packing.pack(answers, weights(LossAggregation.TOKEN_MEAN, answers));
            int[] tokens = answers.stream().flatMapToInt(a -> Arrays.stream(a.tokens())).sorted().toArray();
            int[] targets = batches.stream().flatMapToInt(b -> Arrays.stream(b.targets())).filter(i -> i >= 0).sorted()
                .toArray();
            assertArrayEquals(tokens, targets);
            int computed = batches.stream().mapToInt(PackedBatch::rows).sum();
            int needed = PackedBatch.of(answers, 60 * 50, weights(LossAggregation.TOKEN_MEAN, answers)).used();
            assertTrue(computed <= 1.35 * needed + 64, needed + " positions in " + computed);
            for (PackedBatch batch : batches) {
                assertTrue(packing.shapes().contains(batch.rows()));
            }
        }
    }

    @Test
    void theAnswersOfAStepAreOneMicroBatchAsFarAsMemoryAllows() {
        AnswerLengths lengths = new AnswerLengths(512, 6, LengthStages.parse("64"));
        ModelShape tiny = new ModelShape(4, 256, 4, 2, 64, 704, 259, true, true, 10000, 1e-6, 512);
        ModelShape wide = new ModelShape(28, 1536, 16, 4, 96, 4608, 50304, true, true, 10000, 1e-6, 512);
        assertEquals(16 * (5 + 8 * 64) + 48, largest(tiny, lengths, Map.of()));
        assertEquals(1088, largest(wide, lengths, Map.of()));
        assertEquals(512, largest(wide, lengths, Map.of("prompts", "1", "group", "2")), "one text fits always");
        assertEquals(1000, largest(tiny, lengths, Map.of("micro-batch", "1000")));
        assertEquals(512, largest(tiny, lengths, Map.of("micro-batch", "16")));
    }

    private static int largest(ModelShape shape, AnswerLengths lengths, Map<String, String> settings) {
        return AnswerPacking.of(Binder.bind(RlSettings.class, settings), shape, lengths).shapes().getFirst();
    }

    @Test
    void answersShareTheBeginningOfTheirPromptAndKeepTheirTokensPositionsAndBounds() {
        Answer one = new Answer(new int[] {1, 2, 3}, new int[] {4, 5}, new float[] {-1, -2}, 0.5);
        Answer two = new Answer(new int[] {1, 2, 3}, new int[] {9}, new float[] {-5}, 0.25);
        Answer three = new Answer(new int[] {6}, new int[] {7, 8}, new float[] {-3, -4}, -1);
        List<Answer> answers = List.of(one, two, three);
        PackedBatch batch = PackedBatch.of(answers, 8, weights(LossAggregation.TOKEN_MEAN, answers));
        assertEquals(7, batch.used());
        assertArrayEquals(new int[] {1, 2, 3, 4, 3, 6, 7, 0}, batch.tokens());
        assertArrayEquals(new int[] {-1, -1, 4, 5, 9, 7, 8, -1}, batch.targets());
        assertArrayEquals(new int[] {0, 1, 2, 3, 2, 0, 1, 0}, batch.positions());
        assertArrayEquals(new int[] {0, 0, 0, 0, 0, 5, 5, 7}, column(batch, SeenKeys.FIRST));
        assertArrayEquals(new int[] {0, 0, 2, 2, 2, 5, 5, 7}, column(batch, SeenKeys.GAP));
        assertArrayEquals(new int[] {0, 0, 2, 2, 4, 5, 5, 7}, column(batch, SeenKeys.GAP_END));
        int row = 6 * SampledTokens.COLUMNS;
        assertEquals(-4, batch.known()[row + SampledTokens.OLD_LOG_P]);
        assertEquals(-1, batch.known()[row + SampledTokens.ADVANTAGE]);
        assertEquals(0.2f, batch.known()[row + SampledTokens.WEIGHT]);
    }

    private static int[] column(PackedBatch batch, int column) {
        return IntStream.range(0, batch.rows()).map(r -> batch.seen()[r * SeenKeys.COLUMNS + column]).toArray();
    }

    @Test
    void aGroupThatIsTooLargeForAMicroBatchIsSplit() {
        int[] prompt = new int[30];
        List<Answer> answers = IntStream.range(0, 5)
            .mapToObj(i -> new Answer(prompt, new int[] {i + 1, i + 1, i + 1}, new float[3], 0)).toList();
        List<PackedBatch> batches = new AnswerPacking(36).pack(answers, weights(LossAggregation.TOKEN_MEAN, answers));
        assertEquals(3, batches.size(), "29 positions of the beginning leave room for two answers");
        assertEquals(5 * 3, batches.stream().flatMapToInt(b -> Arrays.stream(b.targets())).filter(t -> t > 0).count());
    }

    @ParameterizedTest
    @EnumSource(LossAggregation.class)
    void weightsAddUpToWhatTheirNameSays(LossAggregation aggregation) {
        List<Answer> answers = answers(RandomStream.of(3, "weights"), 12, 30);
        TokenWeights weights = weights(aggregation, answers);
        double sum = answers.stream().mapToDouble(a -> weights.of(a) * a.tokens().length).sum();
        double meanLength = answers.stream().mapToInt(a -> a.tokens().length).average().orElseThrow();
        assertEquals(switch (aggregation) {
            case TOKEN_MEAN, SEQ_MEAN_TOKEN_MEAN -> 1;
            case SEQ_MEAN_TOKEN_SUM -> meanLength;
            case SEQ_MEAN_TOKEN_SUM_NORM -> meanLength / 100;
        }, sum, 1e-12);
        double longer = answers.stream().filter(a -> a.tokens().length > meanLength).findFirst()
            .map(a -> weights.of(a) * answers.size()).orElseThrow();
        assertTrue(aggregation != LossAggregation.SEQ_MEAN_TOKEN_MEAN || longer < 1 / meanLength,
            "a sequence mean gives tokens of long answers less");
    }

    /** Micro-batches, packing and shared beginnings change the gradient by rounding only. */
    @ParameterizedTest
    @MethodSource("org.llmrlpt.kernels.TestedKernels#all")
    void splittingAStepIntoMicroBatchesChangesNothing(Kernels kernels) {
        List<Answer> answers = answers(RandomStream.of(5, "split"), 9, 20);
        float[] alone = gradient(kernels, answers, 32);
        float[] together = gradient(kernels, answers, 512);
        assertClose("gradients", Closeness.doubles(alone), together, 1e-5, 1e-8);
    }

    private static float[] gradient(Kernels kernels, List<Answer> answers, int largest) {
        AnswerPacking packing = new AnswerPacking(largest);
        try (Session session = new Session()) {
            Transformer model = new Transformer(SHAPE, session, true, SHAPE.maxLength());
            List<PolicyStep> steps = new ArrayList<>();
            for (int rows : packing.shapes()) {
                steps.add(new PolicyStep(session, kernels, model, SURROGATE, "policy", rows, true));
            }
            session.start();
            model.fillAngles(session);
            model.parameters().initialise(session, 1, SHAPE.layers());
            session.upload();
            SurrogateSums sums = new SurrogateSums();
            List<PackedBatch> batches = packing.pack(answers, weights(LossAggregation.TOKEN_MEAN, answers));
            for (PackedBatch batch : batches) {
                steps.stream().filter(s -> s.rows() == batch.rows()).findFirst().orElseThrow().run(batch, sums);
            }
            assertEquals(answers.stream().mapToInt(a -> a.tokens().length).sum(), sums.tokens());
            session.fetch(ArenaKind.GRADIENTS);
            return session.segment(model.parameters().gradients())
                .toArray(ValueLayout.JAVA_FLOAT);
        }
    }

    private static TokenWeights weights(LossAggregation aggregation, List<Answer> answers) {
        return new TokenWeights(aggregation, answers, 100);
    }

    /** Answers of up to {@code longest} positions; some have the prompt of the one before. */
    private static List<Answer> answers(RandomStream random, int count, int longest) {
        List<Answer> answers = new ArrayList<>();
        int[] prompt = {};
        for (int i = 0; i < count; i++) {
            if (i == 0 || random.nextInt(3) == 0) {
                prompt = new int[random.between(1, longest / 2)];
                Arrays.setAll(prompt, j -> random.nextInt(VOCABULARY));
            }
            int[] tokens = new int[random.between(1, longest / 2)];
            Arrays.setAll(tokens, j -> random.nextInt(VOCABULARY));
            float[] logProbabilities = new float[tokens.length];
            for (int j = 0; j < tokens.length; j++) {
                logProbabilities[j] = (float) (-3 + random.nextGaussian() / 5);
            }
            answers.add(new Answer(prompt, tokens, logProbabilities, random.nextGaussian()));
        }
        return answers;
    }
}
