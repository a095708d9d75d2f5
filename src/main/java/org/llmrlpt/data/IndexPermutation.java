package org.llmrlpt.data;

import org.llmrlpt.random.RandomStream;

/**
 * A pseudo-random permutation of 0..n-1 in constant memory: a Feistel network on the next even number of bits, walked
 * until it lands inside (Black and Rogaway 2002). At most four steps are expected.
 */
public final class IndexPermutation {
    private static final int ROUNDS = 6;

    private final long size;
    private final int halfBits;
    private final long halfMask;
    private final long[] keys = new long[ROUNDS];

    /** A permutation of {@code size} numbers (at least 1), keyed by the next draws of a stream. */
    public IndexPermutation(long size, RandomStream draws) {
        this.size = size;
        int bits = Long.SIZE - Long.numberOfLeadingZeros(Math.max(1, size - 1));
        halfBits = (bits + 1) / 2;
        halfMask = (1L << halfBits) - 1;
        for (int i = 0; i < ROUNDS; i++) {
            keys[i] = draws.nextLong();
        }
    }

    /** Where the permutation puts {@code index}. */
    public long at(long index) {
        if (index < 0 || index >= size) {
            throw new IndexOutOfBoundsException(index + " of " + size);
        }
        long value = index;
        do {
            value = encipher(value);
        } while (value >= size);
        return value;
    }

    private long encipher(long value) {
        long left = value >>> halfBits;
        long right = value & halfMask;
        for (long key : keys) {
            long mixed = (right + key) * 0x9E3779B97F4A7C15L;
            mixed = (mixed ^ mixed >>> 32) * 0xD6E8FEB86659FD93L;
            long next = left ^ mixed >>> Long.SIZE - halfBits;
            left = right;
            right = next;
        }
        return left << halfBits | right;
    }
}
