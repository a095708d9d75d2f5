package org.llmrlpt.kernels.cpu;

import static jdk.internal.vm.vector.VectorSupport.MODE_BROADCAST;
import static jdk.internal.vm.vector.VectorSupport.VECTOR_OP_ADD;
import static jdk.internal.vm.vector.VectorSupport.VECTOR_OP_FMA;
import static org.llmrlpt.kernels.cpu.Memory.ALL;
import static org.llmrlpt.kernels.cpu.Memory.ORDER;
import static org.llmrlpt.kernels.cpu.VectorMath.S;

import jdk.incubator.vector.FloatVector;
import jdk.internal.vm.vector.VectorSupport;

/**
 * The few vector operations of a tile, as the calls in which the Vector API itself ends. The API's own methods cost the
 * compiler some 450 nodes each, so that one step of a wide tile takes it to its limit ({@link Tile} says what happens
 * then), and a load comes with checks. So two steps are compiled in a tenth of the time, without checks, and alike
 * whatever other kernels did before. Until then the Vector API computes.
 *
 * <p>This is the inside of the JDK and no API: Java must be started with {@link CpuKernels#JAVA_FLAG}, and another
 * release may have other calls. So only tiles use it, where a training step spends most of its time.
 */
@SuppressWarnings({"unchecked", "rawtypes"})
final class Simd {
    private static final Class TYPE = S.vectorType();
    private static final int LANES = S.length();
    private static final VectorSupport.VectorSpecies SPECIES = (VectorSupport.VectorSpecies) (Object) S;

    // The same by the Vector API.
    private static final VectorSupport.TernaryOperation FMA =
        (a, b, c, mask) -> ((FloatVector) a).fma((FloatVector) b, (FloatVector) c);
    private static final VectorSupport.BinaryOperation ADD =
        (a, b, mask) -> ((FloatVector) a).add((FloatVector) b);
    private static final VectorSupport.LoadOperation LOAD =
        (memory, address, species) -> FloatVector.fromMemorySegment(S, ALL, address, ORDER);
    private static final VectorSupport.StoreVectorOperation STORE =
        (memory, address, v) -> ((FloatVector) v).intoMemorySegment(ALL, address, ORDER);
    private static final VectorSupport.FromBitsCoercedOperation BROADCAST =
        (bits, species) -> FloatVector.broadcast(S, Float.intBitsToFloat((int) bits));

    private Simd() {
    }

    /** The vector of floats at an address. */
    static FloatVector load(long address) {
        return (FloatVector) VectorSupport.load(TYPE, float.class, LANES, null, address, true, null, address, SPECIES,
            LOAD);
    }

    /** x in all lanes. */
    static FloatVector broadcast(float x) {
        return (FloatVector) VectorSupport.fromBitsCoerced(TYPE, float.class, LANES,
            Float.floatToRawIntBits(x) & 0xffffffffL, MODE_BROADCAST, SPECIES, BROADCAST);
    }

    /** a · b + c with one rounding. */
    static FloatVector fma(FloatVector a, FloatVector b, FloatVector c) {
        return (FloatVector) VectorSupport.ternaryOp(VECTOR_OP_FMA, TYPE, null, float.class, LANES, a, b, exactly(c),
            null, FMA);
    }

    /** Stores v plus the vector at {@code from} at {@code to}. */
    static void storeSum(FloatVector v, long from, long to) {
        VectorSupport.VectorPayload sum = (VectorSupport.VectorPayload) VectorSupport.binaryOp(VECTOR_OP_ADD, TYPE,
            null, float.class, LANES, exactly(v), load(from), null, ADD);
        VectorSupport.store(TYPE, float.class, LANES, null, to, true, sum, null, to, STORE);
    }

    /** v itself: what came around a loop has no type that the compiler could use until it is told. */
    private static FloatVector exactly(FloatVector v) {
        return (FloatVector) TYPE.cast(v);
    }
}
