package org.llmrlpt.data;

import org.llmrlpt.data.tokenizer.Tokenizer;

/** What a training run reads: tokens of one source or of several, as windows to learn from and windows held out. */
public interface Corpus {
    /** The tokenizer of all tokens. */
    Tokenizer tokenizer();

    /** Shuffled windows of {@code length} tokens without end; window n is a function of the seed and n alone. */
    Windows training(int length, long seed);

    /**
     * Held-out windows of {@code length} tokens; a count of 0 where nothing was held out.
     *
     * @param limit the greatest number of windows
     */
    Windows validation(int length, long limit);

    /** Tokens to learn from. */
    long trainingTokens();

    /** Tokens held out. */
    long validationTokens();

    /** A short name of exactly these tokens and of how they are mixed. */
    String fingerprint();

    /** The tokens of one prepared folder. */
    static Corpus of(TokenDataset data) {
        int endOfText = data.tokenizer().endOfText();
        return new Corpus() {
            @Override
            public Tokenizer tokenizer() {
                return data.tokenizer();
            }

            @Override
            public Windows training(int length, long seed) {
                return new TrainingWindows(data.train(), length, endOfText, seed);
            }

            @Override
            public Windows validation(int length, long limit) {
                return new EvaluationWindows(data.validation(), length, endOfText, limit);
            }

            @Override
            public long trainingTokens() {
                return data.train().size();
            }

            @Override
            public long validationTokens() {
                return data.validation().size();
            }

            @Override
            public String fingerprint() {
                return data.fingerprint();
            }
        };
    }
}
