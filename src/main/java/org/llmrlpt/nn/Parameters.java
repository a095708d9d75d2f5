package org.llmrlpt.nn;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.LinkedHashMap;
import java.util.Map;
import org.llmrlpt.autograd.Parameter;
import org.llmrlpt.device.ArenaKind;
import org.llmrlpt.device.Session;
import org.llmrlpt.device.Tensor;
import org.llmrlpt.random.RandomStream;

/** A model's weights in the arenas: as one flat tensor for the optimizer, by our names for the model. */
public final class Parameters {
    private static final double INITIAL_DEVIATION = 0.02;

    private final ParameterLayout layout;
    private final Map<String, Parameter> byName = new LinkedHashMap<>();
    private final Tensor weights;
    private final Tensor gradients;

    Parameters(Session session, ParameterLayout layout, boolean trains) {
        this.layout = layout;
        weights = session.persistent(ArenaKind.PARAMETERS, "weights", 1, layout.elements());
        gradients = trains ? session.persistent(ArenaKind.GRADIENTS, "gradients", 1, layout.elements()) : null;
        for (ParameterLayout.Entry e : layout.entries()) {
            byName.put(e.name(), new Parameter(weights.matrix(e.name(), e.at(), e.rows(), e.columns()),
                trains ? gradients.matrix("d_" + e.name(), e.at(), e.rows(), e.columns()) : null));
        }
    }

    Parameter get(String name) {
        return byName.get(name);
    }

    public ParameterLayout layout() {
        return layout;
    }

    /** All weights, [1, elements]; gaps between them are zero and stay so. */
    public Tensor weights() {
        return weights;
    }

    /** All gradients, [1, elements]; null in a session that does not train. */
    public Tensor gradients() {
        return gradients;
    }

    /**
     * Draws the initial weights on the host: normal with deviation 0.02, residual branches divided by sqrt(2 layers),
     * norms 1. Each weight has a stream of its own, so a model's first layers do not depend on how many follow.
     */
    public void initialise(Session session, long seed, int layers) {
        MemorySegment all = session.segment(weights);
        for (ParameterLayout.Entry e : layout.entries()) {
            double deviation = e.kind() == ParameterLayout.Kind.RESIDUAL
                ? INITIAL_DEVIATION / Math.sqrt(2.0 * layers) : INITIAL_DEVIATION;
            RandomStream random = RandomStream.of(seed, "weights." + e.name());
            long size = (long) e.rows() * e.columns();
            for (long i = 0; i < size; i++) {
                float value = e.kind() == ParameterLayout.Kind.ONES ? 1f : (float) (deviation * random.nextGaussian());
                all.setAtIndex(ValueLayout.JAVA_FLOAT, e.at() + i, value);
            }
        }
    }
}
