package org.llmrlpt.fallback;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** Small kernels in the language that the real TornadoVM compiles. */
final class ProbeKernels {
    static final int TILE = 16;

    private ProbeKernels() { }

    /** out[i] = in[i] * factor */
    static void kScale(KernelContext c, FloatArray in, FloatArray out, float factor, int n) {
        int i = c.globalIdx;
        if (i < n) { out.set(i, in.get(i) * factor); }
    }

    /** a[i] += 1 */
    static void kIncrement(KernelContext c, FloatArray a, int n) {
        int i = c.globalIdx;
        if (i < n) { a.set(i, a.get(i) + 1f); }
    }

    /** a[i] += b[i] */
    static void kAdd(KernelContext c, FloatArray a, FloatArray b, int n) {
        int i = c.globalIdx;
        if (i < n) { a.set(i, a.get(i) + b.get(i)); }
    }

    /** Keeps p and clears a, so that both are on the device. */
    static void kTouch(KernelContext c, FloatArray p, FloatArray a) {
        int i = c.globalIdx;
        if (i == 0) {
            p.set(0, p.get(0));
            a.set(0, a.get(0));
        }
    }

    /** y[i] = sum over j of w[i, j] * x[j] */
    static void kMatVec(KernelContext c, FloatArray w, FloatArray x, FloatArray y, int n) {
        int i = c.globalIdx;
        if (i < n) {
            float sum = 0f;
            for (int j = 0; j < n; j++) { sum += w.get(i * n + j) * x.get(j); }
            y.set(i, sum);
        }
    }

    /** w[i, j] -= rate * y[i] * x[j], with the rate in s[0] */
    static void kUpdate(KernelContext c, FloatArray w, FloatArray y, FloatArray x, FloatArray s, int n) {
        int i = c.globalIdx;
        if (i < n * n) {
            int row = i / n;
            w.set(i, w.get(i) - s.get(0) * y.get(row) * x.get(i - row * n));
        }
    }

    /** Row softmax, one work-group of 64 threads per row. */
    static void kSoftmax(KernelContext c, FloatArray in, FloatArray out, int width) {
        int row = c.groupIdx;
        int thread = c.localIdx;
        float[] shared = c.allocateFloatLocalArray(64);
        float largest = Float.NEGATIVE_INFINITY;
        for (int j = thread; j < width; j += 64) { largest = TornadoMath.max(largest, in.get(row * width + j)); }
        shared[thread] = largest;
        c.localBarrier();
        for (int stride = 32; stride > 0; stride = stride / 2) {
            if (thread < stride) { shared[thread] = TornadoMath.max(shared[thread], shared[thread + stride]); }
            c.localBarrier();
        }
        largest = shared[0];
        c.localBarrier();
        float sum = 0f;
        for (int j = thread; j < width; j += 64) { sum += TornadoMath.exp(in.get(row * width + j) - largest); }
        shared[thread] = sum;
        c.localBarrier();
        for (int stride = 32; stride > 0; stride = stride / 2) {
            if (thread < stride) { shared[thread] += shared[thread + stride]; }
            c.localBarrier();
        }
        sum = shared[0];
        for (int j = thread; j < width; j += 64) {
            out.set(row * width + j, TornadoMath.exp(in.get(row * width + j) - largest) / sum);
        }
    }

    /** out[m, n] = a[m, k] times b[k, n], in tiles of 16 by 16; the sizes need not be multiples of 16. */
    static void kMatMul(KernelContext c, FloatArray a, FloatArray b, FloatArray out, int m, int n, int k) {
        int column = c.globalIdx;
        int row = c.globalIdy;
        int x = c.localIdx;
        int y = c.localIdy;
        float[] tileA = c.allocateFloatLocalArray(TILE * TILE);
        float[] tileB = c.allocateFloatLocalArray(TILE * TILE);
        float sum = 0f;
        int tiles = (k + TILE - 1) / TILE;
        for (int t = 0; t < tiles; t++) {
            int kA = t * TILE + x;
            int kB = t * TILE + y;
            float valueA = 0f;
            float valueB = 0f;
            if (row < m && kA < k) { valueA = a.get(row * k + kA); }
            if (kB < k && column < n) { valueB = b.get(kB * n + column); }
            tileA[y * TILE + x] = valueA;
            tileB[y * TILE + x] = valueB;
            c.localBarrier();
            for (int i = 0; i < TILE; i++) { sum += tileA[y * TILE + i] * tileB[i * TILE + x]; }
            c.localBarrier();
        }
        if (row < m && column < n) { out.set(row * n + column, sum); }
    }

    /** Writes where each thread of a three-dimensional grid is: 6 numbers per thread. */
    static void kWhere(KernelContext c, IntArray out) {
        int x = c.globalIdx;
        int y = c.globalIdy;
        int z = c.globalIdz;
        int at = ((z * c.globalGroupSizeY + y) * c.globalGroupSizeX + x) * 6;
        out.set(at, c.localIdx + 100 * c.localIdy + 10000 * c.localIdz);
        out.set(at + 1, c.groupIdx + 100 * c.groupIdy + 10000 * c.groupIdz);
        out.set(at + 2, c.localGroupSizeX);
        out.set(at + 3, c.localGroupSizeY);
        out.set(at + 4, c.localGroupSizeZ);
        out.set(at + 5, x + 100 * y + 10000 * z);
    }

    /** Counts even numbers. */
    static void kCountEven(KernelContext c, IntArray in, IntArray count, int n) {
        int i = c.globalIdx;
        if (i < n && in.get(i) % 2 == 0) { c.atomicAdd(count, 0, 1); }
    }
}
