package org.llmrlpt.kernels.cpu;

import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;
import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LE;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LT;
import static jdk.incubator.vector.VectorOperators.NE;
import static jdk.incubator.vector.VectorOperators.XOR;
import static org.llmrlpt.kernels.cpu.Memory.ALL;
import static org.llmrlpt.kernels.cpu.Memory.ORDER;
import static org.llmrlpt.kernels.cpu.Memory.at;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/**
 * Functions of vectors, to be used inside the loops of kernels. They are small enough to be inlined there; a loop that
 * uses several of them should be looked at with a profiler, as a call that is not inlined makes each vector an object.
 */
public final class VectorMath {
    /** The vectors of all CPU kernels: the widest that this machine prefers. */
    public static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;

    private static final VectorSpecies<Integer> SI = IntVector.SPECIES_PREFERRED;
    /** 1.5 · 2^23: added to a small number, leaves the nearest integer in the low bits. */
    private static final float MAGIC = 12582912f;
    private static final float LOG2_E = 1.44269504f;
    /** ln 2 in two parts, the first so short that its product with an exponent is exact. */
    private static final float LN2_HIGH = 0.693359375f;
    private static final float LN2_LOW = -2.12194440e-4f;
    /** e^x is finite up to here. */
    private static final float EXP_MAX = 88.7228317f;
    /** e^x is a normal number down to here. */
    static final float EXP_MIN = -87.3365402f;
    private static final float SQRT_HALF = 0.70710677f;
    private static final float TWO_23 = 8388608f;

    private VectorMath() {
    }

    /**
     * v itself, of a type that the compiler knows. Where a vector comes from memory it otherwise learns the type too
     * late, and takes the one that it has seen most often at the next operation's inner calls, in any kernel: if that
     * is a vector of another width, each vector becomes an object (seen at stores into an array, in some runs).
     */
    static FloatVector exactly(FloatVector v) {
        return (FloatVector) S.vectorType().cast(v);
    }

    /**
     * e^x to about 1 ulp for all x: infinity above 88.72, 0 where the result would not be a normal number (x below
     * −87.34), NaN for NaN. e^x = 2^n · e^r with |r| ≤ ln 2 / 2; e^r = 1 + r + r²·q(r), q fitted to an error of 2^-28.
     */
    public static FloatVector exp(FloatVector x) {
        // Above the limit x · infinity is infinity, and NaN for NaN.
        return x.mul(Float.POSITIVE_INFINITY).blend(expInRange(x), x.compare(LE, EXP_MAX))
            .blend(0f, x.compare(LT, EXP_MIN));
    }

    /** {@link #exp} without the care for x above 88.72, where the result is undefined. */
    static FloatVector expOfLow(FloatVector x) {
        return expInRange(x).blend(0f, x.compare(LT, EXP_MIN));
    }

    /** The larger of each two lanes; that of a where b is NaN. {@code max} takes three times as many instructions. */
    static FloatVector larger(FloatVector a, FloatVector b) {
        return a.blend(b, b.compare(GT, a));
    }

    /** x, but not so low that its exponential is undefined; NaN stays. */
    static FloatVector notTooLow(FloatVector x) {
        return x.blend(EXP_MIN, x.compare(LT, EXP_MIN));
    }

    /** {@link #exp} without the care for x above 88.72 and x below {@link #EXP_MIN}, where the result is undefined. */
    static FloatVector expInRange(FloatVector x) {
        FloatVector shifted = x.fma(broadcast(S, LOG2_E), broadcast(S, MAGIC));
        FloatVector n = shifted.sub(MAGIC);
        FloatVector r = n.fma(broadcast(S, -LN2_HIGH), x);
        r = n.fma(broadcast(S, -LN2_LOW), r);
        FloatVector q = r.fma(broadcast(S, 1.38145394e-3f), broadcast(S, 8.36874545e-3f));
        q = q.fma(r, broadcast(S, 4.16683890e-2f));
        q = q.fma(r, broadcast(S, 1.66665211e-1f));
        q = q.fma(r, broadcast(S, 0.49999994f));
        FloatVector e = q.fma(r.mul(r), r).add(1f);
        // n is added to the exponent's bits; MAGIC's own bits leave by the shift.
        return e.reinterpretAsInts().add(shifted.reinterpretAsInts().lanewise(LSHL, 23)).reinterpretAsFloats();
    }

    /**
     * ln x to about 1 ulp for all x: −infinity for 0, NaN below 0 and for NaN. x = m · 2^n with m in [√½, √2);
     * with f = m − 1 and s = f / (2 + f), ln m = f − f²/2 + s·(f²/2 + R), R = 2·(s²/3 + s⁴/5 + …).
     */
    public static FloatVector log(FloatVector x) {
        VectorMask<Float> tiny = x.compare(LT, Float.MIN_NORMAL);
        IntVector bits = x.blend(x.mul(TWO_23), tiny).reinterpretAsInts();
        IntVector above = bits.sub(Float.floatToRawIntBits(SQRT_HALF));
        IntVector exponent = above.lanewise(ASHR, 23);
        FloatVector f = bits.sub(exponent.lanewise(LSHL, 23)).reinterpretAsFloats().sub(1f);
        FloatVector n = (FloatVector) exponent.convertShape(I2F, S, 0);
        n = n.blend(n.sub(23f), tiny);
        FloatVector s = f.div(f.add(2f));
        FloatVector z = s.mul(s);
        FloatVector half = f.mul(f).mul(0.5f);
        FloatVector series = z.fma(broadcast(S, 2f / 9f), broadcast(S, 2f / 7f));
        series = series.fma(z, broadcast(S, 2f / 5f));
        series = series.fma(z, broadcast(S, 2f / 3f)).mul(z);
        FloatVector low = s.fma(half.add(series), n.mul(LN2_LOW));
        FloatVector result = n.fma(broadcast(S, LN2_HIGH), f.sub(half.sub(low)));
        result = result.blend(x, x.compare(GT, Float.MAX_VALUE));
        result = broadcast(S, Float.NaN).blend(result, x.compare(GT, 0f));
        return result.blend(Float.NEGATIVE_INFINITY, x.compare(EQ, 0f));
    }

    /** Integers in the order of the floats: the two zeros are equal, NaN is below all others. */
    static IntVector key(FloatVector v) {
        IntVector bits = v.add(0f).reinterpretAsInts();
        IntVector key = bits.lanewise(XOR, bits.lanewise(ASHR, 31).and(Integer.MAX_VALUE));
        return key.blend(Integer.MIN_VALUE, v.compare(NE, v).cast(SI));
    }

    /** What {@link #key} takes for the integers at an address; the lowest is undefined. */
    static FloatVector ofKeys(long address) {
        IntVector key = IntVector.fromMemorySegment(SI, ALL, address, ORDER);
        return key.lanewise(XOR, key.lanewise(ASHR, 31).and(Integer.MAX_VALUE)).reinterpretAsFloats();
    }

    /** The vector from element i on of the n at x; lanes behind the end are NaN. */
    static FloatVector orNaN(long x, int i, int n) {
        VectorMask<Float> inside = S.indexInRange(i, n);
        return broadcast(S, Float.NaN).blend(fromMemorySegment(S, ALL, at(x, i), ORDER, inside), inside);
    }
}
