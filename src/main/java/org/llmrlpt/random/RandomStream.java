package org.llmrlpt.random;

/**
 * A named stream of random numbers. Draw number i depends on the seed, the name and i only (SplitMix64 of a counter),
 * so a stream's whole state is one long, streams do not disturb each other, and resuming needs no history.
 */
public final class RandomStream {
    private static final long GOLDEN = 0x9E3779B97F4A7C15L;

    private final long key;
    private long index;

    private RandomStream(long key) {
        this.key = key;
    }

    /** The stream called {@code name} of a run's seed, at its beginning. */
    public static RandomStream of(long seed, String name) {
        long h = mix(seed + GOLDEN);
        for (int i = 0; i < name.length(); i++) {
            h = mix(h ^ (name.charAt(i) + GOLDEN));
        }
        return new RandomStream(h);
    }

    /** A child stream, for instance one per sequence or per epoch. */
    public RandomStream child(long number) {
        return new RandomStream(mix(key ^ mix(number + GOLDEN)));
    }

    public long nextLong() {
        return mix(key + GOLDEN * ++index);
    }

    /** Uniform in [0, bound), without bias worth a thought (bound is far below 2^63): the high half of a product. */
    public int nextInt(int bound) {
        if (bound <= 0) {
            throw new IllegalArgumentException("bound must be positive: " + bound);
        }
        return (int) Math.unsignedMultiplyHigh(nextLong(), bound);
    }

    /** Uniform in [from, to]. */
    public int between(int from, int to) {
        return from + nextInt(to - from + 1);
    }

    /** Uniform in [0, 1), 53 bits. */
    public double nextDouble() {
        return (nextLong() >>> 11) * 0x1p-53;
    }

    /** Standard normal (Box–Muller; two draws each, so that the index stays a simple count). */
    public double nextGaussian() {
        double u = 1.0 - nextDouble();
        return StrictMath.sqrt(-2.0 * StrictMath.log(u)) * StrictMath.cos(2.0 * Math.PI * nextDouble());
    }

    /** Shuffles in place (Fisher–Yates). */
    public void shuffle(int[] items) {
        for (int i = items.length - 1; i > 0; i--) {
            int j = nextInt(i + 1);
            int t = items[i];
            items[i] = items[j];
            items[j] = t;
        }
    }

    private static long mix(long z) {
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
