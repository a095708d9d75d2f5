package org.llmrlpt.kernels.gpu;

/**
 * Two non-negative ints in one long. A TornadoVM task has at most 20 parameters; scalars among them are constants of
 * the compiled kernel, so unpacking costs nothing there.
 */
final class Pair {
    private Pair() {
    }

    static long of(int first, int second) {
        return (long) first << 32 | second;
    }

    static int first(long pair) {
        return (int) (pair >> 32);
    }

    static int second(long pair) {
        return (int) (pair & 0x7fffffffL);
    }
}
