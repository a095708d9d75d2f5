package org.llmrlpt.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.llmrlpt.kernels.Closeness.assertClose;
import static org.llmrlpt.kernels.Closeness.assertSameBits;
import static org.llmrlpt.kernels.Closeness.doubles;
import static org.llmrlpt.kernels.RandomNumbers.gaussian;

import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.llmrlpt.device.Tensor;

class AdamWTest {
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
            assertSameBits("gradients", gs, h.values(gradients));
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
