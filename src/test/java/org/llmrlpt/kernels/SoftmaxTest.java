package org.llmrlpt.kernels;

import static org.llmrlpt.kernels.Closeness.assertClose;
import static org.llmrlpt.kernels.Closeness.assertSameBits;
import static org.llmrlpt.kernels.RandomNumbers.gaussian;

import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.llmrlpt.device.Tensor;

class SoftmaxTest {
    static Stream<Named<Kernels>> sets() {
        return TestedKernels.all();
    }

    @ParameterizedTest
    @MethodSource("sets")
    void probabilitiesAgreeWithDoublePrecisionInPlaceToo(Kernels kernels) {
        for (int n : new int[] {1, 5, 16, 33, 1024, 3001}) {
            for (float inverseTemperature : new float[] {1f, 0.5f, 1 / 0.7f, 20f}) {
                float[] x = gaussian("x", 3 * n);
                x[n / 2] = 60;
                x[2 * n] = Float.NEGATIVE_INFINITY;
                x[2 * n + n / 2] = 3;
                double[] want = want(x, n, inverseTemperature);
                try (KernelHarness h = new KernelHarness(kernels)) {
                    Tensor in = h.input("x", 3, n, x);
                    Tensor factor = h.input("inverse temperature", 1, 1, inverseTemperature);
                    Tensor out = h.output("y", 3, n);
                    Tensor inPlace = h.inOut("x and y", 3, n, x);
                    h.run((k, p) -> {
                        k.softmax(p, in, factor, out);
                        k.softmax(p, inPlace, factor, inPlace);
                    });
                    assertClose("y", want, h.values(out), 2e-6, 1e-12);
                    assertSameBits("x and y", h.values(out), h.values(inPlace));
                }
            }
        }
    }

    private static double[] want(float[] x, int n, double inverseTemperature) {
        double[] want = new double[x.length];
        for (int r = 0; r < x.length; r += n) {
            double largest = Double.NEGATIVE_INFINITY;
            for (int i = r; i < r + n; i++) {
                largest = Math.max(largest, x[i] * inverseTemperature);
            }
            double sum = 0;
            for (int i = r; i < r + n; i++) {
                want[i] = Math.exp(x[i] * inverseTemperature - largest);
                sum += want[i];
            }
            for (int i = r; i < r + n; i++) {
                want[i] /= sum;
            }
        }
        return want;
    }
}
