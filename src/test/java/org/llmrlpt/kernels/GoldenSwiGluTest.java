package org.llmrlpt.kernels;

import static org.llmrlpt.kernels.Closeness.assertClose;

import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.llmrlpt.device.Tensor;

/** SwiGLU and the feed-forward layer against the golden vectors. */
class GoldenSwiGluTest {
    static Stream<Arguments> elementwise() {
        return golden("elementwise");
    }

    static Stream<Arguments> feedForward() {
        return golden("ffn_");
    }

    private static Stream<Arguments> golden(String prefix) {
        return TestedKernels.golden("swiglu").filter(a -> a.get()[1].toString().startsWith(prefix));
    }

    @ParameterizedTest
    @MethodSource("elementwise")
    void agreesWithTheGoldenVectors(Kernels kernels, Golden golden) {
        int rows = golden.shape("gate")[0];
        int f = golden.shape("gate")[1];
        try (KernelHarness h = new KernelHarness(kernels)) {
            Tensor gateUp = h.input("gateUp", rows, 2 * f, SwiGluTest.beside(golden.floats("gate"),
                golden.floats("up"), f));
            Tensor dOut = h.input("dOut", rows, f, golden.floats("dy"));
            Tensor out = h.output("out", rows, f);
            Tensor dGateUp = h.output("dGateUp", rows, 2 * f);
            Tensor again = h.output("again", rows, f);
            h.run((k, p) -> {
                k.swiGlu(p, gateUp, out);
                k.swiGluBackward(p, gateUp, dOut, dGateUp, again);
            });
            assertClose("out", golden.expected("y"), h.values(out));
            assertClose("out again", golden.expected("y"), h.values(again));
            assertClose("dGate", golden.expected("dgate"), SwiGluTest.columns(h.values(dGateUp), 2 * f, 0, f));
            assertClose("dUp", golden.expected("dup"), SwiGluTest.columns(h.values(dGateUp), 2 * f, f, f));
        }
    }

    @ParameterizedTest
    @MethodSource("feedForward")
    void agreesWithTheGoldenFeedForwardLayer(Kernels kernels, Golden golden) {
        int rows = golden.shape("x")[0];
        int c = golden.shape("x")[1];
        int f = golden.shape("w_gate")[0];
        float[] gateUpWeights = SwiGluTest.joined(golden.floats("w_gate"), golden.floats("w_up"));
        try (KernelHarness h = new KernelHarness(kernels)) {
            Tensor x = h.input("x", rows, c, golden.floats("x"));
            Tensor wGateUp = h.input("wGateUp", 2 * f, c, gateUpWeights);
            Tensor wDown = h.input("wDown", c, f, golden.floats("w_down"));
            Tensor dY = h.input("dY", rows, c, golden.floats("dy"));
            Tensor y = h.output("y", rows, c);
            Tensor dX = h.output("dX", rows, c);
            Tensor dWGateUp = h.inOut("dWGateUp", 2 * f, c, new float[2 * f * c]);
            Tensor dWDown = h.inOut("dWDown", c, f, new float[c * f]);
            h.run((k, p) -> {
                Tensor gateUp = p.activation("gateUp", rows, 2 * f);
                Tensor out = p.activation("out", rows, f);
                Tensor dOut = p.activation("dOut", rows, f);
                k.linear(p, x, wGateUp, gateUp);
                k.swiGlu(p, gateUp, out);
                k.linear(p, out, wDown, y);
                k.linearBackwardInput(p, dY, wDown, dOut, false);
                k.swiGluBackward(p, gateUp, dOut, gateUp, dOut);
                k.linearBackwardWeight(p, dY, dOut, dWDown, true);
                k.linearBackwardWeight(p, gateUp, x, dWGateUp, true);
                k.linearBackwardInput(p, gateUp, wGateUp, dX, false);
            });
            float[] dW = h.values(dWGateUp);
            assertClose("y", golden.expected("y"), h.values(y));
            assertClose("dX", golden.expected("dx"), h.values(dX));
            assertClose("dWGate", golden.expected("dw_gate"), Arrays.copyOf(dW, f * c));
            assertClose("dWUp", golden.expected("dw_up"), Arrays.copyOfRange(dW, f * c, 2 * f * c));
            assertClose("dWDown", golden.expected("dw_down"), h.values(dWDown));
        }
    }
}
