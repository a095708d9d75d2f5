package org.llmrlpt.eval;

import it.unimi.dsi.fastutil.ints.IntArrayList;
import it.unimi.dsi.fastutil.ints.IntList;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.llmrlpt.config.UserError;
import org.llmrlpt.data.tokenizer.Tokenizer;
import org.llmrlpt.generate.Completion;
import org.llmrlpt.generate.GenerationEngine;
import org.llmrlpt.generate.Prompt;
import org.llmrlpt.generate.Sampling;
import org.llmrlpt.tasks.Problem;
import org.llmrlpt.tasks.Verdict;
import org.llmrlpt.tasks.Verifier;

/** Samples completions of problems and judges them: one pool of samples for all metrics. */
public final class TaskEvaluation {
    private static final int COMPLETIONS_AT_ONCE = 512;

    private final Tokenizer tokenizer;
    private final Verifier verifier;
    private final List<Problem> problems;
    private final List<int[]> prompts;

    /** A judged sample. */
    public record Sample(Problem problem, int number, String text, Completion completion, Verdict verdict) {
    }

    /** Told of every sample, in order. */
    @FunctionalInterface
    public interface Listener {
        void sample(Sample sample);
    }

    /**
     * Encodes the prompts.
     *
     * @param begin whether prompts begin with the tokenizer's end-of-text mark, where it has one
     * @throws UserError for a prompt without tokens
     */
    public TaskEvaluation(Tokenizer tokenizer, List<Problem> problems, Verifier verifier, boolean begin) {
        this.tokenizer = tokenizer;
        this.verifier = verifier;
        this.problems = problems;
        prompts = problems.stream().map(p -> tokens(tokenizer, p, begin)).toList();
    }

    /** A problem's prompt in tokens. */
    public static int[] tokens(Tokenizer tokenizer, Problem problem, boolean begin) {
        IntArrayList tokens = tokenizer.encode(problem.prompt());
        if (begin && tokenizer.endOfText() >= 0) {
            tokens.add(0, tokenizer.endOfText());
        }
        if (tokens.isEmpty()) {
            throw new UserError("problem " + problem.id() + " has an empty prompt: mend it, or set task.begin=true");
        }
        return tokens.toIntArray();
    }

    /** The longest prompt in tokens. */
    public int longestPrompt() {
        return prompts.stream().mapToInt(p -> p.length).max().orElse(0);
    }

    /**
     * Samples and judges. A sample depends on the seed, its problem's place and its own number only.
     *
     * @param samples of each problem
     * @param newTokens most tokens of a completion
     * @return the metrics; of fewer problems where the stop signal came
     */
    public Accuracy run(GenerationEngine engine, Sampling sampling, int samples, int newTokens, long seed,
        BooleanSupplier stop, Listener listener) {
        Accuracy accuracy = new Accuracy(samples);
        int[] stopTokens = tokenizer.endOfText() >= 0 ? new int[] {tokenizer.endOfText()} : new int[0];
        int atOnce = Math.max(1, COMPLETIONS_AT_ONCE / samples);
        for (int from = 0; from < problems.size(); from += atOnce) {
            List<Prompt> group = new ArrayList<>();
            for (int i = from; i < Math.min(problems.size(), from + atOnce); i++) {
                group.add(new Prompt(prompts.get(i), samples, (long) i * samples));
            }
            List<Completion> completions = engine.generate(group, sampling, newTokens, stopTokens, seed, stop);
            if (stop.getAsBoolean()) {
                return accuracy;
            }
            for (int i = 0; i < group.size(); i++) {
                List<Completion> own = completions.subList(i * samples, (i + 1) * samples);
                accuracy.add(judge(problems.get(from + i), own, listener));
            }
        }
        return accuracy;
    }

    private List<Verdict> judge(Problem problem, List<Completion> completions, Listener listener) {
        List<Verdict> verdicts = new ArrayList<>();
        for (Completion completion : completions) {
            String text = tokenizer.decodeText(IntList.of(completion.text()));
            Verdict verdict = verifier.verify(problem, text, completion.ending() != Completion.Ending.STOPPED);
            verdicts.add(verdict);
            listener.sample(new Sample(problem, completion.sample(), text, completion, verdict));
        }
        return verdicts;
    }
}
