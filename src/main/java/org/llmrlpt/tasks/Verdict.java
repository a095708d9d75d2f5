package org.llmrlpt.tasks;

/**
 * What a verifier found.
 *
 * @param correct whether the answer is right
 * @param answer the answer in a form in which equal answers are equal texts, for majority votes; all right answers of a
 *     problem have the same; null where the completion gives none
 */
public record Verdict(boolean correct, String answer) {
    /** The completion gives no answer. */
    public static final Verdict NONE = new Verdict(false, null);
}
