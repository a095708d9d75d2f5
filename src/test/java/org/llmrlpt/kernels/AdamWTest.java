package org.llmrlpt.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.llmrlpt.kernels.Closeness.assertClose;
import static org.llmrlpt.kernels.Closeness.assertSameBits;
import static org.llmrlpt.kernels.Closeness.doubles;
import static org.llmrlpt.kernels.RandomNumbers.gaussian;

import java.util.Arrays;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.llmrlpt.device.Tensor;

class AdamWTest {
    static Stream<Arguments> golden() {
        return TestedKernels.golden("adamw");
    }

    @ParameterizedTest
    @MethodSource("golden")
    void agreesWithTheGoldenVectorsOverManySteps(Kernels kernels, Golden golden) {
        Steps steps = new Steps(golden);
        float[] nothing = new float[steps.size];
        float b1 = (float) golden.config("beta1");
        float b2 = (float) golden.config("beta2");
        try (KernelHarness h = new KernelHarness(kernels)) {
            Tensor parameters = h.inOut("parameters", 1, steps.size, steps.inputs(i -> "param." + i));
            Tensor gradients = h.inOut("gradients", 1, steps.size, steps.inputs(i -> "grad.step0." + i));
            Tensor m = h.inOut("m", 1, steps.size, nothing);
            Tensor v = h.inOut("v", 1, steps.size, nothing);
            Tensor clip = h.output("clip", 1, 2);
            Tensor scalars = h.input("scalars", 1, 3, steps.scalars(0));
            for (int t = 0; t < (int) golden.config("steps"); t++) {
                if (t == 0) {
                    h.run((k, p) -> {
                        k.gradientNorm(p, gradients, (float) golden.config("max_norm"), clip);
                        k.adamW(p, parameters, gradients, m, v, clip, scalars, steps.decayed, b1, b2,
                            (float) golden.config("eps"), steps.decay);
                    });
                } else {
                    String step = "grad.step" + t + ".";
                    h.runAgain(Map.of(gradients, steps.inputs(i -> step + i), scalars, steps.scalars(t)));
                }
                String step = ".step" + t;
                assertClose("norm" + step, golden.expected("grad_norm" + step), new float[] {h.values(clip)[0]});
                assertClose("parameters" + step, steps.expected("param" + step), h.values(parameters));
                assertClose("m" + step, steps.expected("m" + step), h.values(m));
                assertClose("v" + step, steps.expected("v" + step), h.values(v), Closeness.RTOL, 1e-9);
                assertSameBits("gradients" + step, nothing, h.values(gradients));
            }
        }
    }

    /** The case's tensors one after the other, those with weight decay first. */
    private static final class Steps {
        private final Golden golden;
        private final int[] order;
        private final int size;
        private final int decayed;
        private final float decay;

        Steps(Golden golden) {
            this.golden = golden;
            int tensors = (int) golden.config("tensors");
            order = IntStream.concat(IntStream.range(0, tensors).filter(i -> decay(i) > 0),
                IntStream.range(0, tensors).filter(i -> decay(i) == 0)).toArray();
            size = inputs(i -> "param." + i).length;
            decayed = IntStream.range(0, tensors).filter(i -> decay(i) > 0)
                .map(i -> golden.floats("param." + i).length).sum();
            decay = (float) decay(order[0]);
        }

        private double decay(int tensor) {
            return golden.config().get("weight_decay").get(tensor).doubleValue();
        }

        float[] inputs(IntFunction<String> name) {
            float[] all = new float[0];
            for (int i : order) {
                float[] one = golden.floats(name.apply(i));
                all = Arrays.copyOf(all, all.length + one.length);
                System.arraycopy(one, 0, all, all.length - one.length, one.length);
            }
            return all;
        }

        double[] expected(String prefix) {
            return Arrays.stream(order).mapToObj(i -> golden.expected(prefix + "." + i))
                .flatMapToDouble(Arrays::stream).toArray();
        }

        float[] scalars(int t) {
            return new float[] {(float) golden.config().get("lr").get(t).doubleValue(),
                (float) (1 - Math.pow(golden.config("beta1"), t + 1)),
                (float) (1 - Math.pow(golden.config("beta2"), t + 1))};
        }
    }

