package org.llmrlpt.config;

/** Problems with answers that can be checked. */
public record TaskSettings(
    @Key(value = "task", help = "built-in problems (arithmetic, addition, countdown, ...; a wrong name lists all) or a "
        + ".jsonl or .jsonl.gz file such as GSM8K or MATH-500") String name,
    @Key(value = "task.level", help = "difficulty of built-in problems, such as 2 or 1-3; default: all levels")
    String level,
    @Key(value = "task.prompt-field", help = "field of the file that holds the problem; default: the first there is "
        + "of question, problem, prompt") String promptField,
    @Key(value = "task.answer-field", help = "field of the file that holds the answer; default: the first there is "
        + "of answer, final_answer, target, solution") String answerField,
    @Key(value = "task.template", help = "prompt around a file's problem, with {problem} in its place and \\n for "
        + "a line end; default: 'Question: {problem}\\nAnswer:'") String template,
    @Key(value = "task.find", or = "auto", help = "where a completion's answer stands: auto (what the task needs), "
        + "boxed (in the last \\boxed{}), hashes (after the last ####), mark (after the last 'answer:'), equals (after "
        + "the last =), last-line, or whole (the whole completion, which must have ended by itself)") Find find,
    @Key(value = "task.compare", or = "auto", help = "how answers are compared: auto (what the task needs), math (as "
        + "numbers and formulas), number (as math, and references must be numbers) or exact (as texts)")
    Compare compare,
    @Key(value = "task.held-out", help = "file of problems to measure with, of the same form as a task file; default: "
        + "a share of the task file itself") String heldOut,
    @Key(value = "task.held-out-fraction", or = "0.1", min = 0, max = 0.9,
        help = "share of a task file's problems, chosen by their text, that is kept to measure with")
    double heldOutFraction,
    @Key(value = "task.begin", or = "true", help = "begin prompts with the tokenizer's end-of-text mark, as documents "
        + "begin in pre-training; false for models that were trained without it") boolean begin) {

    /** Places of an answer. */
    public enum Find { AUTO, BOXED, HASHES, MARK, EQUALS, LAST_LINE, WHOLE }

    /** Ways to compare answers. */
    public enum Compare { AUTO, MATH, NUMBER, EXACT }
}
