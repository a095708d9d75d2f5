package org.llmrlpt.data.tokenizer;

import it.unimi.dsi.fastutil.ints.IntArrayList;
import it.unimi.dsi.fastutil.longs.Long2IntOpenHashMap;
import it.unimi.dsi.fastutil.longs.LongHeapPriorityQueue;
import java.util.Arrays;

/**
 * The merge rules of a byte-pair encoding, in order of rank. Within a piece the pair of lowest rank merges first, the
 * leftmost of equals, until no neighbours have a rule; a heap keeps that at O(n log n) for a piece of n bytes.
 */
final class Merges {
    private static final int NONE = -1;
    private static final int CACHE_SLOTS = 1 << 16;
    private static final int LONGEST_CACHED = 32;

    private final int[] left;
    private final int[] right;
    private final int[] merged;
    private final int[] byteIds;
    private final Long2IntOpenHashMap ranks;
    /**
     * Pieces seen before, one per slot, newest wins. Entries are immutable, so threads may share the array without
     * locks: a race costs a second computation, never a wrong answer.
     */
    private final Entry[] cache;

    private record Entry(byte[] piece, int[] ids) {
        boolean holds(byte[] text, int from, int length) {
            if (piece.length != length) {
                return false;
            }
            for (int i = 0; i < length; i++) {
                if (piece[i] != text[from + i]) {
                    return false;
                }
            }
            return true;
        }
    }

    /** Rule number r merges left[r] and right[r] into merged[r]; byteIds[b] is the id of a single byte. */
    Merges(int[] left, int[] right, int[] merged, int[] byteIds) {
        this.left = left;
        this.right = right;
        this.merged = merged;
        this.byteIds = byteIds;
        this.ranks = new Long2IntOpenHashMap(left.length, 0.5f);
        ranks.defaultReturnValue(NONE);
        for (int rank = 0; rank < left.length; rank++) {
            ranks.put(pair(left[rank], right[rank]), rank);
        }
        this.cache = left.length == 0 ? null : new Entry[CACHE_SLOTS];
    }

    int count() {
        return left.length;
    }

    int left(int rank) {
        return left[rank];
    }

    int right(int rank) {
        return right[rank];
    }

    /** Appends the ids of the piece text[from..to). */
    void encode(byte[] text, int from, int to, IntArrayList out) {
        int length = to - from;
        if (length == 1 || cache == null) {
            for (int i = from; i < to; i++) {
                out.add(byteIds[text[i] & 0xFF]);
            }
            return;
        }
        if (length > LONGEST_CACHED) {
            merge(text, from, to, out);
            return;
        }
        int slot = slot(text, from, to);
        Entry entry = cache[slot];
        if (entry != null && entry.holds(text, from, length)) {
            out.addElements(out.size(), entry.ids);
            return;
        }
        int before = out.size();
        merge(text, from, to, out);
        byte[] piece = Arrays.copyOfRange(text, from, to);
        cache[slot] = new Entry(piece, Arrays.copyOfRange(out.elements(), before, out.size()));
    }

    private static int slot(byte[] text, int from, int to) {
        int hash = to - from;
        for (int i = from; i < to; i++) {
            hash = hash * 0x01000193 ^ text[i] & 0xFF;
        }
        hash *= 0x9E3779B9;
        return hash >>> 16;
    }

    private void merge(byte[] text, int from, int to, IntArrayList out) {
        int n = to - from;
        int[] ids = new int[n];
        int[] next = new int[n];
        int[] previous = new int[n];
        // rule[i] is the rank of the pair that begins at i: what tells a live heap entry from a stale one.
        int[] rule = new int[n];
        for (int i = 0; i < n; i++) {
            ids[i] = byteIds[text[from + i] & 0xFF];
            next[i] = i + 1 < n ? i + 1 : NONE;
            previous[i] = i - 1;
        }
        LongHeapPriorityQueue queue = new LongHeapPriorityQueue(n);
        for (int i = 0; i < n; i++) {
            offer(queue, ids, next, rule, i);
        }
        while (!queue.isEmpty()) {
            long first = queue.dequeueLong();
            int rank = (int) (first >>> 32);
            int i = (int) first;
            if (rule[i] != rank) {
                continue;
            }
            int gone = next[i];
            ids[i] = merged[rank];
            rule[gone] = NONE;
            next[i] = next[gone];
            if (next[i] != NONE) {
                previous[next[i]] = i;
            }
            offer(queue, ids, next, rule, i);
            if (previous[i] != NONE) {
                offer(queue, ids, next, rule, previous[i]);
            }
        }
        for (int i = 0; i != NONE; i = next[i]) {
            out.add(ids[i]);
        }
    }

    private void offer(LongHeapPriorityQueue queue, int[] ids, int[] next, int[] rule, int i) {
        rule[i] = next[i] == NONE ? NONE : ranks.get(pair(ids[i], ids[next[i]]));
        if (rule[i] != NONE) {
            queue.enqueue((long) rule[i] << 32 | i);
        }
    }

    private static long pair(int left, int right) {
        return (long) left << 32 | right;
    }
}
