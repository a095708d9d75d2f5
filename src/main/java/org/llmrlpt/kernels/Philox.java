package org.llmrlpt.kernels;

/**
 * Philox4x32-10, the counter-based generator of Salmon et al., "Parallel random numbers: as easy as 1, 2, 3" (2011): a
 * function of (key, counter) without any state. Here the key is the seed, and the counter is (token index, stream): a
 * sequence's numbers do not depend on what it is computed with.
 *
 * <p>Both sets of kernels call it, so it keeps to what TornadoVM compiles rightly: ints as 32 bits, and shifts to the
 * right only where a mask makes their sign irrelevant.
 */
public final class Philox {
    private static final int ROUNDS = 10;
    private static final int FACTOR0 = 0xD2511F53;
    private static final int FACTOR1 = 0xCD9E8D57;
    private static final int STEP0 = 0x9E3779B9;
    private static final int STEP1 = 0xBB67AE85;
    private static final float UNIT = 1f / (1 << 23);

    private Philox() {
    }

    /** The first of the four words of the block at counter (c0, c1, c2, c3) under the key (k0, k1). */
    public static int word(int c0, int c1, int c2, int c3, int k0, int k1) {
        for (int i = 0; i < ROUNDS; i++) {
            int high0 = high(c0, FACTOR0);
            int low0 = c0 * FACTOR0;
            int high1 = high(c2, FACTOR1);
            int low1 = c2 * FACTOR1;
            c0 = high1 ^ c1 ^ k0;
            c1 = low1;
            c2 = high0 ^ c3 ^ k1;
            c3 = low0;
            k0 += STEP0;
            k1 += STEP1;
        }
        return c0;
    }

    /** Number {@code index} of a stream: uniform in (0, 1), an odd multiple of 2^-24, so that 0 picks no rare token. */
    public static float uniform(int seedLow, int seedHigh, int streamLow, int streamHigh, int index) {
        return ((word(index, streamLow, streamHigh, 0, seedLow, seedHigh) >> 9 & 0x7fffff) + 0.5f) * UNIT;
    }

    /** The upper 32 bits of the product of two unsigned numbers, from products of their halves. */
    private static int high(int a, int b) {
        int aLow = a & 0xffff;
        int aHigh = a >> 16 & 0xffff;
        int bLow = b & 0xffff;
        int bHigh = b >> 16 & 0xffff;
        int middle = aHigh * bLow + (aLow * bLow >> 16 & 0xffff);
        int other = aLow * bHigh + (middle & 0xffff);
        return aHigh * bHigh + (middle >> 16 & 0xffff) + (other >> 16 & 0xffff);
    }
}
