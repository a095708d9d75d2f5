package org.llmrlpt.train;

import java.util.LinkedHashMap;
import java.util.Map;
import org.llmrlpt.eval.TokenStatistics;
import org.llmrlpt.kernels.RowStatistics;

/**
 * What one optimizer step, or one validation, showed: a line of metrics.jsonl.
 *
 * @param step optimizer steps done, this one included
 * @param loss the NLL for cross-entropy; for a shaped objective minus its mean value J, a surrogate whose gradient is
 *     followed but whose value says little by itself
 * @param tokens training tokens seen since the beginning of the run
 */
public record StepReport(String split, long step, double loss, TokenStatistics statistics, double gradientNorm,
    double learningRate, double tokensPerSecond, double milliseconds, long tokens) {

    /** The line's fields in order. */
    public Map<String, Object> toMap() {
        Map<String, Object> m = new LinkedHashMap<>();
        m.put("step", step);
        m.put("split", split);
        m.put("loss", loss);
        m.putAll(fields(statistics));
        if (split.equals("train")) {
            m.put("grad_norm", gradientNorm);
            m.put("lr", learningRate);
        } else {
            m.put("nll_standard_error", statistics.standardError(RowStatistics.NLL));
        }
        m.put("tokens_per_second", tokensPerSecond);
        m.put("ms", milliseconds);
        m.put("tokens", tokens);
        return m;
    }

    /** The statistics that are reported everywhere, under their names in files. */
    public static Map<String, Object> fields(TokenStatistics s) {
        Map<String, Object> m = new LinkedHashMap<>();
        m.put("nll", s.nll());
        m.put("perplexity", s.perplexity());
        m.put("bits_per_byte", s.bitsPerByte());
        m.put("entropy", s.entropy());
        m.put("top_k_mass", s.mean(RowStatistics.TOP_K_MASS));
        m.put("target_probability", s.mean(RowStatistics.TARGET_PROBABILITY));
        m.put("rank_one_accuracy", s.mean(RowStatistics.RANK_ONE));
        m.put("target_in_top_k", s.mean(RowStatistics.TARGET_IN_TOP_K));
        m.put("counted", s.count());
        return m;
    }
}
