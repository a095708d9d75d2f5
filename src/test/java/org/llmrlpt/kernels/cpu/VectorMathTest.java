package org.llmrlpt.kernels.cpu;

import static jdk.incubator.vector.FloatVector.fromMemorySegment;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.llmrlpt.kernels.cpu.Memory.ALL;
import static org.llmrlpt.kernels.cpu.Memory.ORDER;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.DoubleUnaryOperator;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import org.junit.jupiter.api.Test;

class VectorMathTest {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;

    private interface VectorFunction {
        FloatVector apply(FloatVector x);
    }

    @Test
    void expIsWithinOneUlpWhereTheResultIsANormalNumber() {
        assertTrue(worstUlp(VectorMath::exp, Math::exp, -87.2f, 88f, 2_000_000) < 1.05);
        assertTrue(worstUlp(VectorMath::exp, Math::exp, -1e-3f, 1e-3f, 200_000) < 1.05);
    }

    @Test
    void expIsTinyBelowItsRangeAndKeepsNaN() {
        assertEquals(1.2e-38, one(VectorMath::exp, Float.NEGATIVE_INFINITY), 1e-39);
        assertEquals(1.2e-38, one(VectorMath::exp, -1e30f), 1e-39);
        assertEquals(1f, one(VectorMath::exp, 0f));
        assertEquals(1f, one(VectorMath::exp, Float.MIN_VALUE));
        assertTrue(Float.isNaN(one(VectorMath::exp, Float.NaN)));
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
