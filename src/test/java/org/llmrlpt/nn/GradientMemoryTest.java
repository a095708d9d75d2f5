package org.llmrlpt.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.llmrlpt.kernels.Closeness.assertSameBits;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.llmrlpt.config.ModelShape;
import org.llmrlpt.data.Batch;
import org.llmrlpt.device.ArenaKind;
import org.llmrlpt.kernels.Kernels;
import org.llmrlpt.kernels.Shaping;
import org.llmrlpt.kernels.TestedKernels;
import org.llmrlpt.kernels.cpu.CpuKernels;
import org.llmrlpt.nn.Parameters.Gradients;
import org.llmrlpt.random.RandomStream;

class GradientMemoryTest {
    private static final Shaping SHAPED = new Shaping(-0.25f, 0.1f, -0.1f, 5);

    /** Width 22 leaves gaps between the weights; none behind the table and the head of a vocabulary of 40. */
    private static ModelShape shape(int vocabulary, boolean tied, boolean qkNorm) {
        return new ModelShape(3, 22, 4, 2, 6, 19, vocabulary, tied, qkNorm, 10000, 1e-6, 16);
    }

    private static Batch batch(int number) {
        RandomStream random = RandomStream.of(5, "tokens " + number);
        return ModelHarness.batch(2, 12, ints(random), ints(random));
    }

    private static int[] ints(RandomStream random) {
        int[] some = new int[24];
        Arrays.setAll(some, i -> random.nextInt(37));
        return some;
    }

    /** The first only on the real TornadoVM, which compiles all kernels anew for each. */
    @SafeVarargs
    private static <T> List<T> all(T... choices) {
        return List.of(choices).subList(0, TestedKernels.isFallback() ? choices.length : 1);
    }

    @ParameterizedTest
    @MethodSource("org.llmrlpt.kernels.TestedKernels#all")
    void gradientsThatShareMemoryWithActivationsHaveTheSameBits(Kernels kernels) {
        for (boolean tied : all(true, false)) {
            for (boolean qkNorm : all(true, false)) {
                for (int checkpointed : all(2, 0)) {
                    ModelShape shape = shape(checkpointed == 0 ? 37 : 40, tied, qkNorm);
                    float[] want;
                    try (ModelHarness h = new ModelHarness(kernels, shape, SHAPED, 2, 12, checkpointed)) {
                        h.initialise(3);
                        h.train(batch(1), 24);
                        want = h.gradients();
                    }
                    try (ModelHarness h = new ModelHarness(kernels, shape, SHAPED, 2, 12, checkpointed,
                        Gradients.OF_ONE_RUN)) {
                        h.initialise(3);
                        h.train(batch(0), 24);
                        h.logits(batch(2));
                        h.train(batch(1), 24);
                        assertSameBits("gradients, gaps included", want, h.gradients());
                    }
                }
            }
        }
    }

    @Test
    @EnabledIf("org.llmrlpt.kernels.TestedKernels#isFallback")
    void gradientsOfOneRunTakeTheMemoryOfActivationsThatAreNeededNoMore() {
        ModelShape shape = new ModelShape(6, 64, 4, 4, 16, 192, 37, true, false, 10000, 1e-6, 64);
        long apart = activationsAndGradients(shape, Gradients.OF_SEVERAL_RUNS);
        long together = activationsAndGradients(shape, Gradients.OF_ONE_RUN);
        long gradients = 4L * ParameterLayout.of(shape).elements();
        assertTrue(apart - together > 0.6 * gradients, apart + " bytes apart, " + together + " together, of which "
            + gradients + " gradients");
    }

    private static long activationsAndGradients(ModelShape shape, Gradients gradients) {
        try (ModelHarness h = new ModelHarness(new CpuKernels(), shape, SHAPED, 4, 64, 0, gradients)) {
            var plan = h.session().memoryPlan();
            assertEquals(gradients == Gradients.OF_ONE_RUN, plan.bytes(ArenaKind.GRADIENTS) == 0);
            return plan.bytes(ArenaKind.ACTIVATIONS) + plan.bytes(ArenaKind.GRADIENTS);
        }
    }
}
