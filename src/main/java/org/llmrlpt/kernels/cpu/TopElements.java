package org.llmrlpt.kernels.cpu;

import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;
import static jdk.incubator.vector.VectorOperators.GE;
import static jdk.incubator.vector.VectorOperators.GT;
import static org.llmrlpt.kernels.cpu.Memory.ALL;
import static org.llmrlpt.kernels.cpu.Memory.ORDER;
import static org.llmrlpt.kernels.cpu.VectorMath.S;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The k largest elements of a row, exactly: of equal ones those of lower index. NaN is below everything and never
 * belongs; if fewer than k elements are numbers, they all belong.
 *
 * <p>The maxima of more than k disjoint parts of the row have a k-th largest, which no more than a few elements beside
 * the wanted ones reach; these are collected, and the k-th largest of them is found by bisection. Equal or sorted
 * elements only make the collection longer. For use by one thread.
 */
final class TopElements {
    private static final VectorSpecies<Integer> SI = IntVector.SPECIES_PREFERRED;
    private static final int LANES = S.length();
    private static final int BYTES = S.vectorByteSize();
    /** Key of NaN, below all others. */
    private static final int NO_NUMBER = Integer.MIN_VALUE;
    /** Key of minus infinity. */
    static final int LEAST = key(Float.NEGATIVE_INFINITY);

    private int[] keys = new int[0];
    private int[] indices = new int[0];
    private int collected;
    private int thresholdKey;
    private int lastEqual;
    private int largestKey;

    /** Finds the k largest of the n elements at {@code x}, 1 <= k <= n. */
    void find(long x, int n, int k) {
        int bound = lowerBound(x, n, k);
        collect(x, n, value(bound));
        thresholdKey = collected < k ? LEAST : largest(collected, k, k - 1, bound);
        lastEqual = lastEqual(n, k);
    }

    /** The k-th largest element. */
    float threshold() {
        return value(thresholdKey);
    }

    /** Index of the last element equal to the threshold that belongs to the k. */
    int lastEqual() {
        return lastEqual;
    }

    /** The largest element. */
    float largest() {
        return value(largestKey);
    }

    /**
     * Writes the indices of the k largest in rising order, leaving {@code except} out.
     *
     * @return how many these are
     */
    int list(int[] to, int except) {
        int n = 0;
        for (int i = 0; i < collected; i++) {
            boolean belongs = keys[i] > thresholdKey || keys[i] == thresholdKey && indices[i] <= lastEqual;
            if (belongs && indices[i] != except) {
                to[n++] = indices[i];
            }
        }
        return n;
    }

    /** Whether the element of this value and index is one of the k. */
    boolean belongs(float value, int index) {
        return value > threshold() || value == threshold() && index <= lastEqual;
    }

    /** A key that at least k elements reach, or {@link #LEAST}; finds the largest element on its way. */
    private int lowerBound(long x, int n, int k) {
        int vectors = n / LANES;
        int quads = vectors / 4;
        int runs = Math.min(quads, Math.ceilDiv(k, LANES));
        reserve(4 * runs + 4);
        int stored = 0;
        for (int r = 0; r < runs; r++) {
            int from = (int) ((long) quads * r / runs);
            maxima(x + 4L * BYTES * from, (int) ((long) quads * (r + 1) / runs) - from, stored);
            stored += 4 * LANES;
        }
        stored = remainder(x, 4 * quads * LANES, n, stored);
        largestKey = largest(stored);
        return largest(stored, k, k + k / 4, LEAST);
    }

    /** Stores the keys of the maxima of 4 vectors of parts of a run of {@code quads} times 4 vectors. */
    private void maxima(long p, int quads, int stored) {
        FloatVector a = broadcast(S, Float.NEGATIVE_INFINITY);
        FloatVector b = a;
        FloatVector c = a;
        FloatVector d = a;
        for (int i = 0; i < quads; i++) {
            a = a.max(fromMemorySegment(S, ALL, p, ORDER));
            b = b.max(fromMemorySegment(S, ALL, p + BYTES, ORDER));
            c = c.max(fromMemorySegment(S, ALL, p + 2 * BYTES, ORDER));
            d = d.max(fromMemorySegment(S, ALL, p + 3 * BYTES, ORDER));
            p += 4 * BYTES;
        }
        VectorMath.key(a).intoArray(keys, stored);
        VectorMath.key(b).intoArray(keys, stored + LANES);
        VectorMath.key(c).intoArray(keys, stored + 2 * LANES);
        VectorMath.key(d).intoArray(keys, stored + 3 * LANES);
    }

