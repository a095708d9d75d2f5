package org.llmrlpt.data;

/**
 * Sequences of T tokens cut from a long one, by number. Sequence n is the same whenever and however it is read, so a
 * run is resumed by its number alone, and micro-batches of any size see the same stream.
 */
public interface Windows {
    /** The number of tokens of a sequence, T. */
    int length();

    /** The number of sequences in one pass over the data. */
    long count();

    /**
     * Writes sequence {@code number} at {@code at} of four arrays, T numbers each: the input tokens; the target of each
     * position, the token that comes next, or -1 for none; the position of each token in its document, counted from
     * the document's beginning or the window's; and the place in the window where its document begins.
     * Attention at place t may look at places starts[t]..t, which keeps documents apart.
     */
    void fill(long number, int[] tokens, int[] targets, int[] positions, int[] starts, int at);

    /** Fills all rows of a batch with the sequences from {@code first} on. */
    default void fill(long first, Batch batch) {
        if (batch.length() != length()) {
            throw new IllegalArgumentException("batch length " + batch.length() + " instead of " + length());
        }
        for (int row = 0; row < batch.rows(); row++) {
            fill(first + row, batch.tokens(), batch.targets(), batch.positions(), batch.starts(), row * length());
        }
    }
}
