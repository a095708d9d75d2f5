package org.llmrlpt.kernels.cpu;

import static jdk.internal.vm.vector.VectorSupport.MODE_BROADCAST;
import static jdk.internal.vm.vector.VectorSupport.VECTOR_OP_ADD;
import static jdk.internal.vm.vector.VectorSupport.VECTOR_OP_FMA;
import static org.llmrlpt.kernels.cpu.Simd.ADD;
import static org.llmrlpt.kernels.cpu.Simd.BROADCAST;
import static org.llmrlpt.kernels.cpu.Simd.FMA;
import static org.llmrlpt.kernels.cpu.Simd.LOAD;
import static org.llmrlpt.kernels.cpu.Simd.STORE;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import jdk.internal.vm.vector.VectorSupport;

/** {@link Simd} for vectors of 256 bits, on machines that prefer wider ones too: the compiler needs constants. */
@SuppressWarnings({"unchecked", "rawtypes"})
final class Simd256 {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_256;
    private static final Class TYPE = S.vectorType();
    private static final int LANES = S.length();
    private static final VectorSupport.VectorSpecies SHAPE = (VectorSupport.VectorSpecies) (Object) S;

    private Simd256() {
    }

    /** The vector of floats at an address. */
    static FloatVector load(long address) {
        return (FloatVector) VectorSupport.load(TYPE, float.class, LANES, null, address, true, null, address, SHAPE,
            LOAD);
    }

    /** x in all lanes. */
    static FloatVector broadcast(float x) {
        return (FloatVector) VectorSupport.fromBitsCoerced(TYPE, float.class, LANES, Float.floatToRawIntBits(x),
            MODE_BROADCAST, SHAPE, BROADCAST);
    }

    /** a · b + c with one rounding. What came around a loop, c, has no exact type for the compiler without a cast. */
    static FloatVector fma(FloatVector a, FloatVector b, FloatVector c) {
        return (FloatVector) VectorSupport.ternaryOp(VECTOR_OP_FMA, TYPE, null, float.class, LANES, a, b,
            (VectorSupport.Vector) TYPE.cast(c), null, FMA);
    }

    /** Stores v plus the vector at {@code from} at {@code to}. */
    static void storeSum(FloatVector v, long from, long to) {
        VectorSupport.store(TYPE, float.class, LANES, null, to, true, VectorSupport.binaryOp(VECTOR_OP_ADD, TYPE,
            null, float.class, LANES, (VectorSupport.Vector) TYPE.cast(v), load(from), null, ADD), null, to, STORE);
    }
}
