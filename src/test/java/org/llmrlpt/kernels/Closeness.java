package org.llmrlpt.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

/** Comparisons of what a kernel computed with what it should have. */
public final class Closeness {
    /** Of float32 code, relative to the largest magnitude of the whole array. */
    public static final double RTOL = 1e-4;
    /** Of float32 code. */
    public static final double ATOL = 1e-6;

    private Closeness() {
    }

    /** |got - want| <= 1e-6 + 1e-4 max|want|, the maximum over the whole array; NaN never passes. */
    public static void assertClose(String what, double[] want, float[] got) {
        assertClose(what, want, got, RTOL, ATOL);
    }

    /** |got - want| <= atol + rtol max|want|, the maximum over the whole array; NaN never passes. */
    public static void assertClose(String what, double[] want, float[] got, double rtol, double atol) {
        assertEquals(want.length, got.length, "length of " + what);
        double largest = 0;
        for (double w : want) {
            largest = Math.max(largest, Math.abs(w));
        }
        double tolerance = atol + rtol * largest;
        for (int i = 0; i < want.length; i++) {
            if (!(Math.abs(got[i] - want[i]) <= tolerance)) {
                fail(what + "[" + i + "] is " + got[i] + ", should be " + want[i] + " within " + tolerance);
            }
        }
    }

    /** The same bits everywhere. */
    public static void assertSameBits(String what, float[] want, float[] got) {
        assertEquals(want.length, got.length, "length of " + what);
        for (int i = 0; i < want.length; i++) {
            if (Float.floatToRawIntBits(want[i]) != Float.floatToRawIntBits(got[i])) {
                fail(what + "[" + i + "] is " + got[i] + ", should have the bits of " + want[i]);
            }
        }
    }

    /** The same numbers in double precision. */
    public static double[] doubles(float... values) {
        double[] wide = new double[values.length];
        for (int i = 0; i < wide.length; i++) {
            wide[i] = values[i];
        }
        return wide;
    }
}
