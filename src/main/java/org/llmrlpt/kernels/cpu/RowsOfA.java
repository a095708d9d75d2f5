package org.llmrlpt.kernels.cpu;

import static jdk.incubator.vector.FloatVector.fromMemorySegment;
import static org.llmrlpt.kernels.cpu.Memory.ALL;
import static org.llmrlpt.kernels.cpu.Memory.ORDER;
import static org.llmrlpt.kernels.cpu.Memory.at;
import static org.llmrlpt.kernels.cpu.Memory.getFloat;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/** Copies blocks of A into the rows of an array, {@link Tile#STRIDE_A} apart, that a {@link Tile} reads. */
final class RowsOfA {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_256;
    private static final int LANES = S.length();
    private static final int STEP = Tile.STRIDE_A;
    /** Exchanges neighbouring groups of 4, 2 or 1 lanes; the masks name the second of each pair of groups. */
    private static final VectorShuffle<Float> SWAP_4 = VectorShuffle.fromOp(S, i -> i ^ 4);
    private static final VectorShuffle<Float> SWAP_2 = VectorShuffle.fromOp(S, i -> i ^ 2);
    private static final VectorShuffle<Float> SWAP_1 = VectorShuffle.fromOp(S, i -> i ^ 1);
    private static final VectorMask<Float> SECOND_4 = VectorMask.fromLong(S, 0b11110000);
    private static final VectorMask<Float> SECOND_2 = VectorMask.fromLong(S, 0b11001100);
    private static final VectorMask<Float> SECOND_1 = VectorMask.fromLong(S, 0b10101010);

    private RowsOfA() {
    }

    /** From a row-major A [m, k]; {@code lda} in floats. */
    static void copy(long a, int lda, int m, int k, float[] to) {
        for (int i = 0; i < m; i++) {
            MemorySegment.copy(Memory.ALL, Memory.FLOAT, at(a, (long) i * lda), to, i * STEP, k);
        }
    }

    /** From a row-major Aᵀ [k, m]; {@code lda} in floats. */
    static void transpose(long a, int lda, int m, int k, float[] to) {
        long step = 4L * lda;
        int whole = m / LANES * LANES;
        int i = 0;
        for (; i + LANES <= k; i += LANES) {
            squares(a, step, whole, to, i);
            elements(at(a, whole), step, LANES, m - whole, to, whole * STEP + i);
            a += LANES * step;
        }
        elements(a, step, k - i, m, to, i);
    }

    private static void elements(long a, long step, int k, int m, float[] to, int at) {
        for (int i = 0; i < k; i++) {
            for (int j = 0; j < m; j++) {
                to[at + j * STEP + i] = getFloat(at(a, j));
            }
            a += step;
        }
    }

    /** Eight rows of m floats, by squares: in each, groups of 4, then of 2, then of 1 change places. */
    private static void squares(long a, long step, int m, float[] to, int at) {
        for (int j = 0; j < m; j += LANES) {
            long p = at(a, j);
            FloatVector v0 = fromMemorySegment(S, ALL, p, ORDER);
            p += step;
            FloatVector v1 = fromMemorySegment(S, ALL, p, ORDER);
            p += step;
            FloatVector v2 = fromMemorySegment(S, ALL, p, ORDER);
            p += step;
            FloatVector v3 = fromMemorySegment(S, ALL, p, ORDER);
            p += step;
            FloatVector v4 = fromMemorySegment(S, ALL, p, ORDER);
            p += step;
            FloatVector v5 = fromMemorySegment(S, ALL, p, ORDER);
            p += step;
            FloatVector v6 = fromMemorySegment(S, ALL, p, ORDER);
            p += step;
            FloatVector v7 = fromMemorySegment(S, ALL, p, ORDER);
            FloatVector a0 = v0.blend(v4.rearrange(SWAP_4), SECOND_4);
            FloatVector a4 = v0.rearrange(SWAP_4).blend(v4, SECOND_4);
            FloatVector a1 = v1.blend(v5.rearrange(SWAP_4), SECOND_4);
            FloatVector a5 = v1.rearrange(SWAP_4).blend(v5, SECOND_4);
            FloatVector a2 = v2.blend(v6.rearrange(SWAP_4), SECOND_4);
            FloatVector a6 = v2.rearrange(SWAP_4).blend(v6, SECOND_4);
            FloatVector a3 = v3.blend(v7.rearrange(SWAP_4), SECOND_4);
            FloatVector a7 = v3.rearrange(SWAP_4).blend(v7, SECOND_4);
            FloatVector b0 = a0.blend(a2.rearrange(SWAP_2), SECOND_2);
            FloatVector b2 = a0.rearrange(SWAP_2).blend(a2, SECOND_2);
            FloatVector b1 = a1.blend(a3.rearrange(SWAP_2), SECOND_2);
            FloatVector b3 = a1.rearrange(SWAP_2).blend(a3, SECOND_2);
            FloatVector b4 = a4.blend(a6.rearrange(SWAP_2), SECOND_2);
            FloatVector b6 = a4.rearrange(SWAP_2).blend(a6, SECOND_2);
            FloatVector b5 = a5.blend(a7.rearrange(SWAP_2), SECOND_2);
            FloatVector b7 = a5.rearrange(SWAP_2).blend(a7, SECOND_2);
            b0.blend(b1.rearrange(SWAP_1), SECOND_1).intoArray(to, at);
            b0.rearrange(SWAP_1).blend(b1, SECOND_1).intoArray(to, at + STEP);
            b2.blend(b3.rearrange(SWAP_1), SECOND_1).intoArray(to, at + 2 * STEP);
            b2.rearrange(SWAP_1).blend(b3, SECOND_1).intoArray(to, at + 3 * STEP);
            b4.blend(b5.rearrange(SWAP_1), SECOND_1).intoArray(to, at + 4 * STEP);
            b4.rearrange(SWAP_1).blend(b5, SECOND_1).intoArray(to, at + 5 * STEP);
            b6.blend(b7.rearrange(SWAP_1), SECOND_1).intoArray(to, at + 6 * STEP);
            b6.rearrange(SWAP_1).blend(b7, SECOND_1).intoArray(to, at + 7 * STEP);
            at += LANES * STEP;
        }
    }
}
