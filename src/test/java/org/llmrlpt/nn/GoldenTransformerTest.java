package org.llmrlpt.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.llmrlpt.kernels.Closeness.assertClose;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.llmrlpt.config.ModelShape;
import org.llmrlpt.data.Batch;
import org.llmrlpt.eval.TokenStatistics;
import org.llmrlpt.kernels.Golden;
import org.llmrlpt.kernels.Kernels;
import org.llmrlpt.kernels.RowStatistics;
import org.llmrlpt.kernels.Shaping;
import org.llmrlpt.kernels.TestedKernels;

/** Whole decoders against float64: logits, losses and every gradient. */
class GoldenTransformerTest {
    static Stream<Arguments> golden() {
        List<Golden> cases = TestedKernels.affordable(Golden.cases("transformer"));
        return TestedKernels.all().flatMap(k -> cases.stream().map(c -> Arguments.of(k, c)));
    }

    @ParameterizedTest
    @MethodSource("golden")
    void logitsLossAndGradientsOfCrossEntropyAgree(Kernels kernels, Golden golden) {
        try (ModelHarness h = harness(kernels, golden, Shaping.CROSS_ENTROPY)) {
            Batch batch = batch(golden);
            assertClose("logits", golden.expected("logits"), h.logits(batch));
            TokenStatistics statistics = h.train(batch, batch.counted());
            assertEquals(golden.expected("ce_loss")[0], statistics.nll(), 1e-5, "loss");
            assertGradients(golden, "ce_grad.", h);
        }
    }

    @ParameterizedTest
    @MethodSource("golden")
    void lossAndGradientsOfTheShapedObjectiveAgree(Kernels kernels, Golden golden) {
        var gpo = golden.config().get("gpo");
        Shaping shaping = new Shaping((float) gpo.get("beta").doubleValue(),
            (float) gpo.get("lambda_head").doubleValue(), (float) gpo.get("lambda_tail").doubleValue(),
            gpo.get("k").intValue());
        try (ModelHarness h = harness(kernels, golden, shaping)) {
            Batch batch = batch(golden);
            TokenStatistics statistics = h.train(batch, batch.counted());
            assertEquals(golden.expected("gpo_loss")[0], -statistics.mean(RowStatistics.OBJECTIVE), 1e-5, "loss");
            assertGradients(golden, "gpo_grad.", h);
        }
    }

    private static void assertGradients(Golden golden, String prefix, ModelHarness h) {
        float[] gradients = h.gradients();
        for (String input : golden.inputs()) {
            if (input.startsWith("weight.")) {
                String name = input.substring("weight.".length());
                assertClose(prefix + name, golden.expected(prefix + name), h.part(gradients, name));
            }
        }
    }

    private static Batch batch(Golden golden) {
        int[] shape = golden.shape("tokens");
        return ModelHarness.batch(shape[0], shape[1], golden.ints("tokens"), golden.ints("targets"));
    }

    private static ModelHarness harness(Kernels kernels, Golden golden, Shaping shaping) {
        int[] size = golden.shape("tokens");
        ModelShape shape = new ModelShape((int) golden.config("num_hidden_layers"), (int) golden.config("hidden_size"),
            (int) golden.config("num_attention_heads"), (int) golden.config("num_key_value_heads"),
            (int) golden.config("head_dim"), (int) golden.config("intermediate_size"),
            (int) golden.config("vocab_size"), golden.config().get("tie_word_embeddings").asBoolean(),
            golden.config().get("qk_norm").asBoolean(), golden.config("rope_theta"), golden.config("rms_norm_eps"),
            size[1]);
        ModelHarness h = new ModelHarness(kernels, shape, shaping, size[0], size[1]);
        float[] weights = new float[h.weights().length];
        for (String input : golden.inputs()) {
            if (input.startsWith("weight.")) {
                h.putPart(weights, input.substring("weight.".length()), golden.floats(input));
            }
        }
        h.weights(weights);
        return h;
    }
}
