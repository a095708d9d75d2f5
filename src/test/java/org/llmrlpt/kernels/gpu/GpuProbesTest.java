package org.llmrlpt.kernels.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.llmrlpt.device.Tensor;
import org.llmrlpt.kernels.KernelHarness;

/** The ceilings are measured with work that is really done. */
class GpuProbesTest {
    @Test
    void aThreadAddsUpAllItsMultiplyAdds() {
        try (KernelHarness h = new KernelHarness(new GpuKernels())) {
            Tensor out = h.output("out", 1, 300);
            h.run((set, p) -> GpuProbes.multiplyAdds(p, out, 5));
            float[] values = h.values(out);
            for (int i = 0; i < values.length; i++) {
                double sum = 0;
                for (int chain = 0; chain < 8; chain++) {
                    double s = i * 1e-3 + chain;
                    for (int r = 0; r < 5; r++) {
                        s = s * 0.999 + i * 1e-3;
                    }
                    sum += s;
                }
                assertEquals(sum, values[i], 1e-4 * (1 + sum), "element " + i);
            }
        }
    }

    @Test
    @Tag("fallback")
    void aWarpLeavesItsEightSumsOfProductsOfOnes() {
        int warps = 8;
        try (KernelHarness h = new KernelHarness(new GpuKernels(true))) {
            Tensor out = h.output("out", 1, warps * GpuProbes.WARP_ELEMENTS);
            h.run((set, p) -> GpuProbes.tensorCores(p, out, 3));
            float[] values = h.values(out);
            for (int i = 0; i < values.length; i++) {
                assertEquals(3 * 16 + i % GpuProbes.WARP_ELEMENTS / 128, values[i], "element " + i);
            }
        }
    }
}
