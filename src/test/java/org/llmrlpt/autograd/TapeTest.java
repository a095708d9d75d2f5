package org.llmrlpt.autograd;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.llmrlpt.kernels.Closeness.assertClose;
import static org.llmrlpt.kernels.Closeness.doubles;
import static org.llmrlpt.kernels.RandomNumbers.gaussian;

import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.llmrlpt.device.Tensor;
import org.llmrlpt.kernels.FiniteDifferences;
import org.llmrlpt.kernels.KernelHarness;
import org.llmrlpt.kernels.Kernels;
import org.llmrlpt.kernels.References;
import org.llmrlpt.kernels.Shaping;

/** Activations that are not kept, in graphs that the Transformer does not have. */
class TapeTest {
    private static final int R = 4;
    private static final int C = 5;
    private static final int F = 3;
    private static final int V = 6;
    private static final int[] TARGETS = {2, 0, 5, 1};
    private static final float EPS = 1e-5f;

    /** A tape over the tensors of a harness. */
    private static final class Recording implements AutoCloseable {
        private final KernelHarness h;
        private final Map<String, Parameter> parameters = new LinkedHashMap<>();
        private final Tensor x;
        private final Tensor targets;
        private final Tensor scale;

        Recording(Kernels kernels) {
            h = new KernelHarness(kernels);
            x = h.input("x", R, C, gaussian("x", R * C));
            targets = h.ints("targets", TARGETS);
            scale = h.input("scale", 1, 1, 1f);
            parameter("norm", 1, C);
            parameter("gateUp1", 2 * F, C);
            parameter("down1", C, F);
            parameter("gateUp2", 2 * F, C);
            parameter("down2", C, F);
            parameter("square", C, C);
            parameter("head", V, C);
        }

        private void parameter(String name, int rows, int columns) {
            parameters.put(name, new Parameter(h.input(name, rows, columns, gaussian(name, rows * columns)),
                h.inOut("d " + name, rows, columns, new float[rows * columns]), null));
        }

        Parameter of(String name) {
            return parameters.get(name);
        }

        Tensor feedForward(Tape tape, Tensor before, Tensor normed, String number) {
            return tape.feedForward(before, normed, of("gateUp" + number), of("down" + number));
        }

        void loss(Tape tape, Tensor y) {
            tape.policyHead(y, of("head"), targets, scale, Shaping.CROSS_ENTROPY);
            tape.backward();
        }

        @Override
        public void close() {
            h.close();
        }
    }

    @ParameterizedTest
    @MethodSource("org.llmrlpt.kernels.TestedKernels#all")
    void twoBranchesThatReadOneNormGetTheGradientsOfFiniteDifferences(Kernels kernels) {
        try (Recording r = new Recording(kernels)) {
            r.h.run((k, p) -> {
                Tape tape = new Tape(k, p, true);
                Tensor normed = tape.rmsNorm(r.x, r.of("norm"), EPS);
                Tensor first = r.feedForward(tape, r.x, normed, "1");
                r.loss(tape, r.feedForward(tape, first, normed, "2"));
            });
            Map<String, double[]> weights = new LinkedHashMap<>();
            r.parameters.forEach((name, parameter) ->
                weights.put(name, doubles(gaussian(name, (int) parameter.weight().size()))));
            for (String name : new String[] {"norm", "gateUp1", "down1", "gateUp2", "down2", "head"}) {
                double[] want = FiniteDifferences.gradient(gaussian(name, weights.get(name).length), moved -> {
                    Map<String, double[]> changed = new LinkedHashMap<>(weights);
                    changed.put(name, moved);
                    return loss(changed);
                });
                assertClose(name, want, r.h.values(r.of(name).gradient()));
            }
        }
    }

    private static double loss(Map<String, double[]> w) {
        float[] x = gaussian("x", R * C);
        double[] normed = References.rmsNorm(doubles(x), w.get("norm"), C, EPS);
        double[] y = References.sum(feedForward(normed, w, "1"), x);
        double[] second = feedForward(normed, w, "2");
        for (int i = 0; i < y.length; i++) {
            y[i] += second[i];
        }
        double[] logits = References.linear(y, w.get("head"), R, V, C);
        double loss = 0;
        for (int r = 0; r < R; r++) {
            double mass = 0;
            for (int v = 0; v < V; v++) {
                mass += Math.exp(logits[r * V + v]);
            }
            loss += Math.log(mass) - logits[r * V + TARGETS[r]];
        }
        return loss;
    }

    private static double[] feedForward(double[] normed, Map<String, double[]> w, String number) {
        double[] gateUp = References.linear(normed, w.get("gateUp" + number), R, 2 * F, C);
        return References.linear(References.swiGlu(gateUp, F), w.get("down" + number), R, C, F);
    }

    @ParameterizedTest
    @MethodSource("org.llmrlpt.kernels.TestedKernels#all")
    void aGradientThatAProductStillWaitsForIsNotChanged(Kernels kernels) {
        try (Recording r = new Recording(kernels)) {
            r.h.run((k, p) -> {
                Tape tape = new Tape(k, p, true);
                Tensor y = tape.linearResidual(r.x, tape.rmsNorm(r.x, r.of("norm"), EPS), r.of("square"));
                assertThrows(IllegalStateException.class, () -> r.loss(tape, y));
            });
        }
    }

    @ParameterizedTest
    @MethodSource("org.llmrlpt.kernels.TestedKernels#all")
    void aResidualOfWhatIsReadLaterIsRefused(Kernels kernels) {
        try (Recording r = new Recording(kernels)) {
            r.h.run((k, p) -> {
                Tape tape = new Tape(k, p, true);
                Tensor y = tape.linear(r.x, r.of("square"));
                Tensor sum = tape.linearResidual(y, r.x, r.of("square"));
                Tensor later = tape.linearResidual(sum, y, r.of("square"));
                assertThrows(IllegalStateException.class, () -> r.loss(tape, later));
            });
        }
    }
}
