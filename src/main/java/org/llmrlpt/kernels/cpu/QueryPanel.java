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

    /** panel[d][q] = rows[q][d]; lanes without a query are zero. Steps are in bytes. */
    static void turn(long rows, long rowStep, int queries, int width, long panel) {
        int q = 0;
        for (; q + 4 <= queries; q += 4) {
            long row = rows + q * rowStep;
            Panels.transposeFour(row, row + rowStep, row + 2 * rowStep, row + 3 * rowStep, width, at(panel, q), STEP);
        }
        for (; q < WIDTH; q++) {
            for (int d = 0; d < width; d++) {
                setFloat(at(panel + d * STEP, q), q < queries ? getFloat(at(rows + q * rowStep, d)) : 0f);
            }
        }
    }

    /** rows[q][d] = panel[d][q]. */
    static void turnBack(long panel, int queries, int width, long rows, long rowStep) {
        int d = 0;
        for (; d + 4 <= width; d += 4) {
            long from = panel + d * STEP;
            Panels.transposeFour(from, from + STEP, from + 2 * STEP, from + 3 * STEP, queries, at(rows, d), rowStep);
        }
        for (; d < width; d++) {
            for (int q = 0; q < queries; q++) {
                setFloat(at(rows + q * rowStep, d), getFloat(at(panel + d * STEP, q)));
            }
        }
    }
}
