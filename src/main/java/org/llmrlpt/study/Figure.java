package org.llmrlpt.study;

import com.fasterxml.jackson.databind.JsonNode;

/** The figures of a model that a study compares. */
enum Figure {
    PERPLEXITY("perplexity", "Perplexity"),
    ENTROPY("entropy", "Entropy on text"),
    AVG("avg", "Avg@%n"),
    CONS("cons", "Cons@%n"),
    PASS("pass", "Pass@%k"),
    ANSWER_ENTROPY("answer_entropy", "Entropy of answers"),
    LENGTH("response_length", "Response length");

    private final String key;
    private final String title;

    Figure(String key, String title) {
        this.key = key;
        this.title = title;
    }

    /** Its name in files. */
    String key() {
        return key;
    }

    /** Its name in tables, with the number of samples and k of Pass@k. */
    String title(int samples, int k) {
        return title.replace("%n", Integer.toString(samples)).replace("%k", Integer.toString(k));
    }

    /** From an evaluation's results; NaN where it was not measured. */
    double of(JsonNode results, int k) {
        JsonNode value = switch (this) {
            case PERPLEXITY -> results.path("text_perplexity");
            case ENTROPY -> results.path("text_entropy");
            case AVG -> results.path("avg");
            case CONS -> results.path("cons");
            case PASS -> results.path("pass_at_k").path(Integer.toString(k)).path("value");
            case ANSWER_ENTROPY -> results.path("entropy");
            case LENGTH -> results.path("response_length");
        };
        return value.asDouble(Double.NaN);
    }
}
