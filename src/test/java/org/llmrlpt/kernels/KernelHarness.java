package org.llmrlpt.kernels;

import static org.junit.jupiter.api.Assertions.fail;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.llmrlpt.device.ArenaKind;
import org.llmrlpt.device.Program;
import org.llmrlpt.device.ProgramBuilder;
import org.llmrlpt.device.Session;
import org.llmrlpt.device.Tensor;

/**
 * One program around the kernel under test: declare its tensors, {@link #run} it, look at its {@link #values}.
 *
 * <pre>
 *     try (KernelHarness h = new KernelHarness(kernels)) {
 *         Tensor a = h.input("a", 5, 7, numbers);
 *         Tensor y = h.output("y", 5, 7, Layout.STRIDED);
 *         h.run((k, p) -> k.add(p, a, a, y));
 *         assertClose("y", want, h.values(y));
 *     }
 * </pre>
 *
 * Every run also checks that no input has changed and that nothing was written before, after or between the rows of any
 * tensor. Outputs are full of NaN before the run, so that an element that was not written shows.
 */
public final class KernelHarness implements AutoCloseable {
    /** How a tensor lies in memory. */
    public enum Layout {
        /** Row after row. */
        CONTIGUOUS(0, 0),
        /** A view: columns of other tensors lie before and behind those of each row. */
        STRIDED(3, 6);

        private final int before;
        private final int behind;

        Layout(int before, int behind) {
            this.before = before;
            this.behind = behind;
        }
    }

    /** What stands in memory that no kernel may write. */
    private static final float GUARD = -12345.678f;

    /** Where updated tensors lie: one after the other in different arenas, as weights, gradients and moments do. */
    private static final ArenaKind[] UPDATED =
        {ArenaKind.GRADIENTS, ArenaKind.MOMENT1, ArenaKind.MOMENT2, ArenaKind.CONSTANTS};

    private static final String FALLBACK_MODE = "llmrlpt.fallback";

    private record Slot(Tensor base, Tensor view, boolean constant, float[] before) {
    }

    private final Kernels kernels;
    private final Session session = new Session();
    private final ProgramBuilder builder = session.program("test");
    private final Map<Tensor, Slot> slots = new IdentityHashMap<>();
    private final Map<Tensor, int[]> integers = new IdentityHashMap<>();
    private final List<ArenaKind> arenas = new ArrayList<>();
    private Program program;
    private int updated;

    public KernelHarness(Kernels kernels) {
        this.kernels = kernels;
    }

    /** A tensor [rows, columns] that the kernel only reads. */
    public Tensor input(String name, int rows, int columns, float... values) {
        return input(name, rows, columns, Layout.CONTIGUOUS, values);
    }

    /** A tensor [rows, columns] that the kernel only reads. */
    public Tensor input(String name, int rows, int columns, Layout layout, float... values) {
        return declare(ArenaKind.PARAMETERS, name, rows, columns, layout, true, values);
    }

    /** Integers [1, n]. */
    public Tensor ints(String name, int... values) {
        Tensor tensor = builder.integerInput(name, values.length);
        integers.put(tensor, values);
        return tensor;
    }

    /** A tensor [rows, columns] that the kernel must write everywhere. */
    public Tensor output(String name, int rows, int columns) {
        return output(name, rows, columns, Layout.CONTIGUOUS);
    }

    /** A tensor [rows, columns] that the kernel must write everywhere. */
    public Tensor output(String name, int rows, int columns, Layout layout) {
        float[] nothing = new float[rows * columns];
        Arrays.fill(nothing, Float.NaN);
        return declare(ArenaKind.OUTPUTS, name, rows, columns, layout, false, nothing);
    }

    /** A tensor [rows, columns] that the kernel updates: accumulates into, or computes in place. */
    public Tensor inOut(String name, int rows, int columns, float... values) {
        return inOut(name, rows, columns, Layout.CONTIGUOUS, values);
    }

    /** A tensor [rows, columns] that the kernel updates: accumulates into, or computes in place. */
    public Tensor inOut(String name, int rows, int columns, Layout layout, float... values) {
        return declare(UPDATED[updated++ % UPDATED.length], name, rows, columns, layout, false, values);
    }

