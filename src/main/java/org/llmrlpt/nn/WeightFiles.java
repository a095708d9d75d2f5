package org.llmrlpt.nn;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.llmrlpt.config.UserError;
import org.llmrlpt.device.Session;
import org.llmrlpt.device.Tensor;
import org.llmrlpt.files.SafetensorsWriter;
import org.llmrlpt.files.TensorSource;
import org.llmrlpt.files.TensorType;

/** Weights, or anything laid out like them, to and from safetensors under their Hugging Face names. */
public final class WeightFiles {
    private WeightFiles() {
    }

    /**
     * Names every weight for writing, as F32 from host memory.
     *
     * @param flat [1, elements]: the weights, or moments of the same layout
     * @param prefix goes before every name; empty for the weights themselves
     */
    public static void write(SafetensorsWriter writer, String prefix, Session session, ParameterLayout layout,
        Tensor flat) {
        MemorySegment data = session.segment(flat);
        for (ParameterLayout.Entry e : layout.entries()) {
            for (ParameterLayout.Part part : e.parts()) {
                writer.floats(prefix + part.name(), TensorType.F32, data, e.at() + (long) part.row() * e.columns(),
                    part.fileShape());
            }
        }
    }

    /**
     * Reads every weight into host memory, converting F16, BF16 or F64 to float.
     *
     * @throws UserError if a tensor is missing, has another shape, or is left over
     */
    public static void read(TensorSource source, Path folder, String prefix, Session session, ParameterLayout layout,
        Tensor flat) {
        MemorySegment data = session.segment(flat);
        Set<String> expected = new HashSet<>();
        for (ParameterLayout.Entry e : layout.entries()) {
            for (ParameterLayout.Part part : e.parts()) {
                String name = prefix + part.name();
                expected.add(name);
                if (!source.has(name)) {
                    throw new UserError("the checkpoint " + folder + " lacks the tensor " + name
                        + ": its config.json and its weights do not belong together");
                }
                source.expect(name, part.fileShape());
                source.copyFloats(name, data, e.at() + (long) part.row() * e.columns());
            }
        }
        for (String name : source.names()) {
            if (name.startsWith(prefix) && !expected.contains(name) && !isIgnorable(name)) {
                throw new UserError("the checkpoint " + folder + " has a tensor " + name
                    + " that this architecture does not have: is config.json right?");
            }
        }
    }

    /** Tensors that other programs leave in checkpoints and that hold no weights of their own. */
    private static boolean isIgnorable(String name) {
        return name.endsWith("rotary_emb.inv_freq") || name.equals("lm_head.weight");
    }
}