    @ParameterizedTest
    @MethodSource("org.llmrlpt.kernels.TestedKernels#all")
    void decaysTheFirstParametersOnlyWhereverTheBorderLies(Kernels kernels) {
        int n = 333;
        float[] ones = new float[n];
        Arrays.fill(ones, 1f);
        for (int decayed : new int[] {0, 1, 16, 100, 332, 333}) {
            try (KernelHarness h = new KernelHarness(kernels)) {
                Tensor parameters = h.inOut("parameters", 1, n, ones);
                Tensor gradients = h.inOut("gradients", 1, n, new float[n]);
                Tensor m = h.inOut("m", 1, n, new float[n]);
                Tensor v = h.inOut("v", 1, n, new float[n]);
                Tensor clip = h.input("clip", 1, 2, 0f, 1f);
                Tensor scalars = h.input("scalars", 1, 3, 0.5f, 0.1f, 0.05f);
                h.run((k, p) -> k.adamW(p, parameters, gradients, m, v, clip, scalars, decayed, 0.9f, 0.95f, 1e-8f,
                    0.25f));
                float[] want = new float[n];
                Arrays.fill(want, 0, decayed, 0.875f);
                Arrays.fill(want, decayed, n, 1f);
                assertSameBits("parameters", want, h.values(parameters));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("org.llmrlpt.kernels.TestedKernels#all")
    void updatesSeveralRowsAsOneVector(Kernels kernels) {
        int rows = 7;
        int columns = 13;
        int n = rows * columns;
        float[] ps = gaussian("p", n);
        float[] gs = gaussian("g", n);
        float[] ms = gaussian("m", n);
        float[] vs = gaussian("v", n);
        for (int i = 0; i < n; i++) {
            vs[i] *= vs[i];
        }
        try (KernelHarness h = new KernelHarness(kernels)) {
            Tensor parameters = h.inOut("parameters", rows, columns, ps);
            Tensor gradients = h.inOut("gradients", rows, columns, gs);
            Tensor m = h.inOut("m", rows, columns, ms);
            Tensor v = h.inOut("v", rows, columns, vs);
            Tensor clip = h.input("clip", 1, 2, 0f, 0.5f);
            Tensor scalars = h.input("scalars", 1, 3, 0.01f, 0.3f, 0.2f);
            h.run((k, p) -> k.adamW(p, parameters, gradients, m, v, clip, scalars, 40, 0.9f, 0.95f, 1e-8f, 0.1f));
            double[] wantP = doubles(ps);
            double[] wantM = doubles(ms);
            double[] wantV = doubles(vs);
            for (int i = 0; i < n; i++) {
                double g = 0.5 * gs[i];
                wantM[i] = 0.9 * wantM[i] + 0.1 * g;
                wantV[i] = 0.95 * wantV[i] + 0.05 * g * g;
                wantP[i] = wantP[i] * (i < 40 ? 1 - 0.01 * 0.1 : 1)
                    - 0.01 * (wantM[i] / 0.3) / (Math.sqrt(wantV[i] / 0.2) + 1e-8);
            }
            assertClose("parameters", wantP, h.values(parameters), 1e-6, 0);
            assertClose("m", wantM, h.values(m), 1e-6, 0);
            assertClose("v", wantV, h.values(v), 1e-6, 0);
            assertSameBits("gradients", new float[n], h.values(gradients));
        }
    }

    @ParameterizedTest
    @MethodSource("org.llmrlpt.kernels.TestedKernels#all")
    void measuresAndLimitsTheNormOfTheGradient(Kernels kernels) {
        for (int n : new int[] {1, 5, 64, 1000, 40_001}) {
            float[] gs = gaussian("gradient", n);
            double squares = 0;
            for (float g : gs) {
                squares += (double) g * g;
            }
            double norm = Math.sqrt(squares);
            try (KernelHarness h = new KernelHarness(kernels)) {
                Tensor gradients = h.input("gradients", 1, n, gs);
                Tensor tight = h.output("tight", 1, 2);
                Tensor wide = h.output("wide", 1, 2);
                Tensor none = h.output("none", 1, 2);
                float half = (float) norm / 2;
                h.run((k, p) -> {
                    k.gradientNorm(p, gradients, half, tight);
                    k.gradientNorm(p, gradients, 1e6f, wide);
                    k.gradientNorm(p, gradients, 0f, none);
                });
                double[] want = {norm, half / (norm + 1e-6)};
                assertClose("norm and factor of " + n, want, h.values(tight), 1e-5, 0);
                assertEquals(1f, h.values(wide)[1], "factor of a gradient within its limit");
                assertEquals(1f, h.values(none)[1], "factor without a limit");
                assertEquals(h.values(tight)[0], h.values(none)[0], "the norm does not depend on the limit");
            }
        }
    }
}
