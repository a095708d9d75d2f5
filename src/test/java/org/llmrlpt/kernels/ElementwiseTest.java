package org.llmrlpt.kernels;

import static org.llmrlpt.kernels.Closeness.assertSameBits;
import static org.llmrlpt.kernels.RandomNumbers.gaussian;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.llmrlpt.device.Tensor;

class ElementwiseTest {
    private static final int[][] SHAPES = {{1, 1}, {3, 7}, {5, 16}, {2, 100}, {1, 1000}};

    @ParameterizedTest
    @MethodSource("org.llmrlpt.kernels.TestedKernels#all")
    void zeroesEveryElement(Kernels kernels) {
        for (int n : List.of(1, 17, 100, 40_000)) {
            try (KernelHarness h = new KernelHarness(kernels)) {
                Tensor x = h.inOut("x", 1, n, gaussian("x", n));
                h.run((k, p) -> k.zero(p, x));
                assertSameBits("x", new float[n], h.values(x));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("org.llmrlpt.kernels.TestedKernels#all")
    void addsIntoAThirdTensorAndIntoEitherOperand(Kernels kernels) {
        for (int[] shape : SHAPES) {
            int n = shape[0] * shape[1];
            float[] as = gaussian("a", n);
            float[] bs = gaussian("b", n);
            float[] want = new float[n];
            for (int i = 0; i < n; i++) {
                want[i] = as[i] + bs[i];
            }
            try (KernelHarness h = new KernelHarness(kernels)) {
                Tensor a = h.input("a", shape[0], shape[1], as);
                Tensor b = h.input("b", shape[0], shape[1], bs);
                Tensor first = h.inOut("first", shape[0], shape[1], as);
                Tensor second = h.inOut("second", shape[0], shape[1], bs);
                Tensor y = h.output("y", shape[0], shape[1]);
                h.run((k, p) -> {
                    k.add(p, a, b, y);
                    k.add(p, first, b, first);
                    k.add(p, a, second, second);
                });
                assertSameBits("a + b", want, h.values(y));
                assertSameBits("a += b", want, h.values(first));
                assertSameBits("b += a", want, h.values(second));
            }
        }
    }
}
