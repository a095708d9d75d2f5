package org.llmrlpt.data.prepare;

import org.llmrlpt.config.DataSettings;
import org.llmrlpt.config.UserError;

/**
 * How text becomes tokens.
 *
 * @param field the field of each .jsonl line that holds the text
 * @param separator what parts documents in a text file: a literal text ({@code \n} for a line end),
 *     {@link #BLANK_LINE}, or {@link #NO_SEPARATOR}
 * @param validationFraction the share held out, 0 to below 1, or {@link #AUTOMATIC}: 0.05 of the documents, and 0.1 of
 *     a text with fewer than {@link DataPreparation#MANY_DOCUMENTS} of them
 * @param acceptBinary whether bytes that are not UTF-8 text are taken as they are
 * @param overwrite whether prepared data that is there already is replaced
 * @param tokensPerShard the greatest number of tokens in one file
 * @param threads how many threads encode; the result does not depend on it
 */
public record PreparationSettings(String field, String separator, double validationFraction, boolean acceptBinary,
        boolean overwrite, long tokensPerShard, int threads) {
    public static final String BLANK_LINE = "blank-line";
    public static final String NO_SEPARATOR = "none";
    public static final double AUTOMATIC = -1;

    public PreparationSettings {
        if (validationFraction != AUTOMATIC && !(validationFraction >= 0 && validationFraction < 1)) {
            throw new UserError("data.validation-fraction is " + validationFraction
                + "; give a share from 0 to below 1.");
        }
        if (separator.isEmpty()) {
            throw new UserError("data.separator is empty; give a text, \"" + BLANK_LINE + "\" or \"" + NO_SEPARATOR
                + "\".");
        }
        if (field.isEmpty()) {
            throw new UserError("data.field is empty; give the name of the .jsonl field that holds the text.");
        }
        if (tokensPerShard < 1 || threads < 1) {
            throw new UserError("tokens per shard and threads must be at least 1.");
        }
    }

    /** Field "text", documents parted by {@code <|endoftext|>}, 64 Mi tokens per shard, one thread per core. */
    public static PreparationSettings defaults() {
        return new PreparationSettings(DataSettings.DEFAULT_FIELD, "<|endoftext|>", AUTOMATIC, false, false, 1L << 26,
                Runtime.getRuntime().availableProcessors());
    }

    public PreparationSettings withField(String value) {
        return new PreparationSettings(value, separator, validationFraction, acceptBinary, overwrite, tokensPerShard,
                threads);
    }

    public PreparationSettings withSeparator(String value) {
        return new PreparationSettings(field, value, validationFraction, acceptBinary, overwrite, tokensPerShard,
                threads);
    }

    public PreparationSettings withValidationFraction(double value) {
        return new PreparationSettings(field, separator, value, acceptBinary, overwrite, tokensPerShard, threads);
    }

    public PreparationSettings withAcceptBinary(boolean value) {
        return new PreparationSettings(field, separator, validationFraction, value, overwrite, tokensPerShard, threads);
    }

    public PreparationSettings withOverwrite(boolean value) {
        return new PreparationSettings(field, separator, validationFraction, acceptBinary, value, tokensPerShard,
                threads);
    }

    public PreparationSettings withTokensPerShard(long value) {
        return new PreparationSettings(field, separator, validationFraction, acceptBinary, overwrite, value, threads);
    }

    public PreparationSettings withThreads(int value) {
        return new PreparationSettings(field, separator, validationFraction, acceptBinary, overwrite, tokensPerShard,
                value);
    }
}