    private Tensor declare(ArenaKind arena, String name, int rows, int columns, Layout layout, boolean constant,
        float... values) {
        if (values.length != rows * columns) {
            throw new IllegalArgumentException(values.length + " values for " + name);
        }
        int stride = layout.before + columns + layout.behind;
        Tensor base = session.persistent(arena, name, rows + 2, stride);
        Tensor view = base.rows(1, rows).columns(layout.before, columns);
        float[] whole = new float[(rows + 2) * stride];
        Arrays.fill(whole, GUARD);
        for (int r = 0; r < rows; r++) {
            System.arraycopy(values, r * columns, whole, (r + 1) * stride + layout.before, columns);
        }
        slots.put(view, new Slot(base, view, constant, whole));
        if (!arenas.contains(arena)) {
            arenas.add(arena);
        }
        return view;
    }

    /** Records the program, runs it once, and checks what it may not have touched. */
    public void run(BiConsumer<Kernels, ProgramBuilder> operations) {
        operations.accept(kernels, builder);
        program = builder.build();
        start();
        slots.values().forEach(this::fill);
        session.upload();
        integers.forEach(program::set);
        execute();
    }

    /**
     * Gpu kernels run on the strict fallback, where every broken rule of TornadoVM is an exception; cpu kernels on the
     * fast one. The property means nothing to the real TornadoVM.
     */
    private void start() {
        String before = System.getProperty(FALLBACK_MODE, "fast");
        if (kernels.name().equals("gpu")) {
            System.setProperty(FALLBACK_MODE, "strict");
        }
        try {
            session.start();
        } finally {
            System.setProperty(FALLBACK_MODE, before);
        }
    }

    /** Runs the recorded program again, from the values that the last run left, with new ones for {@code updated}. */
    public void runAgain(Map<Tensor, float[]> updated) {
        for (Slot slot : slots.values()) {
            float[] now = read(slot.base);
            float[] fresh = updated.get(slot.view);
            if (fresh != null) {
                int stride = slot.base.columns();
                int columns = slot.view.columns();
                int first = slot.view.offset() - slot.base.offset();
                for (int r = 0; r < slot.view.rows(); r++) {
                    System.arraycopy(fresh, r * columns, now, first + r * stride, columns);
                }
            }
            System.arraycopy(now, 0, slot.before, 0, now.length);
            fill(slot);
        }
        session.upload();
        execute();
    }

    private void execute() {
        program.run();
        arenas.forEach(session::fetch);
        slots.values().forEach(this::requireUntouched);
    }

    private void fill(Slot slot) {
        MemorySegment.copy(slot.before, 0, session.segment(slot.base), ValueLayout.JAVA_FLOAT, 0, slot.before.length);
    }

    private float[] read(Tensor base) {
        return session.segment(base).toArray(ValueLayout.JAVA_FLOAT);
    }

    private void requireUntouched(Slot slot) {
        float[] after = read(slot.base);
        int stride = slot.base.columns();
        int before = (slot.view.offset() - slot.base.offset()) % stride;
        for (int i = 0; i < after.length; i++) {
            int row = i / stride - 1;
            int column = i % stride - before;
            boolean inside = row >= 0 && row < slot.view.rows() && column >= 0 && column < slot.view.columns();
            boolean same = Float.floatToRawIntBits(after[i]) == Float.floatToRawIntBits(slot.before[i]);
            if (!same && (slot.constant || !inside)) {
                fail(slot.base.name() + ": row " + row + ", column " + column + " of " + slot.view
                    + " was overwritten with " + after[i]);
            }
        }
    }

    /** What a tensor holds after the run, row after row without gaps. */
    public float[] values(Tensor view) {
        Slot slot = slots.get(view);
        float[] whole = read(slot.base);
        int columns = view.columns();
        float[] values = new float[view.rows() * columns];
        int first = view.offset() - slot.base.offset();
        for (int r = 0; r < view.rows(); r++) {
            System.arraycopy(whole, first + r * slot.base.columns(), values, r * columns, columns);
        }
        return values;
    }

    @Override
    public void close() {
        session.close();
    }
}
