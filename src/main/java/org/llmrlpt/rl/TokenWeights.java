package org.llmrlpt.rl;

import java.util.List;
import org.llmrlpt.config.RlSettings.LossAggregation;

/**
 * The share that a token of an answer has in the loss of a whole step. It depends on all answers of the step, never on
 * how they are split into micro-batches.
 */
final class TokenWeights {
    private final LossAggregation aggregation;
    private final long tokens;
    private final int answers;
    private final int maxNewTokens;

    /** Weights for a step of these answers; {@code maxNewTokens} is what each of them might have had. */
    TokenWeights(LossAggregation aggregation, List<Answer> answers, int maxNewTokens) {
        this.aggregation = aggregation;
        this.tokens = answers.stream().mapToLong(a -> a.tokens().length).sum();
        this.answers = answers.size();
        this.maxNewTokens = maxNewTokens;
    }

    /** The weight of each token of an answer. */
    double of(Answer answer) {
        return switch (aggregation) {
            case TOKEN_MEAN -> 1.0 / tokens;
            case SEQ_MEAN_TOKEN_MEAN -> 1.0 / answers / answer.tokens().length;
            case SEQ_MEAN_TOKEN_SUM -> 1.0 / answers;
            case SEQ_MEAN_TOKEN_SUM_NORM -> 1.0 / answers / maxNewTokens;
        };
    }
}
