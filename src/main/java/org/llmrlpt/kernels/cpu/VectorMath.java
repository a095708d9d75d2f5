package org.llmrlpt.kernels.cpu;

import static jdk.incubator.vector.FloatVector.broadcast;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** Functions of vectors. */
final class VectorMath {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;

    private VectorMath() {
    }

    /** e^x for x <= 88, about 1 ulp; below -87.3 as at -87.3. */
    static FloatVector exp(FloatVector x) {
        FloatVector magic = broadcast(S, 12582912f);
        FloatVector y = x.max(-87.3f);
        FloatVector t = y.fma(broadcast(S, 1.44269504f), magic);
        FloatVector n = t.sub(magic);
        FloatVector r = n.fma(broadcast(S, -0.693359375f), y);
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
