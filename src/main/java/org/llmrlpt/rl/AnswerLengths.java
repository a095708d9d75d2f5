package org.llmrlpt.rl;

import java.util.ArrayList;
import java.util.List;
import org.llmrlpt.config.LengthStages;
import org.llmrlpt.config.RlSettings;
import org.llmrlpt.config.UserError;
import org.llmrlpt.data.tokenizer.Tokenizer;
import org.llmrlpt.eval.TaskEvaluation;
import org.llmrlpt.tasks.Problem;
import org.llmrlpt.tasks.Task;

/**
 * How long texts may be in a run.
 *
 * @param text most tokens of a problem and its answer together
 * @param prompt tokens of the longest problem among those that are held out and those of the first step
 * @param stages most tokens of an answer, by step
 */
public record AnswerLengths(int text, int prompt, LengthStages stages) {
    /** Most tokens of an answer where nothing else is asked for and the model has room for them. */
    private static final int USUAL = 64;

    /**
     * What the settings ask for.
     *
     * @param modelLength what the model was made for, tokens
     * @throws UserError if it is more than the model was made for, or if the held-out problems or those of the first
     *     step leave too little room
     */
    public static AnswerLengths of(RlSettings settings, int modelLength, Tokenizer tokenizer, Task task) {
        int text = settings.length() == null ? modelLength : settings.length();
        if (text > modelLength) {
            throw new UserError("setting 'length' is " + text + " but the model was made for " + modelLength
                + " tokens: lower it");
        }
        List<Problem> problems = new ArrayList<>(task.test(settings.evaluateProblems()));
        for (long n = 0; n < settings.prompts(); n++) {
            problems.add(task.training(n));
        }
        int longest = 0;
        Problem longestProblem = null;
        for (Problem problem : problems) {
            int prompt = TaskEvaluation.tokens(tokenizer, problem, settings.task().begin()).length;
            if (prompt > longest) {
                longest = prompt;
                longestProblem = problem;
            }
        }
        AnswerLengths lengths = new AnswerLengths(text, longest,
            settings.stages(Math.clamp(text - longest, 1, USUAL)));
        if (longest + lengths.stages.longest() > text) {
            throw lengths.tooLong(task, longestProblem, longest, lengths.stages.longest());
        }
        return lengths;
    }

    /** What is wrong with a problem of {@code prompt} tokens whose answer may have {@code newTokens}. */
    UserError tooLong(Task task, Problem problem, int prompt, int newTokens) {
        return new UserError("problem " + problem.id() + " of task " + task.name() + " has " + prompt
            + " tokens, and with 'max-new-tokens' " + newTokens + " that is more than the model's length, " + text
            + ": lower max-new-tokens, or choose shorter problems or a model for longer texts");
    }
}
