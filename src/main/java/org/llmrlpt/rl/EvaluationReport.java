package org.llmrlpt.rl;

import java.util.LinkedHashMap;
import java.util.Map;
import org.llmrlpt.eval.Estimate;

/**
 * What an evaluation on held-out problems showed: a line of metrics.jsonl.
 *
 * @param step rollouts done
 * @param problems how many
 * @param samples m, answers to each
 * @param average Avg@m, the mean share of right answers, with its interval over problems
 * @param responseLength mean tokens of an answer
 * @param entropy mean of the sampled tokens' distributions, nats
 */
public record EvaluationReport(long step, int problems, int samples, Estimate average, double responseLength,
    double entropy, double seconds) {

    /** The line's fields in order. */
    public Map<String, Object> toMap() {
        Map<String, Object> m = new LinkedHashMap<>();
        m.put("step", step);
        m.put("split", "evaluation");
        m.put("problems", problems);
        m.put("samples", samples);
        m.put("avg", average.value());
        m.put("avg_low", average.low());
        m.put("avg_high", average.high());
        m.put("response_length_mean", responseLength);
        m.put("entropy", entropy);
        m.put("seconds", seconds);
        return m;
    }
}
