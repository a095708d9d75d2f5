package org.llmrlpt.rl;

import it.unimi.dsi.fastutil.ints.IntList;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.llmrlpt.config.RlSettings;
import org.llmrlpt.data.tokenizer.Tokenizer;
import org.llmrlpt.eval.TaskEvaluation;
import org.llmrlpt.generate.Completion;
import org.llmrlpt.generate.GenerationEngine;
import org.llmrlpt.generate.Prompt;
import org.llmrlpt.generate.Sampling;
import org.llmrlpt.random.RandomStream;
import org.llmrlpt.tasks.Problem;
import org.llmrlpt.tasks.Reward;
import org.llmrlpt.tasks.Rewards;
import org.llmrlpt.tasks.Task;

/**
 * Asks the policy a task's problems. What it answers is a function of the weights, the seed, the problem's number and
 * the number of slots, so that a resumed run samples the same answers again.
 */
final class Rollouts {
    /** So many problems of a step that are too long: the task does not suit the length. */
    private static final int MOST_SKIPPED = 10_000;

    private final RlSettings settings;
    private final GenerationEngine engine;
    private final Tokenizer tokenizer;
    private final Task task;
    private final Reward reward;
    private final AnswerLengths lengths;
    private final Sampling sampling;
    private final long seed;
    private final int[] stopTokens;

    /** Samples within {@code lengths}. */
    Rollouts(RlSettings settings, GenerationEngine engine, Tokenizer tokenizer, Task task,
        AnswerLengths lengths) {
        this.settings = settings;
        this.engine = engine;
        this.tokenizer = tokenizer;
        this.task = task;
        this.lengths = lengths;
        reward = Rewards.of(task.verifier(), settings.reward());
        sampling = new Sampling(settings.temperature(), 0, 1);
        seed = RandomStream.of(settings.seed(), "rollouts").nextLong();
        stopTokens = tokenizer.endOfText() < 0 ? new int[0] : new int[] {tokenizer.endOfText()};
    }

    /**
     * Samples the groups of a step. With dynamic sampling, groups whose rewards are all equal are replaced by those of
     * further problems, in at most so many rounds as the settings say.
     *
     * @param step counted from 0; decides how long answers may be
     * @param firstProblem number of the first problem to ask
     * @return empty if the stop signal came
     */
    Optional<Rollout> collect(long step, long firstProblem, BooleanSupplier stop) {
        List<Group> sampled = new ArrayList<>();
        List<Group> kept = new ArrayList<>();
        int newTokens = lengths.stages().at(step);
        long next = firstProblem;
        int skipped = 0;
        int rounds = 0;
        double generating = 0;
        double judging = 0;
        while (kept.size() < settings.prompts() && rounds < (settings.dynamicSampling() ? settings.rounds() : 1)) {
            List<Problem> problems = new ArrayList<>();
            List<Prompt> prompts = new ArrayList<>();
            while (problems.size() < settings.prompts() - kept.size()) {
                Problem problem = task.training(next);
                int[] tokens = tokens(problem);
                if (tokens.length + newTokens <= lengths.text()) {
                    problems.add(problem);
                    prompts.add(new Prompt(tokens, settings.group(), next * settings.group()));
                } else if (++skipped == MOST_SKIPPED) {
                    throw lengths.tooLong(task, problem, tokens.length, newTokens);
                }
                next++;
            }
            long begin = System.nanoTime();
            List<Completion> completions = engine.generate(prompts, sampling, newTokens, stopTokens, seed, stop);
            if (stop.getAsBoolean()) {
                return Optional.empty();
            }
            long generated = System.nanoTime();
            List<Group> groups = groups(problems, prompts, completions, newTokens);
            sampled.addAll(groups);
            groups.stream().filter(g -> !settings.dynamicSampling() || !g.isUniform()).forEach(kept::add);
            generating += (generated - begin) / 1e9;
            judging += (System.nanoTime() - generated) / 1e9;
            rounds++;
        }
        return Optional.of(new Rollout(sampled, kept, rounds, skipped, next, generating, judging));
    }

    private int[] tokens(Problem problem) {
        return TaskEvaluation.tokens(tokenizer, problem, settings.task().begin());
    }

    private List<Group> groups(List<Problem> problems, List<Prompt> prompts, List<Completion> completions,
        int newTokens) {
        List<Group> groups = new ArrayList<>();
        int at = 0;
        for (int i = 0; i < problems.size(); i++) {
            int samples = settings.group();
            List<Completion> own = completions.subList(at, at + samples);
            at += samples;
            List<String> texts = own.stream().map(c -> tokenizer.decodeText(IntList.of(c.text()))).toList();
            double[] rewards = new double[samples];
            for (int s = 0; s < samples; s++) {
                boolean truncated = own.get(s).ending() == Completion.Ending.TRUNCATED;
                rewards[s] = reward.reward(problems.get(i), texts.get(s), truncated)
                    + Rewards.overlong(own.get(s).tokens().length, newTokens, settings.reward());
            }
            groups.add(new Group(problems.get(i), prompts.get(i).tokens(), own, texts, rewards));
        }
        return groups;
    }
}
