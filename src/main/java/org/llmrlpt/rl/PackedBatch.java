package org.llmrlpt.rl;

import java.util.Arrays;
import java.util.List;
import org.llmrlpt.kernels.SampledTokens;

/**
 * Answers one behind the other in a single sequence of R positions, each a document of its own: attention does not look
 * across, positions begin anew, and nothing is padded but the end.
 *
 * @param tokens input tokens [R]
 * @param targets the sampled token that each position predicts [R]; -1 in prompts, at the end of a document, and behind
 *     the last one
 * @param positions place of each token in its document [R]
 * @param starts where its document begins [R]
 * @param known [R, SampledTokens.COLUMNS]
 * @param used positions of documents; the others are padding
 */
record PackedBatch(int[] tokens, int[] targets, int[] positions, int[] starts, float[] known, int used) {
    /** Packs the answers, which together have at most {@code rows} positions. */
    static PackedBatch of(List<Answer> answers, int rows, TokenWeights weights) {
        PackedBatch b = new PackedBatch(new int[rows], new int[rows], new int[rows], new int[rows],
            new float[rows * SampledTokens.COLUMNS], answers.stream().mapToInt(Answer::positions).sum());
        Arrays.fill(b.targets, -1);
        int at = 0;
        for (Answer answer : answers) {
            b.put(answer, at, weights.of(answer));
            at += answer.positions();
        }
        // Padding is a document of its own: no token of it counts, and it looks at none of the others.
        for (int i = at; i < rows; i++) {
            b.positions[i] = 0;
            b.starts[i] = i;
        }
        return b;
    }

    private void put(Answer answer, int at, double weight) {
        int prompt = answer.prompt().length;
        for (int i = 0; i < answer.positions(); i++) {
            tokens[at + i] = i < prompt ? answer.prompt()[i] : answer.tokens()[i - prompt];
            positions[at + i] = i;
            starts[at + i] = at;
        }
        for (int i = 0; i < answer.tokens().length; i++) {
            int row = at + prompt - 1 + i;
            targets[row] = answer.tokens()[i];
            int column = row * SampledTokens.COLUMNS;
            known[column + SampledTokens.OLD_LOG_P] = answer.logProbabilities()[i];
            known[column + SampledTokens.ADVANTAGE] = (float) answer.advantage();
            known[column + SampledTokens.WEIGHT] = (float) weight;
        }
    }

    int rows() {
        return tokens.length;
    }
}
