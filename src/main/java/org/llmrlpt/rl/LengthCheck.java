package org.llmrlpt.rl;

import java.util.ArrayList;
import java.util.List;
import org.llmrlpt.config.RlSettings;
import org.llmrlpt.config.UserError;
import org.llmrlpt.data.tokenizer.Tokenizer;
import org.llmrlpt.eval.TaskEvaluation;
import org.llmrlpt.tasks.Problem;
import org.llmrlpt.tasks.Task;

/** Whether a run's problems and answers fit into what its model was made for, known before anything is computed. */
public final class LengthCheck {
    private LengthCheck() {
    }

    /**
     * Most tokens of a problem and its answer together.
     *
     * @param longest tokens that the model was made for
     * @throws UserError if the settings ask for more, or leave no room for a problem
     */
    static int length(RlSettings settings, int longest) {
        int length = settings.length() == null ? longest : settings.length();
        if (length > longest) {
            throw new UserError("setting 'length' is " + length + " but the model was made for " + longest
                + " tokens: lower it");
        }
        if (settings.stages().longest() >= length) {
            throw new UserError("setting 'max-new-tokens' is " + settings.stages().longest() + " but a prompt and its "
                + "answer may have " + length + " tokens together: lower it, or choose a model for longer texts");
        }
        return length;
    }

    /**
     * Refuses settings with which the held-out problems or the first step's do not fit.
     *
     * @param longest tokens that the model was made for
     */
    public static void require(RlSettings settings, Task task, Tokenizer tokenizer, int longest) {
        int length = length(settings, longest);
        List<Problem> problems = new ArrayList<>(task.test(settings.evaluateProblems()));
        for (long n = 0; n < settings.prompts(); n++) {
            problems.add(task.training(n));
        }
        int newTokens = settings.stages().longest();
        for (Problem problem : problems) {
            int prompt = TaskEvaluation.tokens(tokenizer, problem, settings.task().begin()).length;
            if (prompt + newTokens > length) {
                throw tooLong(problem, prompt, newTokens, task, length);
            }
        }
    }

    static UserError tooLong(Problem problem, int prompt, int newTokens, Task task, int length) {
        return new UserError("problem " + problem.id() + " of task " + task.name() + " has " + prompt
            + " tokens, and with 'max-new-tokens' " + newTokens + " that is more than the model's length, " + length
            + ": lower max-new-tokens, or choose shorter problems or a model for longer texts");
    }
}
