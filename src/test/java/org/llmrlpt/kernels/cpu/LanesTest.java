package org.llmrlpt.kernels.cpu;

import static org.llmrlpt.kernels.Closeness.assertSameBits;
import static org.llmrlpt.kernels.RandomNumbers.gaussian;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.FloatVector;
import org.junit.jupiter.api.Test;

/** Enough repetitions for the JIT compiler to replace the interpreter in the middle: the bits may not change then. */
class LanesTest {
    private static final int REPETITIONS = 20_000;
    private static final int LANES = FloatVector.SPECIES_PREFERRED.length();

    @Test
    void addsLanesInTheSameOrderInterpretedAndCompiled() {
        for (int count : new int[] {1, 2, 4, 8, 16}) {
            float[] values = gaussian("lanes", count);
            MemorySegment memory = copied(values);
            float[] want = {inOrder(values)};
            for (int i = 0; i < REPETITIONS; i++) {
                assertSameBits("sum of " + count, want, new float[] {Lanes.sum(memory.address(), count)});
            }
        }
    }

    @Test
    void productsOfOneRowAreOneChainInterpretedAndCompiled() {
        int k = 2 * LANES + 3;
        int n = 5;
        float[] x = gaussian("x", k);
        float[] w = gaussian("w", n * k);
        MemorySegment xs = copied(x);
        MemorySegment ws = copied(w);
        MemorySegment ys = Memory.allocate(n);
        float[] want = new float[n];
        for (int j = 0; j < n; j++) {
            for (int i = 0; i < k; i++) {
                want[j] = Math.fma(x[i], w[j * k + i], want[j]);
            }
        }
        for (int i = 0; i < REPETITIONS; i++) {
            Gemm.nt(xs.address(), k, ws.address(), k, ys.address(), n, 1, n, k, false);
            assertSameBits("x wᵀ", want, ys.toArray(ValueLayout.JAVA_FLOAT));
        }
    }

    private static float inOrder(float[] values) {
        float[] fours = new float[4];
        for (int i = 0; i < values.length; i++) {
            fours[i % 4] += values[i];
        }
        return (fours[0] + fours[1]) + (fours[2] + fours[3]);
    }

    private static MemorySegment copied(float[] values) {
        MemorySegment memory = Memory.allocate(values.length);
        MemorySegment.copy(values, 0, memory, ValueLayout.JAVA_FLOAT, 0, values.length);
        return memory;
    }
}
