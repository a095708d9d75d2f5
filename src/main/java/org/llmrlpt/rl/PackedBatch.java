package org.llmrlpt.rl;

import java.util.Arrays;
import java.util.List;
import org.llmrlpt.kernels.SampledTokens;
import org.llmrlpt.kernels.SeenKeys;

/**
 * Answers one behind the other in a single sequence of R positions. Those to one prompt share its beginning, which
 * stands before the first of them and is computed once: each answer sees it and itself, but not its neighbours. Nothing
 * is padded but the end.
 *
 * @param tokens input tokens [R]
 * @param targets the sampled token that each position predicts [R]; -1 in beginnings and behind the last answer
 * @param positions place of each token in its document [R]
 * @param seen which positions each one sees [R, SeenKeys.COLUMNS]
 * @param known [R, SampledTokens.COLUMNS]
 * @param used positions of documents; the others are padding
 * @param teaches whether any of the answers does
 */
record PackedBatch(int[] tokens, int[] targets, int[] positions, int[] seen, float[] known, int used,
    boolean teaches) {
    /** Packs the answers, those to one prompt next to each other; they must not need more than {@code rows}. */
    static PackedBatch of(List<Answer> answers, int rows, TokenWeights weights) {
        PackedBatch b = new PackedBatch(new int[rows], new int[rows], new int[rows], new int[rows * SeenKeys.COLUMNS],
            new float[rows * SampledTokens.COLUMNS], 0, false);
        Arrays.fill(b.targets, -1);
        int first = 0;
        int at = 0;
        for (int i = 0; i < answers.size(); i++) {
            Answer answer = answers.get(i);
            if (i == 0 || !answer.sharesBeginning(answers.get(i - 1))) {
                first = at;
                at += b.putBeginning(answer, first);
            }
            b.put(answer, first, at, weights.of(answer));
            at += answer.positions();
        }
        // Padding is a document of its own: no token of it counts, and it looks at none of the others.
        for (int i = at; i < rows; i++) {
            SeenKeys.set(b.seen, i, i, i, i);
        }
        return new PackedBatch(b.tokens, b.targets, b.positions, b.seen, b.known, at,
            answers.stream().anyMatch(Answer::teaches));
    }

    private int putBeginning(Answer answer, int first) {
        int n = answer.beginning();
        System.arraycopy(answer.prompt(), 0, tokens, first, n);
        for (int i = 0; i < n; i++) {
            positions[first + i] = i;
            SeenKeys.set(seen, first + i, first, first, first);
        }
        return n;
    }

    /** The answer's own positions from {@code at} on; its prompt's beginning is at {@code first}. */
    private void put(Answer answer, int first, int at, double weight) {
        int beginning = answer.beginning();
        for (int i = 0; i < answer.positions(); i++) {
            int row = at + i;
            tokens[row] = i == 0 ? answer.prompt()[beginning] : answer.tokens()[i - 1];
            positions[row] = beginning + i;
            if (beginning == 0) {
                SeenKeys.set(seen, row, at, at, at);
            } else {
                SeenKeys.set(seen, row, first, first + beginning, at);
            }
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
