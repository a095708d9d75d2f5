package org.llmrlpt.kernels;

import static org.llmrlpt.kernels.Closeness.assertClose;
import static org.llmrlpt.kernels.Closeness.assertSameBits;
import static org.llmrlpt.kernels.Closeness.doubles;
import static org.llmrlpt.kernels.RandomNumbers.gaussian;

import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.llmrlpt.device.Tensor;

class SwiGluTest {
    private static final int[][] SHAPES = {{1, 1}, {3, 5}, {4, 16}, {2, 37}, {9, 64}};

    @ParameterizedTest
    @MethodSource("org.llmrlpt.kernels.TestedKernels#all")
    void agreesWithItsDefinitionForAnyShape(Kernels kernels) {
        for (int[] shape : SHAPES) {
            int rows = shape[0];
            int f = shape[1];
            float[] in = gaussian("gateUp", rows * 2 * f);
            float[] dOuts = gaussian("dOut", rows * f);
            try (KernelHarness h = new KernelHarness(kernels)) {
                Tensor gateUp = h.input("gateUp", rows, 2 * f, in);
                Tensor dOut = h.input("dOut", rows, f, dOuts);
                Tensor out = h.output("out", rows, f);
                Tensor dGateUp = h.output("dGateUp", rows, 2 * f);
                Tensor again = h.output("again", rows, f);
                Tensor updated = h.inOut("gateUp, dOut", 3 * rows, f, joined(in, dOuts));
                Tensor inPlace = updated.matrix("gateUp", 0, rows, 2 * f);
                Tensor outInPlace = updated.rows(2 * rows, rows);
                h.run((k, p) -> {
                    k.swiGlu(p, gateUp, out);
                    k.swiGluBackward(p, gateUp, dOut, dGateUp, again);
                    k.swiGluBackward(p, inPlace, outInPlace, inPlace, outInPlace);
                });
                String name = " of " + Arrays.toString(shape);
                double[] want = FiniteDifferences.backward(in, dOuts, v -> References.swiGlu(v, f));
                assertClose("out" + name, References.swiGlu(doubles(in), f), h.values(out));
                assertClose("dGateUp" + name, want, h.values(dGateUp));
                assertSameBits("out again" + name, h.values(out), h.values(again));
                assertSameBits("both in place" + name, joined(h.values(dGateUp), h.values(out)), h.values(updated));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("org.llmrlpt.kernels.TestedKernels#all")
    void staysFiniteForGatesFarFromZero(Kernels kernels) {
        float[] gates = {-1e30f, -200f, -90f, -20f, 0f, 20f, 90f, 200f, 1e30f};
        int f = gates.length;
        float[] ones = new float[f];
        Arrays.fill(ones, 1f);
        try (KernelHarness h = new KernelHarness(kernels)) {
            Tensor gateUp = h.input("gateUp", 1, 2 * f, joined(gates, ones));
            Tensor dOut = h.input("dOut", 1, f, ones);
            Tensor out = h.output("out", 1, f);
            Tensor dGateUp = h.output("dGateUp", 1, 2 * f);
            Tensor again = h.output("again", 1, f);
            h.run((k, p) -> {
                k.swiGlu(p, gateUp, out);
                k.swiGluBackward(p, gateUp, dOut, dGateUp, again);
            });
            assertSameBits("out again", h.values(out), h.values(again));
            float[] y = h.values(out);
            float[] dGate = columns(h.values(dGateUp), 2 * f, 0, f);
            for (int i = 0; i < f; i++) {
                double g = gates[i];
                double sigmoid = 1 / (1 + Math.exp(-g));
                double slope = Math.abs(g) > 100 ? sigmoid : sigmoid * (1 + g * (1 - sigmoid));
                assertClose("silu(" + g + ")", new double[] {g * sigmoid}, new float[] {y[i]});
                assertClose("silu'(" + g + ")", new double[] {slope}, new float[] {dGate[i]});
            }
        }
    }

    /** [rows, f] and [rows, f] as [rows, 2f]. */
    static float[] beside(float[] left, float[] right, int f) {
        float[] both = new float[2 * left.length];
        for (int r = 0; r < left.length / f; r++) {
            System.arraycopy(left, r * f, both, 2 * r * f, f);
            System.arraycopy(right, r * f, both, (2 * r + 1) * f, f);
        }
        return both;
    }

    static float[] joined(float[] first, float[] second) {
        float[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    static float[] columns(float[] matrix, int stride, int from, int count) {
        float[] part = new float[matrix.length / stride * count];
        for (int i = 0; i < part.length; i++) {
            part[i] = matrix[i / count * stride + from + i % count];
        }
        return part;
    }
}
