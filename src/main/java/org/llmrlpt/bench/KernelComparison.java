package org.llmrlpt.bench;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.llmrlpt.config.DeviceSettings;
import org.llmrlpt.config.ModelShape;
import org.llmrlpt.config.UserError;
import org.llmrlpt.device.ArenaKind;
import org.llmrlpt.device.MemoryPlan;
import org.llmrlpt.device.Session;
import org.llmrlpt.device.Tensor;
import org.llmrlpt.files.SafetensorsFile;
import org.llmrlpt.files.SafetensorsWriter;
import org.llmrlpt.files.TensorType;
import org.llmrlpt.kernels.Kernels;

/**
 * Runs every primitive once, on the same numbers wherever it runs. One runtime leaves what its primitives changed in a
 * folder, one file for each; another compares itself with that. What did not change there may not change here either.
 */
public final class KernelComparison implements AutoCloseable {
    private static final int DECODED_ROWS = 24;

    private final Session session;
    private final CaseRecorder recorded;

    /**
     * How far one tensor is from the reference after one primitive.
     *
     * @param rms root of the mean squared difference over that of the reference
     * @param largest difference over the reference's largest magnitude
     */
    public record Difference(String primitive, String shape, String tensor, long elements, double rms,
        double largest) {
    }

    /** Records all programs, for a batch of sequences and for decoding. */
    public KernelComparison(Kernels kernels, DeviceSettings device, ModelShape shape, int batch, int length) {
        session = new Session(device);
        recorded = new CaseRecorder(session, null);
        new KernelCases(kernels, recorded, shape, batch, length).record();
        new GenerationCases(kernels, recorded, shape, DECODED_ROWS, length).record();
    }

    public MemoryPlan memoryPlan() {
        return session.memoryPlan();
    }

    /** How many primitives there are. */
    public int count() {
        return recorded.cases().size();
    }

    /** Allocates the memory. */
    public void start() {
        session.start();
    }

    /** Leaves the results in {@code folder}; {@code done} hears the number of each primitive and its name. */
    public void write(Path folder, BiConsumer<Integer, String> done) throws IOException {
        Files.createDirectories(folder);
        int number = 0;
        for (CaseRecorder.Case c : recorded.cases()) {
            Map<String, float[]> before = run(c);
            SafetensorsWriter writer = new SafetensorsWriter();
            recorded.tensors().forEach((name, tensor) -> {
                float[] after = values(tensor);
                if (!Arrays.equals(after, before.get(name))) {
                    writer.floats(name, TensorType.F32, MemorySegment.ofArray(after), 0, after.length);
                }
            });
            Path file = file(folder, c);
            Files.deleteIfExists(file);
            writer.write(file);
            done.accept(++number, c.name());
        }
    }

    /** Compares the results with those that {@link #write} left. */
    public List<Difference> compare(Path folder, BiConsumer<Integer, String> done) {
        List<Difference> all = new ArrayList<>();
        int number = 0;
        for (CaseRecorder.Case c : recorded.cases()) {
            Map<String, float[]> before = run(c);
            try (SafetensorsFile reference = SafetensorsFile.open(file(folder, c))) {
                recorded.tensors().forEach((name, tensor) -> {
                    float[] after = values(tensor);
                    boolean changed = !Arrays.equals(after, before.get(name));
                    if (reference.has(name)) {
                        float[] want = reference.bytes(name).toArray(ValueLayout.JAVA_FLOAT_UNALIGNED);
                        if (want.length != after.length) {
                            throw new UserError(file(folder, c) + " is of other shapes: write the reference with the"
                                + " same model, batch and length");
                        }
                        all.add(difference(c, name, want, after));
                    } else if (changed) {
                        all.add(difference(c, name, before.get(name), after));
                    }
                });
            }
            done.accept(++number, c.name());
        }
        return all;
    }

    private static Path file(Path folder, CaseRecorder.Case c) {
        return folder.resolve(c.name().replaceAll("[^A-Za-z0-9-]+", "_") + ".safetensors");
    }

    /** Runs a primitive on fresh numbers; returns those. */
    private Map<String, float[]> run(CaseRecorder.Case c) {
        recorded.fill();
        Map<String, float[]> before = new LinkedHashMap<>();
        recorded.tensors().forEach((name, tensor) -> before.put(name, values(tensor)));
        session.upload();
        c.inputs().accept(c.program());
        c.program().run();
        Set<ArenaKind> kinds = EnumSet.noneOf(ArenaKind.class);
        recorded.tensors().values().forEach(t -> kinds.add(t.arena()));
        kinds.forEach(session::fetch);
        return before;
    }

    private float[] values(Tensor tensor) {
        if (!tensor.arena().isInteger()) {
            return session.segment(tensor).toArray(ValueLayout.JAVA_FLOAT);
        }
        int[] integers = session.integers(tensor);
        float[] values = new float[integers.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = integers[i];
        }
        return values;
    }

    private static Difference difference(CaseRecorder.Case c, String tensor, float[] want, float[] is) {
        double squares = 0;
        double all = 0;
        double largest = 0;
        double scale = 0;
        for (int i = 0; i < want.length; i++) {
            if (Float.isNaN(want[i]) && Float.isNaN(is[i])) {
                continue;
            }
            double d = Math.abs((double) is[i] - want[i]);
            squares += d * d;
            all += (double) want[i] * want[i];
            largest = Double.isNaN(d) ? Double.POSITIVE_INFINITY : Math.max(largest, d);
            scale = Math.max(scale, Math.abs(want[i]));
        }
        double rms = squares == 0 ? 0 : Math.sqrt(squares / all);
        return new Difference(c.name(), c.shape(), tensor, want.length,
            Double.isNaN(rms) ? Double.POSITIVE_INFINITY : rms, largest == 0 ? 0 : largest / scale);
    }

    @Override
    public void close() {
        session.close();
    }
}
