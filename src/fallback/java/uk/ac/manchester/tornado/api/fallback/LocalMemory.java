package uk.ac.manchester.tornado.api.fallback;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The local arrays of the work-group that runs: every thread gets the same ones, in the order it asks for them. */
public final class LocalMemory {
    /** Bytes of local memory that every device has for a work-group. */
    static final int LIMIT = 48 * 1024;
    private static final int GARBAGE = 0x7FEEDDEE;

    /** The element types of local arrays. */
    public enum Kind {
        INT(4), FLOAT(4), DOUBLE(8);

        final int bytes;

        Kind(int bytes) {
            this.bytes = bytes;
        }

        Object allocate(int size) {
            return switch (this) {
                case INT -> new int[size];
                case FLOAT -> new float[size];
                case DOUBLE -> new double[size];
            };
        }
    }

    private record Slot(Kind kind, int size, Object array) { }

    private final boolean poison;
    private final List<Slot> slots = new ArrayList<>();
    private int bytes;

    /** With poison, every work-group finds garbage in its arrays. */
    LocalMemory(boolean poison) {
        this.poison = poison;
    }

    void startGroup() {
        if (poison) { slots.forEach(slot -> poison(slot.array)); }
    }

    Object get(int index, Kind kind, int size) {
        if (index == slots.size()) {
            bytes = Math.addExact(bytes, Math.multiplyExact(kind.bytes, size));
            if (bytes > LIMIT) {
                throw new RuleViolation("A work-group uses " + bytes + " bytes of local memory; there are " + LIMIT);
            }
            slots.add(new Slot(kind, size, kind.allocate(size)));
            if (poison) { poison(slots.get(index).array); }
        }
        Slot slot = slots.get(index);
        if (slot.kind != kind || slot.size != size) {
            throw new RuleViolation("The threads disagree about local array " + index + ": " + slot.kind + " of "
                    + slot.size + " elements and " + kind + " of " + size
                    + "; sizes are constants and all threads allocate in the same order");
        }
        return slot.array;
    }

    private static void poison(Object array) {
        switch (array) {
            case int[] a -> Arrays.fill(a, GARBAGE);
            case float[] a -> Arrays.fill(a, Float.NaN);
            case double[] a -> Arrays.fill(a, Double.NaN);
            default -> throw new IllegalArgumentException("No local arrays of " + array.getClass());
        }
    }
}
