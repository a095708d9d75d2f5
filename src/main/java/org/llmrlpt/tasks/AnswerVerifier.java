package org.llmrlpt.tasks;

import org.llmrlpt.tasks.answers.Canonical;
import org.llmrlpt.tasks.answers.Finder;

/**
 * Compares the answer that stands in a completion with the reference.
 *
 * @param finder where the answer stands
 * @param exact compare texts; otherwise numbers and formulas, see {@link Canonical}
 */
record AnswerVerifier(Finder finder, boolean exact) implements Verifier {
    @Override
    public Verdict verify(Problem problem, String completion, boolean truncated) {
        String found = finder.find(completion, truncated);
        if (found == null) {
            return Verdict.NONE;
        }
        String answer = form(found);
        return answer.isEmpty() ? Verdict.NONE : new Verdict(answer.equals(form(problem.answer())), answer);
    }

    private String form(String answer) {
        return exact ? answer.strip() : Canonical.of(answer);
    }

    @Override
    public String stating(String answer) {
        return finder.state(answer);
    }
}
