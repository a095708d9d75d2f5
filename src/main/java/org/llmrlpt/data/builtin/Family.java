package org.llmrlpt.data.builtin;

import org.llmrlpt.random.RandomStream;

/** A kind of problem. */
@FunctionalInterface
interface Family {
    /** A random problem of a level from 1 to {@link BuiltinTasks#HIGHEST_LEVEL}. */
    Draft make(int level, RandomStream random);

    /** A problem that does not know its family yet; see {@link Problem}. */
    record Draft(String key, String question, String steps, String answer) {
        Draft(String key, String question, String steps, long answer) {
            this(key, question, steps, Long.toString(answer));
        }
    }

    /** One of some wordings. */
    static String pick(RandomStream random, String... wordings) {
        return wordings[random.nextInt(wordings.length)];
    }
}
