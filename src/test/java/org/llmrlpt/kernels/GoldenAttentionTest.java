package org.llmrlpt.kernels;

import static org.llmrlpt.kernels.Closeness.assertClose;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.llmrlpt.kernels.KernelHarness.Layout;

/** Attention against the golden vectors. */
class GoldenAttentionTest {
    static Stream<Arguments> goldenCases() {
        return TestedKernels.golden("attention");
    }

    @ParameterizedTest(name = "{1} on {0}")
    @MethodSource("goldenCases")
    void forwardAndBackwardAgreeWithTheGoldenVectors(Kernels kernels, Golden golden) {
        int[] q = golden.shape("q");
        AttentionTest.Shape shape = new AttentionTest.Shape(q[0], q[1], q[2], golden.shape("k")[2], q[3]);
        AttentionTest.Result got = AttentionTest.run(kernels, shape, SeenKeys.from(new int[shape.rows()]),
            golden.floats("q"), golden.floats("k"), golden.floats("v"), golden.floats("do"), Layout.CONTIGUOUS);
        assertClose("out", golden.expected("o"), got.out());
        assertClose("lse", AttentionTest.headsLast(golden.expected("lse"), shape), got.lse());
        assertClose("dQ", golden.expected("dq"), got.dQ());
        assertClose("dK", golden.expected("dk"), got.dK());
        assertClose("dV", golden.expected("dv"), got.dV());
    }
}
