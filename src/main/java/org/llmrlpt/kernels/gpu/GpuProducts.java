package org.llmrlpt.kernels.gpu;

import org.llmrlpt.device.ProgramBuilder;
import org.llmrlpt.device.Tensor;

/** How matrix products become tasks. */
interface GpuProducts {
    /** Work-groups that keep a large device busy: a product of fewer tiles is cut along k. */
    int GROUPS = 256;
    /** Least depth of a part, for which a part's own sum is worth its way through memory. */
    int LEAST_DEPTH = 512;

    /** For people: the numbers and the method. */
    String description();

    /** Whether they run on tensor cores. */
    boolean usesTensorCores();

    /** C = A B, of operands that are weights or activations; {@code k} products for an element of C. */
    void record(ProgramBuilder p, String name, Matrix a, Matrix b, Tensor c, int k);

    /** C = A B or C += A B, where A is a gradient, which may be tiny. */
    void recordInput(ProgramBuilder p, String name, Matrix a, Matrix b, Tensor c, int k, boolean accumulate);

    /** The same for the gradient C of weights: k is the number of rows, and may be cut. */
    void recordWeights(ProgramBuilder p, String name, Matrix a, Matrix b, Tensor c, int k, boolean accumulate);

    /**
     * How a product of {@code tiles} tiles is cut along k: the depth of each part, a multiple of {@code step}. Not done
     * for other products than the gradient of weights: it would give a row other bits for other numbers of rows beside
     * it.
     */
    static int depth(int tiles, int k, int step) {
        int parts = Math.clamp(GROUPS / tiles, 1, Math.max(1, k / LEAST_DEPTH));
        int depth = (k + parts - 1) / parts;
        return (depth + step - 1) / step * step;
    }
}
