package org.llmrlpt.kernels;

import static org.llmrlpt.kernels.Closeness.assertClose;

import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.llmrlpt.device.Tensor;

/** RoPE against the golden vectors. */
class GoldenRopeTest {
    static Stream<Arguments> golden() {
        return TestedKernels.golden("rope");
    }

    @ParameterizedTest
    @MethodSource("golden")
    void agreesWithTheGoldenVectors(Kernels kernels, Golden golden) {
        int[] shape = golden.shape("x");
        int rows = shape[0] * shape[1];
        int columns = shape[2] * shape[3];
        int d = shape[3];
        int[] inSequence = golden.ints("positions");
        int[] inRows = new int[rows];
        Arrays.setAll(inRows, r -> inSequence[r % shape[1]]);
        int length = Arrays.stream(inSequence).max().orElseThrow() + 1;
        try (KernelHarness h = new KernelHarness(kernels)) {
            Tensor x = h.input("x", rows, columns, golden.floats("x"));
            Tensor dY = h.input("dY", rows, columns, golden.floats("dy"));
            Tensor positions = h.ints("positions", inRows);
            Tensor angles = h.input("angles", length, d, References.angles(length, d, golden.config("rope_theta")));
            Tensor y = h.output("y", rows, columns);
            Tensor dX = h.output("dX", rows, columns);
            h.run((k, p) -> {
                k.rope(p, x, positions, angles, y, d);
                k.ropeBackward(p, dY, positions, angles, dX, d);
            });
            assertClose("y", golden.expected("y"), h.values(y));
            assertClose("dX", golden.expected("dx"), h.values(dX));
        }
    }
}
