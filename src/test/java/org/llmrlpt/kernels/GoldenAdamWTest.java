package org.llmrlpt.kernels;

import static org.llmrlpt.kernels.Closeness.assertClose;

import java.util.Arrays;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.llmrlpt.device.Tensor;

/** AdamW and clipping against the golden vectors. */
class GoldenAdamWTest {
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
}
