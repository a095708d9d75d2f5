package org.llmrlpt.data;

import org.llmrlpt.data.shards.TokenSource;

/**
 * Windows for evaluation: in order, side by side, so that every token but the first is a target exactly once. What the
 * last window lacks, and every sequence beyond it, is filled up with targets of -1, which do not count.
 */
public final class EvaluationWindows implements Windows {
    private final TokenSource source;
    private final int length;
    private final int endOfText;
    private final long count;

    /**
     * Windows of {@code length} tokens.
     *
     * @param source the tokens
     * @param length T
     * @param endOfText the token that ends documents, -1 when there is none
     * @param limit the greatest number of windows; the first ones are taken
     */
    public EvaluationWindows(TokenSource source, int length, int endOfText, long limit) {
        this.source = source;
        this.length = length;
        this.endOfText = endOfText;
        long targets = Math.max(0, source.size() - 1);
        this.count = Math.min(limit, (targets + length - 1) / length);
    }

    @Override
    public int length() {
        return length;
    }

    @Override
    public long count() {
        return count;
    }

    @Override
    public void fill(long number, int[] tokens, int[] targets, int[] positions, int[] starts, int at) {
        long begin = number * length;
        int there = number >= count ? 0 : (int) Math.min(length, source.size() - 1 - begin);
        source.copy(there == 0 ? 0 : begin, tokens, at, there);
        source.copy(there == 0 ? 0 : begin + 1, targets, at, there);
        for (int t = there; t < length; t++) {
            tokens[at + t] = Math.max(0, endOfText);
            targets[at + t] = -1;
        }
        Packing.mark(tokens, positions, starts, at, length, endOfText);
    }
}
