package org.llmrlpt.data.builtin;

import org.llmrlpt.data.prepare.DocumentSource;

/** The built-in problems of all families and levels as documents to prepare. */
public final class BuiltinText {
    private BuiltinText() {
    }

    /** Training problems, at least so many bytes of them. */
    public static DocumentSource training(long seed, long bytes) {
        return DocumentSource.of(BuiltinTasks.all(false, seed).documents(bytes));
    }

    /** Held-out problems, none of which is among the training ones of any seed. */
    public static DocumentSource validation(long seed, long bytes) {
        return DocumentSource.of(BuiltinTasks.all(true, seed).documents(bytes));
    }
}
