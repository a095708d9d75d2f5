package org.llmrlpt.kernels.gpu;

import static org.llmrlpt.kernels.gpu.GroupReduce.GROUP;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/** RMSNorm over rows of width C: one work-group of GROUP threads for each row. */
final class GpuNorm {
    private GpuNorm() {
    }

    /** rstd = 1 / sqrt(mean(x²) + eps), y = x rstd w; x, y [R, C], w [C], rstd [R]; y and rstd are in {@code out}. */
    static void kRmsNorm(KernelContext context, FloatArray x, int xAt, FloatArray w, int wAt, FloatArray out, int yAt,
        int rstdAt, int width, float eps) {
        int t = context.localIdx;
        int row = context.groupIdx;
        int at = row * width;
        float squares = 0f;
        for (int i = t; i < width; i += GROUP) {
            float value = x.get(xAt + at + i);
            squares += value * value;
        }
        float total = GroupReduce.sum(context, squares);
        float inverse = 1f / TornadoMath.sqrt(total / width + eps);
        for (int i = t; i < width; i += GROUP) {
            out.set(yAt + at + i, x.get(xAt + at + i) * inverse * w.get(wAt + i));
        }
        if (t == 0) {
            out.set(rstdAt + row, inverse);
        }
    }

    /**
     * sum = a + b, then RMSNorm of sum as in {@link #kRmsNorm}; a, b, sum [R, C], sum may be a or b. sum, y and rstd
     * are in {@code out}.
     */
    static void kAddRmsNorm(KernelContext context, FloatArray a, int aAt, FloatArray b, int bAt, FloatArray w, int wAt,
        FloatArray out, int sumAt, int yAt, int rstdAt, int width, float eps) {
        int t = context.localIdx;
        int row = context.groupIdx;
        int at = row * width;
        float squares = 0f;
        for (int i = t; i < width; i += GROUP) {
            float value = a.get(aAt + at + i) + b.get(bAt + at + i);
            out.set(sumAt + at + i, value);
            squares += value * value;
        }
        float total = GroupReduce.sum(context, squares);
        float inverse = 1f / TornadoMath.sqrt(total / width + eps);
        for (int i = t; i < width; i += GROUP) {
            out.set(yAt + at + i, out.get(sumAt + at + i) * inverse * w.get(wAt + i));
        }
        if (t == 0) {
            out.set(rstdAt + row, inverse);
        }
    }

    /**
     * dX = rstd (g - x̂ mean(g x̂)) with g = dY w and x̂ = x rstd, or accumulates it, and y as in {@link #kRmsNorm}; y
     * may be dY. dX and y are in {@code out}.
     */
    static void kRmsNormBackward(KernelContext context, FloatArray x, int xAt, FloatArray w, int wAt, FloatArray rstd,
        int rstdAt, FloatArray dY, int dYAt, FloatArray out, int dXAt, int yAt, int width, int accumulate) {
        int t = context.localIdx;
        int row = context.groupIdx;
        int at = row * width;
        float inverse = rstd.get(rstdAt + row);
        float product = 0f;
        for (int i = t; i < width; i += GROUP) {
            product += dY.get(dYAt + at + i) * w.get(wAt + i) * x.get(xAt + at + i) * inverse;
        }
        float mean = GroupReduce.sum(context, product) / width;
        for (int i = t; i < width; i += GROUP) {
            float normed = x.get(xAt + at + i) * inverse;
            float gradient = inverse * (dY.get(dYAt + at + i) * w.get(wAt + i) - normed * mean);
            if (accumulate != 0) {
                gradient += out.get(dXAt + at + i);
            }
            out.set(dXAt + at + i, gradient);
            out.set(yAt + at + i, normed * w.get(wAt + i));
        }
    }

    /**
     * partial[s, c] = sum of dY x̂ over the s-th {@code rowsPerPart} rows; one thread for each element of partial
     * [S, C], {@code n} together.
     */
    static void kRmsNormWeightParts(KernelContext context, FloatArray x, int xAt, FloatArray rstd, int rstdAt,
        FloatArray dY, int dYAt, FloatArray partial, int partialAt, int rows, int width, int rowsPerPart, int n) {
        int i = context.globalIdx;
        if (i < n) {
            int column = i % width;
            int from = i / width * rowsPerPart;
            int to = TornadoMath.min(from + rowsPerPart, rows);
            float sum = 0f;
            for (int r = from; r < to; r++) {
                sum += dY.get(dYAt + r * width + column) * x.get(xAt + r * width + column) * rstd.get(rstdAt + r);
            }
            partial.set(partialAt + i, sum);
        }
    }

    /** dW[c] = sum over s of partial[s, c], or accumulates it; partial [S, C] strided. One thread for each column. */
    static void kAddParts(KernelContext context, FloatArray partial, int partialAt, int stride, FloatArray dW, int dWAt,
        int parts, int width, int accumulate) {
        int column = context.globalIdx;
        if (column < width) {
            float sum = 0f;
            for (int s = 0; s < parts; s++) {
                sum += partial.get(partialAt + s * stride + column);
            }
            if (accumulate != 0) {
                sum += dW.get(dWAt + column);
            }
            dW.set(dWAt + column, sum);
        }
    }
}
