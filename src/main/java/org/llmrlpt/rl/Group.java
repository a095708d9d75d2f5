package org.llmrlpt.rl;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.llmrlpt.config.RlSettings.AdvantageStd;
import org.llmrlpt.generate.Completion;
import org.llmrlpt.tasks.Problem;

/**
 * The answers to one problem.
 *
 * @param prompt the problem's tokens
 * @param completions what the policy wrote
 * @param texts the same as text
 * @param rewards of each, the over-length penalty included
 */
record Group(Problem problem, int[] prompt, List<Completion> completions, List<String> texts, double[] rewards) {
    /** Whether all answers were rewarded alike, so that none has an advantage. */
    boolean isUniform() {
        return Advantages.allEqual(rewards);
    }

    /** The answers with their advantages. */
    List<Answer> answers(AdvantageStd std, boolean maskTruncated) {
        double[] advantages = Advantages.of(rewards, std);
        List<Answer> answers = new ArrayList<>();
        for (int i = 0; i < rewards.length; i++) {
            Completion c = completions.get(i);
            if (!maskTruncated || c.ending() != Completion.Ending.TRUNCATED) {
                answers.add(new Answer(prompt, c.tokens(), c.logProbabilities(), advantages[i]));
            }
        }
        return answers;
    }

    /** Mean entropy of the distributions that the tokens were drawn from, nats. */
    static double entropy(List<Completion> completions) {
        double sum = 0;
        long tokens = 0;
        for (Completion completion : completions) {
            for (float entropy : completion.entropies()) {
                sum += entropy;
                tokens++;
            }
        }
        return sum / tokens;
    }

    /** The answers for people to read, a map each. */
    List<Map<String, Object>> readable() {
        List<Map<String, Object>> lines = new ArrayList<>();
        for (int i = 0; i < rewards.length; i++) {
            Map<String, Object> m = new LinkedHashMap<>();
            m.put("problem", problem.id());
            m.put("prompt", problem.prompt());
            m.put("completion", texts.get(i));
            m.put("reference", problem.answer());
            m.put("reward", rewards[i]);
            m.put("tokens", completions.get(i).tokens().length);
            m.put("truncated", completions.get(i).ending() == Completion.Ending.TRUNCATED);
            lines.add(m);
        }
        return lines;
    }
}
