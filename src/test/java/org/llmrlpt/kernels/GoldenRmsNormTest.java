package org.llmrlpt.kernels;

import static org.llmrlpt.kernels.Closeness.assertClose;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.llmrlpt.device.Tensor;

/** RMSNorm against the golden vectors. */
class GoldenRmsNormTest {
    static Stream<Arguments> golden() {
        return TestedKernels.golden("rmsnorm");
    }

    @ParameterizedTest
    @MethodSource("golden")
    void agreesWithTheGoldenVectors(Kernels kernels, Golden golden) {
        int[] shape = golden.shape("x");
        try (KernelHarness h = new KernelHarness(kernels)) {
            Tensor x = h.input("x", shape[0], shape[1], golden.floats("x"));
            Tensor w = h.input("w", 1, shape[1], golden.floats("w"));
            Tensor dY = h.input("dY", shape[0], shape[1], golden.floats("dy"));
            Tensor y = h.output("y", shape[0], shape[1]);
            Tensor rstd = h.output("rstd", 1, shape[0]);
            Tensor again = h.output("again", shape[0], shape[1]);
            Tensor dX = h.output("dX", shape[0], shape[1]);
            Tensor dW = h.inOut("dW", 1, shape[1], new float[shape[1]]);
            h.run((k, p) -> {
                k.rmsNorm(p, x, w, y, rstd, (float) golden.config("eps"));
                k.rmsNormBackward(p, x, w, rstd, dY, dX, dW, again, false);
            });
            assertClose("y", golden.expected("y"), h.values(y));
            assertClose("y again", golden.expected("y"), h.values(again));
            assertClose("dX", golden.expected("dx"), h.values(dX));
            assertClose("dW", golden.expected("dw"), h.values(dW));
        }
    }
}
