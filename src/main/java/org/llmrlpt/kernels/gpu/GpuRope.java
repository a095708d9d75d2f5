package org.llmrlpt.kernels.gpu;

import static org.llmrlpt.kernels.gpu.GroupReduce.HEAD_GROUP;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * Rotary position embedding, alone and after QK-norm. Matrices are [R, heads D] with a row stride; within a head the
 * pairs (i, i + D/2) turn. angles [maxLength, D]: cosines, then sines, made on the host because a device's sine is poor
 * at large angles.
 */
final class GpuRope {
    private GpuRope() {
    }

    /**
     * y = x turned by {@code direction} (1 or -1) times the angle of its row; y may be x. One thread for each of the
     * {@code n} = R heads D/2 pairs.
     */
    static void kRope(KernelContext context, FloatArray x, int xAt, int xStride, IntArray positions, int positionsAt,
        FloatArray angles, int anglesAt, FloatArray y, int yAt, int yStride, int heads, int headWidth, float direction,
        int n) {
        int thread = context.globalIdx;
        if (thread < n) {
            int half = headWidth >> 1;
            int i = thread % half;
            int rest = thread / half;
            int row = rest / heads;
            int column = rest % heads * headWidth + i;
            int angle = anglesAt + positions.get(positionsAt + row) * headWidth + i;
            float cosine = angles.get(angle);
            float sine = direction * angles.get(angle + half);
            float first = x.get(xAt + row * xStride + column);
            float second = x.get(xAt + row * xStride + column + half);
            y.set(yAt + row * yStride + column, first * cosine - second * sine);
            y.set(yAt + row * yStride + column + half, second * cosine + first * sine);
        }
    }

    /**
     * Per head: rstd = 1 / sqrt(mean(x²) + eps), y = (x rstd w) turned; one group for each head of each row. y and rstd
     * [R, heads] are in {@code out}.
     */
    static void kQkNormRope(KernelContext context, FloatArray x, int xAt, int xStride, FloatArray w, int wAt,
        IntArray positions, int positionsAt, FloatArray angles, int anglesAt, FloatArray out, int yAt, int yStride,
        int rstdAt, int heads, int headWidth, float eps) {
        int t = context.localIdx;
        int row = context.groupIdx / heads;
        int head = context.groupIdx % heads;
        int xHead = xAt + row * xStride + head * headWidth;
        int yHead = yAt + row * yStride + head * headWidth;
        int half = headWidth >> 1;
        float squares = 0f;
        for (int i = t; i < headWidth; i += HEAD_GROUP) {
            float value = x.get(xHead + i);
            squares += value * value;
        }
        float total = GroupReduce.headSum(context, squares);
        float inverse = 1f / TornadoMath.sqrt(total / headWidth + eps);
        int angle = anglesAt + positions.get(positionsAt + row) * headWidth;
        for (int i = t; i < half; i += HEAD_GROUP) {
            float cosine = angles.get(angle + i);
            float sine = angles.get(angle + half + i);
            float first = x.get(xHead + i) * inverse * w.get(wAt + i);
            float second = x.get(xHead + half + i) * inverse * w.get(wAt + half + i);
            out.set(yHead + i, first * cosine - second * sine);
            out.set(yHead + half + i, second * cosine + first * sine);
        }
        if (t == 0) {
            out.set(rstdAt + context.groupIdx, inverse);
        }
    }

    /**
     * dX = rstd (g - x̂ mean(g x̂)), with x̂ = x rstd and g = w times dY turned back; dX may be dY. One group for each
     * head of each row. {@code heads} and {@code headWidth} share a parameter: a task has at most 20.
     */
    static void kQkNormRopeBackward(KernelContext context, FloatArray x, int xAt, int xStride, FloatArray w, int wAt,
        FloatArray rstd, int rstdAt, IntArray positions, int positionsAt, FloatArray angles, int anglesAt,
            FloatArray dY,
        int dYAt, int dYStride, FloatArray dX, int dXAt, int dXStride, long headsAndWidth) {
        int heads = Pair.first(headsAndWidth);
        int headWidth = Pair.second(headsAndWidth);
        int t = context.localIdx;
        int row = context.groupIdx / heads;
        int head = context.groupIdx % heads;
        int xHead = xAt + row * xStride + head * headWidth;
        int dYHead = dYAt + row * dYStride + head * headWidth;
        int dXHead = dXAt + row * dXStride + head * headWidth;
        int half = headWidth >> 1;
        int angle = anglesAt + positions.get(positionsAt + row) * headWidth;
        float inverse = rstd.get(rstdAt + context.groupIdx);
        float product = 0f;
        for (int i = t; i < half; i += HEAD_GROUP) {
            float cosine = angles.get(angle + i);
            float sine = angles.get(angle + half + i);
            float dFirst = dY.get(dYHead + i);
            float dSecond = dY.get(dYHead + half + i);
            product += (dFirst * cosine + dSecond * sine) * w.get(wAt + i) * x.get(xHead + i) * inverse;
            product += (dSecond * cosine - dFirst * sine) * w.get(wAt + half + i) * x.get(xHead + half + i) * inverse;
        }
        float mean = GroupReduce.headSum(context, product) / headWidth;
        for (int i = t; i < half; i += HEAD_GROUP) {
            float cosine = angles.get(angle + i);
            float sine = angles.get(angle + half + i);
            float dFirst = dY.get(dYHead + i);
            float dSecond = dY.get(dYHead + half + i);
            float gFirst = (dFirst * cosine + dSecond * sine) * w.get(wAt + i);
            float gSecond = (dSecond * cosine - dFirst * sine) * w.get(wAt + half + i);
            dX.set(dXHead + i, inverse * (gFirst - x.get(xHead + i) * inverse * mean));
            dX.set(dXHead + half + i, inverse * (gSecond - x.get(xHead + half + i) * inverse * mean));
        }
    }

    /**
     * partial[s, i] = sum over the heads of the s-th {@code rowsPerPart} rows of x̂ times dY turned back; one thread
     * for each of the {@code n} elements of partial [S, D].
     */
    static void kQkNormWeightParts(KernelContext context, FloatArray x, int xAt, int xStride, FloatArray rstd,
        int rstdAt, IntArray positions, int positionsAt, FloatArray angles, int anglesAt, FloatArray dY, int dYAt,
        int dYStride, FloatArray partial, int partialAt, int rows, long headsAndWidth, int rowsPerPart, int n) {
        int thread = context.globalIdx;
        if (thread < n) {
            int heads = Pair.first(headsAndWidth);
            int headWidth = Pair.second(headsAndWidth);
            int half = headWidth >> 1;
            int i = thread % headWidth;
            int pair = i < half ? i : i - half;
            int partner = i < half ? i + half : i - half;
            float turn = i < half ? 1f : -1f;
            int from = thread / headWidth * rowsPerPart;
            int to = TornadoMath.min(from + rowsPerPart, rows);
            float sum = 0f;
            for (int r = from; r < to; r++) {
                int angle = anglesAt + positions.get(positionsAt + r) * headWidth + pair;
                float cosine = angles.get(angle);
                float sine = turn * angles.get(angle + half);
                for (int head = 0; head < heads; head++) {
                    int dYHead = dYAt + r * dYStride + head * headWidth;
                    float back = dY.get(dYHead + i) * cosine + dY.get(dYHead + partner) * sine;
                    float normed = x.get(xAt + r * xStride + head * headWidth + i) * rstd.get(rstdAt + r * heads
                        + head);
                    sum += back * normed;
                }
            }
            partial.set(partialAt + thread, sum);
        }
    }
}
