package org.llmrlpt.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.llmrlpt.device.ArenaKind;
import org.llmrlpt.device.Program;
import org.llmrlpt.device.ProgramBuilder;
import org.llmrlpt.device.Session;
import org.llmrlpt.device.Tensor;

/** Records single primitives as programs of one session, on tensors that they share. */
final class CaseRecorder {
    private final Session session;
    private final String only;
    private final Map<String, Tensor> tensors = new LinkedHashMap<>();
    private final List<Case> cases = new ArrayList<>();

    /**
     * One primitive.
     *
     * @param shape what it was given, for people
     * @param inputs sets what the host sends
     */
    record Case(String name, String shape, Program program, Consumer<Program> inputs) {
    }

    /** What records a primitive and returns how its inputs are set. */
    interface Recorder {
        Consumer<Program> record(ProgramBuilder p);
    }

    /** {@code only} leaves out what does not have it in its name; null keeps all. */
    CaseRecorder(Session session, String only) {
        this.session = session;
        this.only = only;
    }

    List<Case> cases() {
        return cases;
    }

    /** Every tensor by its name: those of the host too, if they are results. */
    Map<String, Tensor> tensors() {
        return tensors;
    }

    void add(String name, String shape, Recorder recorder) {
        if (only != null && !name.contains(only)) {
            return;
        }
        ProgramBuilder p = session.program("case" + cases.size());
        Consumer<Program> inputs = recorder.record(p);
        cases.add(new Case(name, shape, p.build(), inputs));
    }

    static Consumer<Program> nothing() {
        return program -> { };
    }

    /** Tensors of the same place, name and shape are one. */
    Tensor tensor(ArenaKind kind, String name, int height, int width) {
        return tensors.computeIfAbsent(kind + " " + name + " " + height + " " + width,
            key -> session.persistent(kind, key, height, width));
    }

    /** What a program leaves for the host. */
    Tensor output(String name, int height, int width) {
        return tensor(ArenaKind.OUTPUTS, name, height, width);
    }

    /**
     * Fills every floating-point tensor with small numbers of both signs; second moments have one. Gradients are
     * smaller still, so that what is added to them counts.
     */
    void fill() {
        for (Tensor t : tensors.values()) {
            if (t.arena().isInteger()) {
                continue;
            }
            var array = session.floats(t);
            boolean positive = t.arena() == ArenaKind.MOMENT2;
            float scale = t.arena() == ArenaKind.GRADIENTS ? 0x1p-36f : 0x1p-26f;
            for (int i = 0; i < t.size(); i++) {
                float value = (i * 0x9E3779B9 >> 8) * scale;
                array.set(t.offset() + i, positive ? Math.abs(value) : value);
            }
        }
    }
}
