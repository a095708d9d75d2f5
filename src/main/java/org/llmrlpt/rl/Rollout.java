package org.llmrlpt.rl;

import java.util.Arrays;
import java.util.DoubleSummaryStatistics;
import java.util.IntSummaryStatistics;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.llmrlpt.generate.Completion;

/**
 * What the policy wrote in one step.
 *
 * @param sampled all groups, in the order of their problems
 * @param kept those to train on
 * @param rounds how often problems were drawn: more than once where uniform groups were replaced
 * @param skipped problems that were too long to be asked
 * @param nextProblem number of the first problem that the next step asks
 * @param generateSeconds time in the generation engine
 * @param rewardSeconds time for decoding and judging
 */
record Rollout(List<Group> sampled, List<Group> kept, int rounds, int skipped, long nextProblem,
    double generateSeconds, double rewardSeconds) {

    /** All answers. */
    List<Completion> completions() {
        return sampled.stream().flatMap(g -> g.completions().stream()).toList();
    }

    private IntSummaryStatistics lengths() {
        return completions().stream().mapToInt(c -> c.tokens().length)
            .summaryStatistics();
    }

    /** Mean of all rewards. */
    double rewardMean() {
        return rewards().getAverage();
    }

    private DoubleSummaryStatistics rewards() {
        return sampled.stream().flatMapToDouble(g -> Arrays.stream(g.rewards())).summaryStatistics();
    }

    /** Tokens of all answers. */
    long tokens() {
        return lengths().getSum();
    }

    /** The rollout's numbers under their names in metrics.jsonl. */
    Map<String, Object> toMap() {
        double mean = rewardMean();
        double square = sampled.stream().flatMapToDouble(g -> Arrays.stream(g.rewards()))
            .map(r -> (r - mean) * (r - mean)).average().orElse(Double.NaN);
        IntSummaryStatistics lengths = lengths();
        long truncated = completions().stream().filter(c -> c.ending() == Completion.Ending.TRUNCATED).count();
        Map<String, Object> m = new LinkedHashMap<>();
        m.put("reward_mean", mean);
        m.put("reward_std", Math.sqrt(square));
        m.put("uniform_groups", sampled.stream().filter(Group::isUniform).count() / (double) sampled.size());
        m.put("groups_sampled", sampled.size());
        m.put("groups_kept", kept.size());
        m.put("groups_dropped", sampled.size() - kept.size());
        m.put("rounds", rounds);
        m.put("problems_too_long", skipped);
        m.put("response_length_mean", lengths.getAverage());
        m.put("response_length_min", lengths.getMin());
        m.put("response_length_max", lengths.getMax());
        m.put("truncated", (double) truncated / lengths.getCount());
        return m;
    }
}