    /** Stores the keys of the elements from i on; returns where they end. */
    private int remainder(long x, int i, int n, int stored) {
        for (; i < n; i += LANES) {
            VectorMath.key(VectorMath.orNaN(x, i, n)).intoArray(keys, stored);
            stored += LANES;
        }
        return stored;
    }

    /** The largest of n keys. */
    private int largest(int n) {
        IntVector top = IntVector.broadcast(SI, NO_NUMBER);
        for (int i = 0; i < n; i += LANES) {
            top = top.max(IntVector.fromArray(SI, keys, i));
        }
        return top.reduceLanes(VectorOperators.MAX);
    }

    /** Keeps keys and indices of the elements that reach the bound. */
    private void collect(long x, int n, float bound) {
        FloatVector least = broadcast(S, bound);
        IntVector index = IntVector.zero(SI).addIndex(1);
        int count = 0;
        for (int i = 0; i < n; i += LANES) {
            FloatVector v = i + LANES <= n ? fromMemorySegment(S, ALL, x + 4L * i, ORDER) : VectorMath.orNaN(x, i, n);
            VectorMask<Float> reached = v.compare(GE, least);
            if (reached.anyTrue()) {
                if (count + LANES > keys.length) {
                    reserve(2 * keys.length / LANES);
                }
                VectorMask<Integer> lanes = reached.cast(SI);
                VectorMath.key(v).compress(lanes).intoArray(keys, count);
                index.add(i).compress(lanes).intoArray(indices, count);
                count += reached.trueCount();
            }
        }
        // The last vector of a row may have lanes behind its end: they hold NaN, which reaches nothing.
        collected = count;
        if (count + LANES > keys.length) {
            reserve(count / LANES + 2);
        }
        Arrays.fill(keys, count, count + LANES, NO_NUMBER);
    }

    private int lastEqual(int n, int k) {
        if (collected < k) {
            return n - 1;
        }
        int missing = k;
        for (int i = 0; i < collected; i += LANES) {
            missing -= IntVector.fromArray(SI, keys, i).compare(GT, thresholdKey).trueCount();
        }
        int i = 0;
        while (missing > 0) {
            if (keys[i] == thresholdKey) {
                missing--;
            }
            i++;
        }
        return indices[i - 1];
    }

    /**
     * The k-th largest of n keys, or one that between k and {@code enough} keys reach; {@code low} if fewer than k
     * reach that.
     */
    private int largest(int n, int k, int enough, int low) {
        int lo = low;
        int hi = largestKey;
        while (lo < hi) {
            int middle = (int) (((long) lo + hi + 1) >> 1);
            int reached = 0;
            for (int i = 0; i < n; i += LANES) {
                reached += IntVector.fromArray(SI, keys, i).compare(GE, middle).trueCount();
            }
            if (reached < k) {
                hi = middle - 1;
            } else {
                lo = middle;
                if (reached <= enough) {
                    break;
                }
            }
        }
        return lo;
    }

    private void reserve(int vectors) {
        int wanted = Math.max(8, vectors) * LANES;
        if (keys.length < wanted) {
            keys = Arrays.copyOf(keys, wanted);
            indices = Arrays.copyOf(indices, wanted);
        }
    }

    /** The key of one float. */
    static int key(float value) {
        int bits = Float.floatToRawIntBits(value + 0f);
        return bits ^ bits >> 31 & Integer.MAX_VALUE;
    }

    /** The float of a key. */
    static float value(int key) {
        return Float.intBitsToFloat(key ^ key >> 31 & Integer.MAX_VALUE);
    }
}
