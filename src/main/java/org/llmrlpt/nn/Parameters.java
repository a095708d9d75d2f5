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
    /** How gradients are kept. */
    public enum Gradients {
        /** Not at all: the session does not train. */
        NONE,
        /** They add up over several runs of programs, until the optimizer clears them. */
        OF_SEVERAL_RUNS,
        /** Each run of a program makes them anew: until it does, their memory serves for activations. */
        OF_ONE_RUN
    }

    private static final double INITIAL_DEVIATION = 0.02;

    private final ParameterLayout layout;
    private final Map<String, Parameter> byName = new LinkedHashMap<>();
    private final Tensor weights;
    private final Tensor gradients;
    private final Gradients kept;

    Parameters(Session session, ParameterLayout layout, Gradients kept) {
        this.layout = layout;
        this.kept = kept;
        int n = layout.elements();
        weights = session.persistent(ArenaKind.PARAMETERS, "weights", 1, n);
        gradients = switch (kept) {
            case NONE -> null;
            case OF_SEVERAL_RUNS -> session.persistent(ArenaKind.GRADIENTS, "gradients", 1, n);
            case OF_ONE_RUN -> session.handedOn("gradients", 1, n);
        };
        int end = n;
        for (ParameterLayout.Entry e : layout.entries().reversed()) {
            Tensor cleared = kept == Gradients.OF_ONE_RUN
                ? gradients.matrix("d_" + e.name(), e.at(), 1, end - e.at()) : null;
            byName.put(e.name(), new Parameter(weights.matrix(e.name(), e.at(), e.rows(), e.columns()),
                gradients == null ? null : gradients.matrix("d_" + e.name(), e.at(), e.rows(), e.columns()), cleared));
            end = e.at();
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

    /** How {@link #gradients} are kept. */
    public Gradients kept() {
        return kept;
    }

    /**
     * Draws the initial weights on the host: normal with deviation 0.02, residual branches divided by sqrt(2 layers),
     * norms 1. Each weight has a stream of its own, so a model's first layers do not depend on how many follow.
     */
    public void initialise(Session session, long seed, int layers) {
        MemorySegment all = session.segment(weights);
        layout.entries().parallelStream().forEach(e -> {
            double deviation = e.kind() == ParameterLayout.Kind.RESIDUAL
                ? INITIAL_DEVIATION / Math.sqrt(2.0 * layers) : INITIAL_DEVIATION;
            RandomStream random = RandomStream.of(seed, "weights." + e.name());
            long size = (long) e.rows() * e.columns();
            for (long i = 0; i < size; i++) {
                float value = e.kind() == ParameterLayout.Kind.ONES ? 1f : (float) (deviation * random.nextGaussian());
                all.setAtIndex(ValueLayout.JAVA_FLOAT, e.at() + i, value);
            }
        });
    }
}
