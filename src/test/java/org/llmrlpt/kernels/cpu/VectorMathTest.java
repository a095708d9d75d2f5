package org.llmrlpt.kernels.cpu;

import static jdk.incubator.vector.FloatVector.fromMemorySegment;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.llmrlpt.kernels.cpu.Memory.ALL;
import static org.llmrlpt.kernels.cpu.Memory.ORDER;
import static org.llmrlpt.kernels.cpu.VectorMath.S;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.DoubleUnaryOperator;
import jdk.incubator.vector.FloatVector;
import org.junit.jupiter.api.Test;

class VectorMathTest {
    private interface VectorFunction {
        FloatVector apply(FloatVector x);
    }

    @Test
    void expIsWithinOneUlpWhereTheResultIsANormalNumber() {
        assertTrue(worstUlp(VectorMath::exp, Math::exp, -87.33f, 88.72f, 2_000_000) < 1.05);
        assertTrue(worstUlp(VectorMath::exp, Math::exp, -1e-3f, 1e-3f, 200_000) < 1.05);
    }

    @Test
    void expIsRightAtTheEndsOfItsRange() {
        assertEquals(0f, one(VectorMath::exp, Float.NEGATIVE_INFINITY));
        assertEquals(0f, one(VectorMath::exp, -Float.MAX_VALUE));
        assertEquals(0f, one(VectorMath::exp, -88f));
        assertEquals(1f, one(VectorMath::exp, 0f));
        assertEquals(1f, one(VectorMath::exp, Float.MIN_VALUE));
        assertEquals(3.4028e38, one(VectorMath::exp, 88.7228317f), 1e34);
        assertEquals(Float.POSITIVE_INFINITY, one(VectorMath::exp, Math.nextUp(88.7228317f) + 1e-4f));
        assertEquals(Float.POSITIVE_INFINITY, one(VectorMath::exp, 1e30f));
        assertEquals(Float.POSITIVE_INFINITY, one(VectorMath::exp, Float.POSITIVE_INFINITY));
        assertTrue(Float.isNaN(one(VectorMath::exp, Float.NaN)));
        assertTrue(Float.isNaN(one(VectorMath::exp, Float.intBitsToFloat(0xff800001))));
    }

    @Test
    void logIsWithinOneUlp() {
        assertTrue(worstUlp(VectorMath::log, Math::log, 0.3f, 3f, 2_000_000) < 1.05);
        assertTrue(worstUlp(VectorMath::log, Math::log, 1e-4f, 1e5f, 1_000_000) < 1.05);
        assertTrue(worstUlp(VectorMath::log, Math::log, 0f, 1e-37f, 100_000) < 1.05);
        assertTrue(worstUlp(VectorMath::log, Math::log, 1e30f, Float.MAX_VALUE, 100_000) < 1.05);
    }

    @Test
    void logIsRightAtTheEndsOfItsRange() {
        assertEquals(Float.NEGATIVE_INFINITY, one(VectorMath::log, 0f));
        assertEquals(Float.NEGATIVE_INFINITY, one(VectorMath::log, -0f));
        assertEquals(0f, one(VectorMath::log, 1f));
        assertEquals(Float.POSITIVE_INFINITY, one(VectorMath::log, Float.POSITIVE_INFINITY));
        assertEquals((float) Math.log(Float.MIN_VALUE), one(VectorMath::log, Float.MIN_VALUE), 1e-5f);
        assertTrue(Float.isNaN(one(VectorMath::log, -1f)));
        assertTrue(Float.isNaN(one(VectorMath::log, Float.NEGATIVE_INFINITY)));
        assertTrue(Float.isNaN(one(VectorMath::log, Float.NaN)));
    }

    private static float one(VectorFunction f, float x) {
        return f.apply(FloatVector.broadcast(S, x)).lane(0);
    }

    private static double worstUlp(VectorFunction f, DoubleUnaryOperator exact, float from, float to, int count) {
        MemorySegment memory = Arena.global().allocate(S.vectorByteSize(), Memory.ALIGNMENT);
        long p = memory.address();
        double worst = 0;
        for (int i = 1; i + S.length() <= count; i += S.length()) {
            for (int j = 0; j < S.length(); j++) {
                Memory.setFloat(p + 4L * j, (float) (from + ((double) to - from) * (i + j) / count));
            }
            FloatVector x = fromMemorySegment(S, ALL, p, ORDER);
            FloatVector y = f.apply(x);
            for (int j = 0; j < S.length(); j++) {
                double right = exact.applyAsDouble(x.lane(j));
                worst = Math.max(worst, Math.abs(y.lane(j) - right) / Math.ulp((float) right));
            }
        }
        return worst;
    }
}
