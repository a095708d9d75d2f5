package org.llmrlpt.kernels;

import org.llmrlpt.device.TornadoSettings;
import org.llmrlpt.kernels.KernelHarness.Layout;
import org.llmrlpt.kernels.cublas.Compute;
import org.llmrlpt.kernels.cublas.GemmTask;
import org.llmrlpt.kernels.gpu.GpuKernels;

/** {@link LinearTest} for products that are library tasks of TornadoVM: a program for a process of its own. */
public final class CublasNumbers {
    private static final int[][] SHAPES = {{1, 1, 1}, {5, 1, 1}, {4, 1, 3}, {1, 33, 20}, {33, 70, 35}, {1030, 9, 17}};

    private CublasNumbers() {
    }

    /** Ends with an error if a number is wrong. */
    public static void main(String[] arguments) {
        TornadoSettings.beforeStart("auto");
        Kernels kernels = new GpuKernels(Compute.FP32, GemmTask::library);
        int products = 0;
        for (int[] shape : SHAPES) {
            for (Layout layout : Layout.values()) {
                for (boolean accumulate : new boolean[] {false, true}) {
                    LinearTest.forwardAndBackward(kernels, shape, layout, accumulate);
                    products += 3;
                }
            }
        }
        System.out.println(products + " products are right");
    }
}
