package org.llmrlpt.generate;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.llmrlpt.autograd.Parameter;
import org.llmrlpt.device.ArenaKind;
import org.llmrlpt.device.Program;
import org.llmrlpt.device.ProgramBuilder;
import org.llmrlpt.device.Session;
import org.llmrlpt.device.Tensor;
import org.llmrlpt.kernels.Kernels;
import org.llmrlpt.nn.Transformer;

/**
 * Copies of the weights in the order in which a decode step of many sequences reads them fastest. They are made anew
 * for each generation, as training may have changed the weights, and serve all its steps.
 */
final class PackedWeights {
    /** Below this many rows most of a step is reading weights, in whatever order. */
    static final int FEWEST_ROWS = 64;
    /** Of an array, less what aligning each of many copies may take. */
    private static final long MOST_FLOATS = Integer.MAX_VALUE - (1 << 20);

    private final Map<Parameter, Tensor> copies = new HashMap<>();
    private final Program program;

    private PackedWeights(Session session, Kernels kernels, List<Parameter> weights) {
        ProgramBuilder p = session.program("pack");
        for (Parameter w : weights) {
            Tensor copy = session.persistent(ArenaKind.PACKED, "packed." + copies.size(), 1,
                (int) kernels.packedFloats(w.weight()));
            kernels.pack(p, w.weight(), copy);
            copies.put(w, copy);
        }
        program = p.build();
    }

    /**
     * Reserves the memory and records the program that fills it; empty if these kernels read weights as they are, or if
     * the copies would not fit into an array.
     */
    static Optional<PackedWeights> of(Session session, Kernels kernels, Transformer model) {
        List<Parameter> weights = model.products();
        long floats = weights.stream().mapToLong(w -> kernels.packedFloats(w.weight())).sum();
        return floats == 0 || floats > MOST_FLOATS ? Optional.empty()
            : Optional.of(new PackedWeights(session, kernels, weights));
    }

    /** The copy of a product's weights. */
    Tensor of(Parameter w) {
        return copies.get(w);
    }

    /** Copies the weights as they are now. */
    void refresh() {
        program.run();
    }
}
