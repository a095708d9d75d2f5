package org.llmrlpt.generate;

import it.unimi.dsi.fastutil.floats.FloatArrayList;
import it.unimi.dsi.fastutil.ints.IntArrayList;
import it.unimi.dsi.fastutil.ints.IntSet;

/** A continuation on its way: what it has so far, and what the next step needs to know. */
final class Sequence {
    private final Prompt request;
    private final int promptIndex;
    private final int sample;
    private final int limit;
    private final IntSet stopTokens;
    private final IntArrayList tokens = new IntArrayList();
    private final FloatArrayList logProbabilities = new FloatArrayList();
    private final FloatArrayList entropies = new FloatArrayList();
    private Completion.Ending ending;
    private int slot = -1;

    Sequence(Prompt request, int promptIndex, int sample, int limit, IntSet stopTokens) {
        this.request = request;
        this.promptIndex = promptIndex;
        this.sample = sample;
        this.limit = limit;
        this.stopTokens = stopTokens;
    }

    int[] prompt() {
        return request.tokens();
    }

    int promptIndex() {
        return promptIndex;
    }

    /** Tokens of the prompt that must be in the cache before the first step: all but the last one. */
    int prefix() {
        return request.tokens().length - 1;
    }

    long stream() {
        return request.stream() + sample;
    }

    int slot() {
        return slot;
    }

    void slot(int number) {
        slot = number;
    }

    /** How many tokens it has, which is also the number of the next draw. */
    int count() {
        return tokens.size();
    }

    /** The token that the next step reads: the prompt's last one, then -1 for the one drawn last. */
    int given() {
        return tokens.isEmpty() ? request.tokens()[prefix()] : -1;
    }

    /** Where the token that the next step reads stands in the text. */
    int position() {
        return prefix() + tokens.size();
    }

    void add(int token, float logProbability, float entropy) {
        tokens.add(token);
        logProbabilities.add(logProbability);
        entropies.add(entropy);
        if (stopTokens.contains(token)) {
            ending = Completion.Ending.STOPPED;
        } else if (tokens.size() == limit) {
            ending = Completion.Ending.TRUNCATED;
        }
    }

    boolean isEnded() {
        return ending != null;
    }

    Completion completion() {
        return new Completion(promptIndex, sample, tokens.toIntArray(), logProbabilities.toFloatArray(),
            entropies.toFloatArray(), ending == null ? Completion.Ending.INTERRUPTED : ending);
    }
}
