package org.llmrlpt.kernels.cpu;

import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;
import static org.llmrlpt.kernels.cpu.Memory.ALL;
import static org.llmrlpt.kernels.cpu.Memory.ORDER;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/**
 * SwiGLU, silu(gate) up, and its backward pass. The sigmoid is written with e^-|gate|, which cannot overflow. What does
 * not fill a vector at the end of a row is computed in scratch memory by the same code.
 */
public final class SwiGluKernels {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final int LANES = S.length();
    private static final int BYTES = S.vectorByteSize();
    private static final Scratch TAIL = new Scratch();

    private SwiGluKernels() {
    }

    /** out = silu(gate) up; gateUp [rows, 2F]: gate, then up; out [rows, F]. */
    public static void swiGlu(FloatArray gateUp, int gateUpAt, int gateUpStride, FloatArray out, int outAt,
        int outStride, int rows, int f) {
        long from = Memory.at(gateUp.getSegment().address(), gateUpAt);
        long to = Memory.at(out.getSegment().address(), outAt);
        Elements.forEachRun(rows, f, (row, column, count) -> {
            long gate = Memory.at(from, (long) row * gateUpStride + column);
            long up = Memory.at(gate, f);
            long y = Memory.at(to, (long) row * outStride + column);
            int whole = count / LANES * LANES;
            forward(gate, up, y, whole);
            int rest = count - whole;
            if (rest > 0) {
                long tail = TAIL.floats(3L * LANES);
                Memory.copy(Memory.at(gate, whole), tail, rest);
                Memory.copy(Memory.at(up, whole), tail + BYTES, rest);
                forward(tail, tail + BYTES, tail + 2 * BYTES, LANES);
                Memory.copy(tail + 2 * BYTES, Memory.at(y, whole), rest);
            }
        });
    }

    /**
     * dGate = dOut up s (1 + gate (1 - s)) with s = sigmoid(gate), dUp = dOut gate s, and out as {@link #swiGlu}
     * computed it; gateUp and dGateUp [rows, 2F] (may be the same), dOut and out [rows, F] (may be the same).
     */
    public static void swiGluBackward(FloatArray gateUp, int gateUpAt, int gateUpStride, FloatArray dOut, int dOutAt,
        int dOutStride, FloatArray dGateUp, int dGateUpAt, int dGateUpStride, FloatArray out, int outAt, int outStride,
        int rows, int f) {
        long from = Memory.at(gateUp.getSegment().address(), gateUpAt);
        long gradient = Memory.at(dOut.getSegment().address(), dOutAt);
        long to = Memory.at(dGateUp.getSegment().address(), dGateUpAt);
        long again = Memory.at(out.getSegment().address(), outAt);
        Elements.forEachRun(rows, f, (row, column, count) -> {
            long gate = Memory.at(from, (long) row * gateUpStride + column);
            long up = Memory.at(gate, f);
            long d = Memory.at(gradient, (long) row * dOutStride + column);
            long dGate = Memory.at(to, (long) row * dGateUpStride + column);
            long dUp = Memory.at(dGate, f);
            long y = Memory.at(again, (long) row * outStride + column);
            int whole = count / LANES * LANES;
            backward(gate, up, d, dGate, dUp, y, whole);
            int rest = count - whole;
            if (rest > 0) {
                long tail = TAIL.floats(3L * LANES);
                Memory.copy(Memory.at(gate, whole), tail, rest);
                Memory.copy(Memory.at(up, whole), tail + BYTES, rest);
                Memory.copy(Memory.at(d, whole), tail + 2 * BYTES, rest);
                backward(tail, tail + BYTES, tail + 2 * BYTES, tail, tail + BYTES, tail + 2 * BYTES, LANES);
                Memory.copy(tail, Memory.at(dGate, whole), rest);
                Memory.copy(tail + BYTES, Memory.at(dUp, whole), rest);
                Memory.copy(tail + 2 * BYTES, Memory.at(y, whole), rest);
            }
        });
    }

    private static void forward(long gate, long up, long y, int n) {
        FloatVector one = broadcast(S, 1f);
        for (int i = 0; i < n; i += LANES) {
            FloatVector g = fromMemorySegment(S, ALL, gate, ORDER);
            FloatVector e = VectorMath.expOfLow(g.abs().neg()); // undefined for NaN, which g itself carries on
            FloatVector inverse = one.div(e.add(one));
            FloatVector sigmoid = inverse.blend(e.mul(inverse), g.compare(VectorOperators.LT, 0f));
            g.mul(sigmoid).mul(fromMemorySegment(S, ALL, up, ORDER)).intoMemorySegment(ALL, y, ORDER);
            gate += BYTES;
            up += BYTES;
            y += BYTES;
        }
    }

    private static void backward(long gate, long up, long d, long dGate, long dUp, long y, int n) {
        FloatVector one = broadcast(S, 1f);
        for (int i = 0; i < n; i += LANES) {
            FloatVector g = fromMemorySegment(S, ALL, gate, ORDER);
            FloatVector u = fromMemorySegment(S, ALL, up, ORDER);
            FloatVector dy = fromMemorySegment(S, ALL, d, ORDER);
            FloatVector e = VectorMath.expOfLow(g.abs().neg());
            VectorMask<Float> negative = g.compare(VectorOperators.LT, 0f);
            FloatVector inverse = one.div(e.add(one));
            FloatVector small = e.mul(inverse);
            FloatVector sigmoid = inverse.blend(small, negative);
            FloatVector rest = small.blend(inverse, negative); // 1 - sigmoid, without subtracting
            g.mul(sigmoid).mul(u).intoMemorySegment(ALL, y, ORDER); // the bits of forward
            FloatVector dySigmoid = dy.mul(sigmoid);
            dySigmoid.mul(g).intoMemorySegment(ALL, dUp, ORDER);
            dySigmoid.mul(u).mul(g.fma(rest, one)).intoMemorySegment(ALL, dGate, ORDER);
            gate += BYTES;
            up += BYTES;
            d += BYTES;
            dGate += BYTES;
            dUp += BYTES;
            y += BYTES;
        }
    }
}
