package org.llmrlpt.kernels.cpu;

import static jdk.internal.vm.vector.VectorSupport.MODE_BROADCAST;
import static jdk.internal.vm.vector.VectorSupport.VECTOR_OP_ADD;
import static jdk.internal.vm.vector.VectorSupport.VECTOR_OP_FMA;
import static org.llmrlpt.kernels.cpu.Memory.ALL;
import static org.llmrlpt.kernels.cpu.Memory.ORDER;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
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
    // The same by the Vector API.
    private static final VectorSupport.TernaryOperation FMA =
        (a, b, c, mask) -> ((FloatVector) a).fma((FloatVector) b, (FloatVector) c);
    private static final VectorSupport.BinaryOperation ADD =
        (a, b, mask) -> ((FloatVector) a).add((FloatVector) b);
    private static final VectorSupport.LoadOperation LOAD =
        (memory, address, species) -> FloatVector.fromMemorySegment((VectorSpecies) species, ALL, address, ORDER);
    private static final VectorSupport.StoreVectorOperation STORE =
        (memory, address, v) -> ((FloatVector) v).intoMemorySegment(ALL, address, ORDER);
    private static final VectorSupport.FromBitsCoercedOperation BROADCAST =
        (bits, species) -> FloatVector.broadcast((VectorSpecies) species, Float.intBitsToFloat((int) bits));

    private Simd() {
    }

    /** The vector of floats at an address. */
    static FloatVector load(VectorSpecies s, long address) {
        return (FloatVector) VectorSupport.load(s.vectorType(), float.class, s.length(), null, address, true, null,
            address, (VectorSupport.VectorSpecies) s, LOAD);
    }

    /** x in all lanes. */
    static FloatVector broadcast(VectorSpecies s, float x) {
        return (FloatVector) VectorSupport.fromBitsCoerced(s.vectorType(), float.class, s.length(),
            Float.floatToRawIntBits(x) & 0xffffffffL, MODE_BROADCAST, (VectorSupport.VectorSpecies) s, BROADCAST);
    }

    /** a · b + c with one rounding. */
    static FloatVector fma(VectorSpecies s, FloatVector a, FloatVector b, FloatVector c) {
        return (FloatVector) VectorSupport.ternaryOp(VECTOR_OP_FMA, s.vectorType(), null, float.class, s.length(), a,
            b, exactly(s, c), null, FMA);
    }

    /** Stores v plus the vector at {@code from} at {@code to}. */
    static void storeSum(VectorSpecies s, FloatVector v, long from, long to) {
        VectorSupport.Vector sum = VectorSupport.binaryOp(VECTOR_OP_ADD, s.vectorType(), null, float.class,
            s.length(), exactly(s, v), load(s, from), null, ADD);
        VectorSupport.store(s.vectorType(), float.class, s.length(), null, to, true, sum, null, to, STORE);
    }

    /** v itself: what came around a loop has no type that the compiler could use until it is told. */
    private static FloatVector exactly(VectorSpecies s, FloatVector v) {
        return (FloatVector) s.vectorType().cast(v);
    }
}
