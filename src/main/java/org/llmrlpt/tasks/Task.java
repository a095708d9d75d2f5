package org.llmrlpt.tasks;

import java.util.List;

/** A named set of problems, split into those to learn from and those to measure with, and how answers are checked. */
public interface Task {
    /** The name that it was asked for by. */
    String name();

    /**
     * Training problem {@code number} of an endless sequence: a function of the seed and the number alone, so that a
     * resumed run goes on with the same problems. A file's problems come once per pass, in a new order each time.
     *
     * @throws org.llmrlpt.config.UserError where the task has no training problems
     */
    Problem training(long number);

    /**
     * Different problems to measure with, the same ones in the same order for every seed.
     *
     * @param limit the most problems to give; fewer when the task has fewer
     */
    List<Problem> test(int limit);

    /** A short name of these problems; of exactly the ones in a file, where the task is one. */
    String fingerprint();

    /** Judges completions of this task's problems. */
    Verifier verifier();
}
