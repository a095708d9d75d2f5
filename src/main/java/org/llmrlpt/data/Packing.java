package org.llmrlpt.data;

/** Marks where documents begin in a window. */
final class Packing {
    private Packing() {
    }

    /**
     * Fills positions and starts [T] for the tokens at {@code at}. The end-of-text token that ends one document begins
     * the next: its target is that document's first token, and nothing before it is seen from there on.
     */
    static void mark(int[] tokens, int[] positions, int[] starts, int at, int length, int endOfText) {
        int start = 0;
        for (int t = 0; t < length; t++) {
            if (tokens[at + t] == endOfText) {
                start = t;
            }
            starts[at + t] = start;
            positions[at + t] = t - start;
        }
    }
}
