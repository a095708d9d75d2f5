package org.llmrlpt.kernels.cpu;

import static org.llmrlpt.kernels.cpu.Memory.at;
import static org.llmrlpt.kernels.cpu.Memory.getInt;
import static org.llmrlpt.kernels.cpu.Memory.setInt;

import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** What goes into the cache of keys and values, and from one of its slots to another. */
public final class CacheKernels {
    private CacheKernels() {
    }

    /** out[r] = given[r] if that is not negative, else drawn[slots[r]], else 0; all in one array. */
    public static void nextTokens(IntArray ints, int givenAt, int drawnAt, int slotsAt, int outAt, int rows) {
        long base = ints.getSegment().address();
        for (int r = 0; r < rows; r++) {
            int token = getInt(at(base, givenAt + (long) r));
            int slot = getInt(at(base, slotsAt + (long) r));
            if (token < 0) {
                token = slot < 0 ? 0 : getInt(at(base, drawnAt + (long) slot));
            }
            setInt(at(base, outAt + (long) r), token);
        }
    }

    /**
     * keys and values [slots·length, columns]: row slots[r] · length + positions[r] gets row r of k and v
     * [rows, columns]; slot -1 is left out.
     */
    public static void store(Strided k, Strided v, IntArray ints, int slotsAt, int positionsAt, FloatArray cache,
        int keysAt, int valuesAt, int rows, int columns, int length) {
        long numbers = ints.getSegment().address();
        long base = cache.getSegment().address();
        int perTask = Elements.rowsPerTask(2 * columns);
        Workers.forEach(Elements.tasks(rows, perTask), task -> {
            for (int r = task * perTask; r < Math.min(rows, (task + 1) * perTask); r++) {
                int slot = getInt(at(numbers, slotsAt + (long) r));
                if (slot >= 0) {
                    long row = (long) slot * length + getInt(at(numbers, positionsAt + (long) r));
                    Memory.copy(k.row(r), at(base, keysAt + row * columns), columns);
                    Memory.copy(v.row(r), at(base, valuesAt + row * columns), columns);
                }
            }
        });
    }

    /** In each plane [slots, length·columns], slot s gets the first counts[s] rows of slot sources[s]. */
    public static void copy(IntArray ints, int sourcesAt, int countsAt, FloatArray cache, int cacheAt, int planes,
        int slots, int length, int columns) {
        long numbers = ints.getSegment().address();
        long base = at(cache.getSegment().address(), cacheAt);
        long perSlot = (long) length * columns;
        Workers.forEach(planes, plane -> {
            long first = at(base, plane * slots * perSlot);
            for (int s = 0; s < slots; s++) {
                int count = getInt(at(numbers, countsAt + (long) s));
                if (count > 0) {
                    int source = getInt(at(numbers, sourcesAt + (long) s));
                    Memory.copy(at(first, source * perSlot), at(first, s * perSlot), (long) count * columns);
                }
            }
        });
    }
}
