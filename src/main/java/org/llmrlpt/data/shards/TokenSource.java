package org.llmrlpt.data.shards;

import java.util.Arrays;

/** A long sequence of token ids that can be read anywhere: documents one after another, each ended by its mark. */
public interface TokenSource {
    /** The number of tokens. */
    long size();

    /** Copies {@code length} tokens from position {@code from} into {@code to}, beginning at {@code at}. */
    void copy(long from, int[] to, int at, int length);

    /** Tokens held in memory. */
    static TokenSource of(int... tokens) {
        return new TokenSource() {
            @Override
            public long size() {
                return tokens.length;
            }

            @Override
            public void copy(long from, int[] to, int at, int length) {
                System.arraycopy(tokens, Math.toIntExact(from), to, at, length);
            }

            @Override
            public String toString() {
                return Arrays.toString(tokens);
            }
        };
    }
}
