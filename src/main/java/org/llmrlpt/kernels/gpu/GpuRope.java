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
     *
     * <p>Two matrices at once, queries and keys, as columns of others that have the same row strides: {@code heads} is
     * the pair of their numbers of heads, the second of which may be 0, and what ends with "At" the pair of where the
     * first one and the second one begin.
     */
    static void kQkNormRope(KernelContext context, FloatArray x, long xAt, int xStride, FloatArray w, long wAt,
        IntArray positions, int positionsAt, FloatArray angles, int anglesAt, FloatArray out, long yAt, int yStride,
        long rstdAt, long heads, int headWidth, float eps) {
        int t = context.localIdx;
        int all = Pair.first(heads) + Pair.second(heads);
        int row = context.groupIdx / all;
        int head = context.groupIdx % all;
        int xHead = Pair.first(xAt) + row * xStride + head * headWidth;
        int yHead = Pair.first(yAt) + row * yStride + head * headWidth;
        int weight = Pair.first(wAt);
        int scale = Pair.first(rstdAt) + row * Pair.first(heads) + head;
        if (head >= Pair.first(heads)) {
            head = head - Pair.first(heads);
            xHead = Pair.second(xAt) + row * xStride + head * headWidth;
            yHead = Pair.second(yAt) + row * yStride + head * headWidth;
            weight = Pair.second(wAt);
            scale = Pair.second(rstdAt) + row * Pair.second(heads) + head;
        }
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
            float first = x.get(xHead + i) * inverse * w.get(weight + i);
            float second = x.get(xHead + half + i) * inverse * w.get(weight + half + i);
            out.set(yHead + i, first * cosine - second * sine);
            out.set(yHead + half + i, second * cosine + first * sine);
        }
        if (t == 0) {
            out.set(scale, inverse);
        }
    }

    /**
     * dX = rstd (g - x̂ mean(g x̂)), with x̂ = x rstd and g = w times dY turned back; dX may be dY. One group for each
     * head of each row; two matrices at once as in {@link #kQkNormRope}.
     */
    static void kQkNormRopeBackward(KernelContext context, FloatArray x, long xAt, int xStride, FloatArray w, long wAt,
        FloatArray rstd, long rstdAt, IntArray positions, int positionsAt, FloatArray angles, int anglesAt,
        FloatArray dY, long dYAt, int dYStride, FloatArray dX, long dXAt, int dXStride, long heads, int headWidth) {
        int t = context.localIdx;
        int all = Pair.first(heads) + Pair.second(heads);
        int row = context.groupIdx / all;
        int head = context.groupIdx % all;
        int xHead = Pair.first(xAt) + row * xStride + head * headWidth;
        int dYHead = Pair.first(dYAt) + row * dYStride + head * headWidth;
        int dXHead = Pair.first(dXAt) + row * dXStride + head * headWidth;
        int weight = Pair.first(wAt);
        int scale = Pair.first(rstdAt) + row * Pair.first(heads) + head;
        if (head >= Pair.first(heads)) {
            head = head - Pair.first(heads);
            xHead = Pair.second(xAt) + row * xStride + head * headWidth;
            dYHead = Pair.second(dYAt) + row * dYStride + head * headWidth;
            dXHead = Pair.second(dXAt) + row * dXStride + head * headWidth;
            weight = Pair.second(wAt);
            scale = Pair.second(rstdAt) + row * Pair.second(heads) + head;
        }
        int half = headWidth >> 1;
        int angle = anglesAt + positions.get(positionsAt + row) * headWidth;
        float inverse = rstd.get(scale);
        float product = 0f;
        for (int i = t; i < half; i += HEAD_GROUP) {
            float cosine = angles.get(angle + i);
            float sine = angles.get(angle + half + i);
            float dFirst = dY.get(dYHead + i);
            float dSecond = dY.get(dYHead + half + i);
            product += (dFirst * cosine + dSecond * sine) * w.get(weight + i) * x.get(xHead + i) * inverse;
            product += (dSecond * cosine - dFirst * sine) * w.get(weight + half + i) * x.get(xHead + half + i)
                * inverse;
        }
        float mean = GroupReduce.headSum(context, product) / headWidth;
        for (int i = t; i < half; i += HEAD_GROUP) {
            float cosine = angles.get(angle + i);
            float sine = angles.get(angle + half + i);
            float dFirst = dY.get(dYHead + i);
            float dSecond = dY.get(dYHead + half + i);
            float gFirst = (dFirst * cosine + dSecond * sine) * w.get(weight + i);
            float gSecond = (dSecond * cosine - dFirst * sine) * w.get(weight + half + i);
            dX.set(dXHead + i, inverse * (gFirst - x.get(xHead + i) * inverse * mean));
            dX.set(dXHead + half + i, inverse * (gSecond - x.get(xHead + half + i) * inverse * mean));
        }
    }

    /**
     * partial[s, i] = sum over the heads of the s-th {@code rowsPerPart} rows of x̂ times dY turned back; one thread
     * for each of the {@code n} elements of partial [S, D], or [S, 2D] for two matrices as in {@link #kQkNormRope}.
     */
    static void kQkNormWeightParts(KernelContext context, FloatArray x, long xAt, int xStride, FloatArray rstd,
        long rstdAt, IntArray positions, int positionsAt, FloatArray angles, int anglesAt, FloatArray dY, long dYAt,
        int dYStride, FloatArray partial, int partialAt, long heads, int headWidth, int rows, int rowsPerPart, int n) {
        int thread = context.globalIdx;
        if (thread < n) {
            int columns = Pair.second(heads) > 0 ? 2 * headWidth : headWidth;
            int half = headWidth >> 1;
            int i = thread % columns;
            int from = thread / columns * rowsPerPart;
            int to = TornadoMath.min(from + rowsPerPart, rows);
            int xFirst = Pair.first(xAt);
            int dYFirst = Pair.first(dYAt);
            int scale = Pair.first(rstdAt);
            int count = Pair.first(heads);
            if (i >= headWidth) {
                i = i - headWidth;
                xFirst = Pair.second(xAt);
                dYFirst = Pair.second(dYAt);
                scale = Pair.second(rstdAt);
                count = Pair.second(heads);
            }
            int pair = i < half ? i : i - half;
            int partner = i < half ? i + half : i - half;
            float turn = i < half ? 1f : -1f;
            float sum = 0f;
            for (int r = from; r < to; r++) {
                int angle = anglesAt + positions.get(positionsAt + r) * headWidth + pair;
                float cosine = angles.get(angle);
                float sine = turn * angles.get(angle + half);
                for (int head = 0; head < count; head++) {
                    int dYHead = dYFirst + r * dYStride + head * headWidth;
                    float back = dY.get(dYHead + i) * cosine + dY.get(dYHead + partner) * sine;
                    float normed = x.get(xFirst + r * xStride + head * headWidth + i)
                        * rstd.get(scale + r * count + head);
                    sum += back * normed;
                }
            }
            partial.set(partialAt + thread, sum);
        }
    }
}
