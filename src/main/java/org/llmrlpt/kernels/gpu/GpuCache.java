package org.llmrlpt.kernels.gpu;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** What goes into the cache of keys and values, and from one of its slots to another; the tokens between two steps. */
final class GpuCache {
    private GpuCache() {
    }

    /** out[r] = given[r] if that is not negative, else drawn[slots[r]], else 0; all in one array, n rows. */
    static void kNextTokens(KernelContext context, IntArray ints, int givenAt, int drawnAt, int slotsAt, int outAt,
        int n) {
        int r = context.globalIdx;
        if (r < n) {
            int token = ints.get(givenAt + r);
            int slot = ints.get(slotsAt + r);
            if (token < 0) {
                token = 0;
                if (slot >= 0) {
                    token = ints.get(drawnAt + slot);
                }
            }
            ints.set(outAt + r, token);
        }
    }

    /**
     * Row slots[r] · length + positions[r] of keys and values gets row r of k and v, which are (offset, row stride)
     * pairs; slot -1 is left out. One thread for each of the {@code n} = R columns elements.
     */
    static void kCacheStore(KernelContext context, FloatArray k, long kPlace, FloatArray v, long vPlace, IntArray ints,
        int slotsAt, int positionsAt, FloatArray cache, int keysAt, int valuesAt, int columns, int length, int n) {
        int thread = context.globalIdx;
        if (thread < n) {
            int r = thread / columns;
            int column = thread % columns;
            int slot = ints.get(slotsAt + r);
            if (slot >= 0) {
                int at = (slot * length + ints.get(positionsAt + r)) * columns + column;
                cache.set(keysAt + at, k.get(Pair.first(kPlace) + r * Pair.second(kPlace) + column));
                cache.set(valuesAt + at, v.get(Pair.first(vPlace) + r * Pair.second(vPlace) + column));
            }
        }
    }

    /**
     * In each plane [slots, perSlot], slot s gets the first counts[s] · columns elements of slot sources[s]. One group
     * for each slot of each plane, as {@code context.groupIdx} = plane · slots + slot.
     */
    static void kCacheCopy(KernelContext context, IntArray ints, int sourcesAt, int countsAt, FloatArray cache,
        int cacheAt, int slots, int perSlot, int columns) {
        int slot = context.groupIdx % slots;
        int plane = context.groupIdx / slots;
        int elements = ints.get(countsAt + slot) * columns;
        int from = cacheAt + (plane * slots + ints.get(sourcesAt + slot)) * perSlot;
        int to = cacheAt + (plane * slots + slot) * perSlot;
        for (int i = context.localIdx; i < elements; i += GroupReduce.GROUP) {
            cache.set(to + i, cache.get(from + i));
        }
    }
}
