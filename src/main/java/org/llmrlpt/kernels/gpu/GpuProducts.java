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

    /** C = A B or C += A B, of operands that are weights or activations; {@code k} products for an element of C. */
    void record(ProgramBuilder p, String name, Matrix a, Matrix b, Tensor c, int k, boolean accumulate);

    /** The same where A is a gradient, which may be tiny. */
    void recordGradient(ProgramBuilder p, String name, Matrix a, Matrix b, Tensor c, int k, boolean accumulate);

    /**
     * How a product of {@code tiles} tiles is cut along k: the depth of each part, a multiple of {@code step}. Only
     * where C is added to, since there k is the number of rows of a batch. A cut elsewhere would give a row other bits
     * for other numbers of rows beside it.
     */
    static int depth(Tensor c, int tiles, int k, int step, boolean accumulate) {
        int parts = accumulate && c.isContiguous() ? Math.clamp(GROUPS / tiles, 1, Math.max(1, k / LEAST_DEPTH)) : 1;
        int depth = (k + parts - 1) / parts;
        return (depth + step - 1) / step * step;
    }
}
