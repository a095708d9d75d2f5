package org.llmrlpt.data.builtin;

/**
 * A problem with its solution.
 *
 * @param family the kind of problem
 * @param level its difficulty, from 1
 * @param key the problem without its wording: what decides between training and held-out problems
 * @param question one line
 * @param steps the worked solution, one line of true statements, each ended by a full stop; empty where the answer
 *     follows the question at once
 * @param answer a number, a list of numbers, an expression or a name
 */
public record Problem(String family, int level, String key, String question, String steps, String answer) {
    /** What stands before an answer. */
    private static final String ANSWER_MARK = "Answer:";

    /** What a model is given: the question, and a line end where steps follow. */
    public String prompt() {
        return steps.isEmpty() ? question : question + "\n";
    }

    /** What a model is to write: the steps and the answer, or the answer alone. */
    public String solution() {
        return steps.isEmpty() ? answer : steps + "\n" + ANSWER_MARK + " " + answer;
    }

    /** The whole document. */
    public String text() {
        return prompt() + solution();
    }
}
