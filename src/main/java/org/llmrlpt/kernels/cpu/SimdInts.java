package org.llmrlpt.kernels.cpu;

import static org.llmrlpt.kernels.cpu.Memory.ALL;
import static org.llmrlpt.kernels.cpu.Memory.ORDER;

import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;
import jdk.internal.vm.vector.VectorSupport;

/** What {@link Simd} is to floats, for moving 4-byte elements of any kind among vectors of 512 bits. */
@SuppressWarnings({"unchecked", "rawtypes"})
final class SimdInts {
    private static final VectorSpecies<Integer> S = IntVector.SPECIES_512;
    private static final Class TYPE = S.vectorType();
    private static final int LANES = S.length();
    private static final VectorSupport.VectorSpecies SHAPE = (VectorSupport.VectorSpecies) (Object) S;

    // The same by the Vector API, for a method that is not compiled yet.
    private static final VectorSupport.LoadOperation LOAD =
        (memory, address, shape) -> IntVector.fromMemorySegment((VectorSpecies) shape, ALL, address, ORDER);
    private static final VectorSupport.StoreVectorOperation STORE =
        (memory, address, v) -> ((IntVector) v).intoMemorySegment(ALL, address, ORDER);
    private static final VectorSupport.SelectFromTwoVector SELECT =
        (index, a, b) -> ((IntVector) index).selectFrom((IntVector) a, (IntVector) b);

    private SimdInts() {
    }

    /** The vector of 4-byte elements at an address. */
    static IntVector load(long address) {
        return (IntVector) VectorSupport.load(TYPE, int.class, LANES, null, address, true, null, address, SHAPE, LOAD);
    }

    static void store(IntVector v, long to) {
        VectorSupport.store(TYPE, int.class, LANES, null, to, true, v, null, to, STORE);
    }

    /** For each lane of {@code index} that lane of a, or from 16 on of b. */
    static IntVector select(IntVector index, IntVector a, IntVector b) {
        return (IntVector) VectorSupport.selectFromTwoVectorOp(TYPE, int.class, LANES, index, a, b, SELECT);
    }
}
