package org.llmrlpt.tasks;

/** Judges what a model wrote. It is total, and its work is bounded by the length of the completion. */
public interface Verifier {
    /**
     * Finds the answer in a completion and compares it with the problem's.
     *
     * @param completion the new text alone, without the prompt and the end-of-text mark
     * @param truncated whether the model was cut off at the length limit before it ended the text itself; an answer
     *     that reaches to the cut is then no answer
     */
    Verdict verify(Problem problem, String completion, boolean truncated);

    /** A completion that says no more than the answer, in the form in which {@link #verify} looks for it. */
    String stating(String answer);
}
