package org.llmrlpt.kernels.cpu;

import static jdk.incubator.vector.FloatVector.broadcast;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** Functions of vectors. */
final class VectorMath {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;

    /** Where exp is 1.2e-38, nearly the smallest normal number. */
    static final float LOWEST = -87.3f;

    private VectorMath() {
    }

    /** e^x for x <= 88, about 1 ulp; below {@link #LOWEST} as there. */
    static FloatVector exp(FloatVector x) {
        return expInRange(atLeastLowest(x));
    }

    /** x, but not below {@link #LOWEST}; NaN stays. */
    static FloatVector atLeastLowest(FloatVector x) {
        return x.blend(LOWEST, x.compare(VectorOperators.LT, LOWEST));
    }

    /** e^x for {@link #LOWEST} <= x <= 88, about 1 ulp. */
    static FloatVector expInRange(FloatVector x) {
        FloatVector magic = broadcast(S, 12582912f);
        FloatVector t = x.fma(broadcast(S, 1.44269504f), magic);
        FloatVector n = t.sub(magic);
        FloatVector r = n.fma(broadcast(S, -0.693359375f), x);
        r = n.fma(broadcast(S, 2.12194440e-4f), r);
        FloatVector p = r.fma(broadcast(S, 1.9875691500e-4f), broadcast(S, 1.3981999507e-3f));
        p = p.fma(r, broadcast(S, 8.3334519073e-3f));
        p = p.fma(r, broadcast(S, 4.1665795894e-2f));
        p = p.fma(r, broadcast(S, 1.6666665459e-1f));
        p = p.fma(r, broadcast(S, 5.0000001201e-1f));
        p = p.fma(r.mul(r), r).add(1f);
        return p.reinterpretAsInts().add(t.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23))
            .reinterpretAsFloats();
    }
}
