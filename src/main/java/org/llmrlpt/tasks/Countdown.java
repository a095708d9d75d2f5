package org.llmrlpt.tasks;

import java.util.Arrays;
import org.llmrlpt.tasks.answers.Arithmetic;
import org.llmrlpt.tasks.answers.Finder;

/**
 * Countdown has many right answers: every expression that uses each of the given numbers once and has the wanted value.
 * The reference answer is one of them, and says by itself what the numbers and the value are.
 */
final class Countdown implements Verifier {
    @Override
    public Verdict verify(Problem problem, String completion, boolean truncated) {
        String found = Finder.MARK.find(completion, truncated);
        if (found == null) {
            return Verdict.NONE;
        }
        int equals = found.indexOf('=');
        String written = (equals < 0 ? found : found.substring(0, equals)).strip();
        Arithmetic reference = Arithmetic.of(problem.answer());
        Arithmetic given = Arithmetic.of(written);
        if (reference == null) {
            throw new IllegalArgumentException("the reference is no expression: " + problem.answer());
        }
        if (given == null) {
            return written.isEmpty() ? Verdict.NONE : new Verdict(false, written);
        }
        boolean correct = given.value().equals(reference.value())
            && Arrays.equals(given.numbers(), reference.numbers());
        return new Verdict(correct, correct ? problem.answer() : written);
    }

    @Override
    public String stating(String answer) {
        return Finder.MARK.state(answer);
    }
}
