package org.llmrlpt.kernels.cpu;

import static jdk.internal.vm.vector.VectorSupport.MODE_BROADCAST;
import static jdk.internal.vm.vector.VectorSupport.VECTOR_OP_ADD;
import static jdk.internal.vm.vector.VectorSupport.VECTOR_OP_FMA;
import static org.llmrlpt.kernels.cpu.Memory.ALL;
import static org.llmrlpt.kernels.cpu.Memory.ORDER;
import static org.llmrlpt.kernels.cpu.Memory.ZEROS;
import static org.llmrlpt.kernels.cpu.VectorMath.S;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import jdk.internal.vm.vector.VectorSupport;

/**
 * The few vector operations of a tile, as the calls in which the Vector API itself ends. The API's own methods cost the
 * compiler some 450 nodes each, so that one step of a wide tile takes it to its limit ({@link Tile} says what happens
 * then), and a load comes with checks. So two steps are compiled in a third of the time and less, without checks, and
 * alike whatever other kernels did before.
 *
 * <p>The methods must stay short: the compiler takes 8000 bytes of all that it inlines into a tile, of which {@link
 * Tile512} needs 6000, and leaves calls, and so objects, for the rest.
 *
 * <p>This is the inside of the JDK and no API: Java must be started with {@link CpuKernels#JAVA_FLAG}, and another
 * release may have other calls. So only tiles use it, where a training step spends most of its time, and {@link
 * SixteenRows}, which is more than the compiler would take of the Vector API.
 */
@SuppressWarnings({"unchecked", "rawtypes"})
final class Simd {
    private static final Class TYPE = S.vectorType();
    private static final int LANES = S.length();
    private static final VectorSupport.VectorSpecies SHAPE = (VectorSupport.VectorSpecies) (Object) S;

    // The same by the Vector API, in any width, for a method that is not compiled yet.
    static final VectorSupport.TernaryOperation FMA =
        (a, b, c, mask) -> ((FloatVector) a).fma((FloatVector) b, (FloatVector) c);
    static final VectorSupport.BinaryOperation ADD = (a, b, mask) -> ((FloatVector) a).add((FloatVector) b);
    static final VectorSupport.LoadOperation LOAD =
        (memory, address, shape) -> FloatVector.fromMemorySegment((VectorSpecies) shape, ALL, address, ORDER);
    static final VectorSupport.StoreVectorOperation STORE =
        (memory, address, v) -> ((FloatVector) v).intoMemorySegment(ALL, address, ORDER);
    static final VectorSupport.FromBitsCoercedOperation BROADCAST =
        (bits, shape) -> FloatVector.broadcast((VectorSpecies) shape, Float.intBitsToFloat((int) bits));

    private Simd() {
    }

    /** One of each, so that a JDK with other calls is found out. */
    static void check() {
        storeSum(fma(broadcast(1), load(ZEROS), load(ZEROS)), ZEROS, ZEROS);
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
