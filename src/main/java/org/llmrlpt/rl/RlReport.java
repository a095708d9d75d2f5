package org.llmrlpt.rl;

import java.util.LinkedHashMap;
import java.util.Map;
import org.llmrlpt.kernels.SurrogateStatistics;

/**
 * What one step showed: a line of metrics.jsonl.
 *
 * @param step rollouts done, this one included
 * @param first sums of the rollout's first update, which is on-policy
 * @param all sums of all its updates
 * @param updates optimizer steps on this rollout; 0 where no group was left to train on
 * @param gradientNorm of the last update, before clipping
 * @param positions that training computed in one update, padding included
 * @param forwardOnly how many of them had a forward pass only, as their advantages are 0
 * @param times seconds of each phase
 */
public record RlReport(long step, Rollout rollout, SurrogateSums first, SurrogateSums all, int updates,
    double gradientNorm, double learningRate, long positions, long forwardOnly, Times times) {

    /**
     * Seconds of the phases of a step.
     *
     * @param generate sampling answers
     * @param reward decoding and judging them
     * @param pack making micro-batches, and the reference model's log-probabilities
     * @param train forward passes, and backward passes where there is a gradient
     * @param update clipping and AdamW
     * @param total the whole step
     */
    record Times(double generate, double reward, double pack, double train, double update, double total) {
    }

    public double reward() {
        return rollout.rewardMean();
    }

    public double entropy() {
        return Group.entropy(rollout.completions());
    }

    public double responseLength() {
        return (double) rollout.tokens() / rollout.sampled().stream().mapToInt(g -> g.rewards().length).sum();
    }

    public double seconds() {
        return times.total();
    }

    /** The line's fields in order. */
    public Map<String, Object> toMap() {
        Map<String, Object> m = new LinkedHashMap<>();
        m.put("step", step);
        m.put("split", "train");
        m.putAll(rollout.toMap());
        m.put("updates", updates);
        m.put("surrogate_loss", updates == 0 ? Double.NaN : all.sum(SurrogateStatistics.LOSS) / updates);
        m.put("entropy", entropy());
        m.put("clipped_low", all.mean(SurrogateStatistics.CLIPPED_LOW));
        m.put("clipped_high", all.mean(SurrogateStatistics.CLIPPED_HIGH));
        m.put("kl", all.mean(SurrogateStatistics.KL));
        m.put("ratio_mean", all.mean(SurrogateStatistics.RATIO));
        m.put("log_prob_difference_max", updates == 0 ? Double.NaN : first.largestDifference());
        m.put("grad_norm", gradientNorm);
        m.put("lr", learningRate);
        m.put("tokens", rollout.tokens());
        m.put("tokens_trained", first.tokens());
        m.put("positions", positions);
        m.put("positions_forward_only", forwardOnly);
        m.put("rollout_tokens_per_second", rollout.tokens() / times.generate());
        m.put("training_tokens_per_second", updates * positions / (times.train() + times.update()));
        m.put("tokens_per_second", rollout.tokens() / times.total());
        m.put("seconds", times.total());
        m.put("seconds_generate", times.generate());
        m.put("seconds_reward", times.reward());
        m.put("seconds_pack", times.pack());
        m.put("seconds_train", times.train());
        m.put("seconds_update", times.update());
        return m;
    }
}
