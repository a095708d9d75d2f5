package org.llmrlpt.data;

import org.llmrlpt.config.UserError;
import org.llmrlpt.data.shards.TokenSource;
import org.llmrlpt.random.RandomStream;

/**
 * Shuffled windows for training. Each epoch cuts the tokens from a random offset on into neighbouring windows of T + 1
 * tokens that share their last and first one, and visits each window once, in a random order. Sequence n is a function
 * of (tokens, seed, T, n) alone; no permutation is ever stored.
 */
public final class TrainingWindows implements Windows {
    private final TokenSource source;
    private final int length;
    private final int endOfText;
    private final RandomStream stream;
    private final long perEpoch;
    private Epoch last;

    private record Epoch(long number, long offset, IndexPermutation order) {
    }

    /**
     * Windows of {@code length} tokens.
     *
     * @param source the tokens
     * @param length T
     * @param endOfText the token that ends documents, -1 when there is none
     * @param seed the run's seed
     * @throws UserError when there are fewer than T + 1 tokens
     */
    public TrainingWindows(TokenSource source, int length, int endOfText, long seed) {
        if (source.size() < length + 1L) {
            throw new UserError("The training data has only " + source.size() + " tokens, but a sequence of length "
                    + length + " needs " + (length + 1L) + "; give more text or a smaller sequence length.");
        }
        this.source = source;
        this.length = length;
        this.endOfText = endOfText;
        this.stream = RandomStream.of(seed, "data");
        // One window less than fits at offset 0, so that every offset gives the same number.
        this.perEpoch = Math.max(1, (source.size() - length) / length);
    }

    @Override
    public int length() {
        return length;
    }

    @Override
    public long count() {
        return perEpoch;
    }

    /** The position in the tokens at which sequence {@code number} begins. */
    public long begin(long number) {
        Epoch epoch = epoch(number / perEpoch);
        return epoch.offset + epoch.order.at(number % perEpoch) * length;
    }

    private Epoch epoch(long number) {
        Epoch epoch = last;
        if (epoch == null || epoch.number != number) {
            RandomStream draws = stream.child(number);
            long room = Math.min(length - 1L, source.size() - 1 - perEpoch * length);
            epoch = new Epoch(number, draws.nextInt((int) room + 1), new IndexPermutation(perEpoch, draws));
            last = epoch;
        }
        return epoch;
    }

    @Override
    public void fill(long number, int[] tokens, int[] targets, int[] positions, int[] starts, int at) {
        long begin = begin(number);
        source.copy(begin, tokens, at, length);
        source.copy(begin + 1, targets, at, length);
        Packing.mark(tokens, positions, starts, at, length, endOfText);
    }
}
