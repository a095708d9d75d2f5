package org.llmrlpt.kernels.cpu;

import static org.llmrlpt.kernels.cpu.Memory.at;
import static org.llmrlpt.kernels.cpu.Memory.getFloat;
import static org.llmrlpt.kernels.cpu.Memory.setFloat;

/**
 * Up to {@link SmallProduct#WIDTH} neighbouring queries of one head, turned so that each query has a lane of its own:
 * [D, WIDTH]. Row maxima and sums over keys are then sums of vectors, and only queries have to be transposed, not keys.
 */
final class QueryPanel {
    static final int WIDTH = SmallProduct.WIDTH;
    /** Bytes of one row of a panel. */
    static final long STEP = 4L * WIDTH;

    private QueryPanel() {
    }

    /** panel[d][q] = rows[q][d] · factor; lanes without a query are zero. Steps are in bytes. */
    static void turn(long rows, long rowStep, int queries, int width, float factor, long panel) {
        int q = 0;
        for (; q + 4 <= queries; q += 4) {
            long r0 = rows + q * rowStep;
            long r1 = r0 + rowStep;
            long r2 = r1 + rowStep;
            long r3 = r2 + rowStep;
            long to = at(panel, q);
            for (int d = 0; d < width; d++) {
                setFloat(to, getFloat(r0) * factor);
                setFloat(to + 4, getFloat(r1) * factor);
                setFloat(to + 8, getFloat(r2) * factor);
                setFloat(to + 12, getFloat(r3) * factor);
                r0 += 4;
                r1 += 4;
                r2 += 4;
                r3 += 4;
                to += STEP;
            }
        }
        for (; q < WIDTH; q++) {
            for (int d = 0; d < width; d++) {
                setFloat(at(panel + d * STEP, q), q < queries ? getFloat(at(rows + q * rowStep, d)) * factor : 0f);
            }
        }
    }

    /** rows[q][d] = panel[d][q], or accumulates it. */
    static void turnBack(long panel, int queries, int width, long rows, long rowStep, boolean accumulate) {
        int q = 0;
        for (; q < queries; q++) {
            long from = at(panel, q);
            long to = rows + q * rowStep;
            if (accumulate) {
                for (int d = 0; d < width; d++) {
                    setFloat(to, getFloat(to) + getFloat(from));
                    from += STEP;
                    to += 4;
                }
            } else {
                for (int d = 0; d < width; d++) {
                    setFloat(to, getFloat(from));
                    from += STEP;
                    to += 4;
                }
            }
        }
    }
}
