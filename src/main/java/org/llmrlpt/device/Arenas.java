package org.llmrlpt.device;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.llmrlpt.config.UserError;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** The long-lived arrays. Tensors are reserved first; then each arena is allocated once, as large as it must be. */
final class Arenas {
    /** Tensors begin at multiples of this many elements: 64 bytes, a cache line and the widest vector. */
    static final int ALIGNMENT = 16;

    private final Map<ArenaKind, Long> sizes = new EnumMap<>(ArenaKind.class);
    private final Map<ArenaKind, FloatArray> floats = new EnumMap<>(ArenaKind.class);
    private IntArray integers;

    static long aligned(long elements) {
        return (elements + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }

    /** Reserves room for a tensor that lives as long as the arena, and places it. */
    void reserve(Tensor tensor) {
        long at = sizes.getOrDefault(tensor.arena(), 0L);
        requireSize(tensor.arena(), at + aligned(tensor.size()));
        tensor.place((int) at);
    }

    /** The arena must hold at least this many elements. */
    void requireSize(ArenaKind kind, long elements) {
        if (elements > Integer.MAX_VALUE - 64) {
            throw new UserError("the " + kind.name().toLowerCase(Locale.ROOT) + " of this model need " + elements
                + " numbers, more than the 2^31 that one TornadoVM array holds: choose a smaller model, batch"
                + " or length");
        }
        if (integers != null) {
            throw new IllegalStateException("the session has started: arenas cannot grow any more");
        }
        sizes.merge(kind, elements, Math::max);
    }

    long size(ArenaKind kind) {
        return sizes.getOrDefault(kind, 0L);
    }

    long bytes(ArenaKind kind) {
        return 4 * size(kind);
    }

    long totalBytes() {
        return sizes.values().stream().mapToLong(n -> 4 * n).sum();
    }

    void allocate() {
        // TornadoVM buffers may not be empty, and every graph lists every arena: unused kinds are left out.
        for (Map.Entry<ArenaKind, Long> e : sizes.entrySet()) {
            if (!e.getKey().isInteger() && e.getValue() > 0) {
                floats.put(e.getKey(), new FloatArray(Math.toIntExact(e.getValue())));
            }
        }
        integers = new IntArray(Math.toIntExact(Math.max(ALIGNMENT, size(ArenaKind.INTEGERS))));
    }

    FloatArray floats(ArenaKind kind) {
        FloatArray array = floats.get(kind);
        if (array == null) {
            throw new IllegalStateException("nothing was reserved in the arena " + kind);
        }
        return array;
    }

    IntArray integers() {
        return integers;
    }

    /** All arrays there are, in a fixed order. */
    List<Object> all() {
        List<Object> arrays = new ArrayList<>(floats.values());
        arrays.add(integers);
        return arrays;
    }
}
