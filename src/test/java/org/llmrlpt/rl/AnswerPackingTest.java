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
            assertEquals(answers.stream().mapToInt(Answer::positions).sum(),
                batches.stream().mapToInt(PackedBatch::used).sum());
            int computed = batches.stream().mapToInt(PackedBatch::rows).sum();
            int needed = batches.stream().mapToInt(PackedBatch::used).sum();
            assertTrue(computed <= 1.3 * needed + 64, needed + " positions in " + computed);
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
        assertEquals(128 * 69, largest(tiny, lengths, Map.of()));
        assertEquals(1088, largest(wide, lengths, Map.of()));
        assertEquals(512, largest(wide, lengths, Map.of("prompts", "1", "group", "2")), "one text fits always");
        assertEquals(1000, largest(tiny, lengths, Map.of("micro-batch", "1000")));
        assertEquals(512, largest(tiny, lengths, Map.of("micro-batch", "16")));
    }

    private static int largest(ModelShape shape, AnswerLengths lengths, Map<String, String> settings) {
        return AnswerPacking.of(Binder.bind(RlSettings.class, settings), shape, lengths).shapes().getFirst();
    }

    @Test
    void documentsKeepTheirTokensPositionsAndBounds() {
        Answer one = new Answer(new int[] {1, 2, 3}, new int[] {4, 5}, new float[] {-1, -2}, 0.5);
        Answer two = new Answer(new int[] {6}, new int[] {7, 8}, new float[] {-3, -4}, -1);
        PackedBatch batch = PackedBatch.of(List.of(one, two), 8,
            weights(LossAggregation.TOKEN_MEAN, List.of(one, two)));
        assertArrayEquals(new int[] {1, 2, 3, 4, 6, 7, 0, 0}, batch.tokens());
        assertArrayEquals(new int[] {-1, -1, 4, 5, 7, 8, -1, -1}, batch.targets());
        assertArrayEquals(new int[] {0, 1, 2, 3, 0, 1, 0, 0}, batch.positions());
        assertArrayEquals(new int[] {0, 0, 0, 0, 4, 4, 6, 7}, batch.starts());
        int row = 5 * SampledTokens.COLUMNS;
        assertEquals(-4, batch.known()[row + SampledTokens.OLD_LOG_P]);
        assertEquals(-1, batch.known()[row + SampledTokens.ADVANTAGE]);
        assertEquals(0.25f, batch.known()[row + SampledTokens.WEIGHT]);
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

    /** Micro-batches and packing change the gradient by rounding only. */
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

    /** Answers of up to {@code longest} positions. */
    private static List<Answer> answers(RandomStream random, int count, int longest) {
        List<Answer> answers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int[] prompt = new int[random.between(1, longest / 2)];
            int[] tokens = new int[random.between(1, longest / 2)];
            Arrays.setAll(prompt, j -> random.nextInt(VOCABULARY));
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
