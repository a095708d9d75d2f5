package org.llmrlpt.kernels;

import org.llmrlpt.random.RandomStream;

/** Reproducible numbers for tests: the same name gives the same numbers. */
public final class RandomNumbers {
    private RandomNumbers() {
    }

    /** Standard normal numbers. */
    public static float[] gaussian(String name, int n) {
        RandomStream stream = RandomStream.of(1, name);
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = (float) stream.nextGaussian();
        }
        return values;
    }

    /** Integers in [0, bound). */
    public static int[] ints(String name, int n, int bound) {
        RandomStream stream = RandomStream.of(1, name);
        int[] values = new int[n];
        for (int i = 0; i < n; i++) {
            values[i] = stream.nextInt(bound);
        }
        return values;
    }
}
