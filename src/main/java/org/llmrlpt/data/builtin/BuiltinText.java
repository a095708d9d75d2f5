package org.llmrlpt.data.builtin;

import org.llmrlpt.data.prepare.DocumentSource;

/** Built-in problems as documents to prepare; {@link BuiltinTasks#named} says what names and levels there are. */
public final class BuiltinText {
    private BuiltinText() {
    }

    /** Training problems, at least so many bytes of them. */
    public static DocumentSource training(String name, String level, long seed, long bytes) {
        return DocumentSource.of(BuiltinTasks.named(name, level, false, seed).documents(bytes));
    }

    /** Held-out problems, none of which is among the training ones of any seed. */
    public static DocumentSource validation(String name, String level, long seed, long bytes) {
        return DocumentSource.of(BuiltinTasks.named(name, level, true, seed).documents(bytes));
    }
}
