package org.llmrlpt.tasks.answers;

/** Bounds the work of reading one answer by counting it, so that the same text always gives the same result. */
final class Budget {
    private static final int WORK = 50_000;
    private static final int DEPTH = 40;

    private int left = WORK;
    private int depth;

    /** Pays for work of about so many multiplications of machine words. */
    void spend(long work) {
        if (work > left) {
            throw new Unreadable("too much work");
        }
        left -= (int) work;
    }

    void enter() {
        if (++depth > DEPTH) {
            throw new Unreadable("too deeply nested");
        }
    }

    void leave() {
        depth--;
    }
}
