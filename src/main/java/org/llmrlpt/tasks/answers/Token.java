package org.llmrlpt.tasks.answers;

/**
 * A piece of an answer.
 *
 * @param kind what it is
 * @param text its text; for a command the name with its backslash
 * @param spaced whether white space stands before it
 */
record Token(Kind kind, String text, boolean spaced) {
    /** What a token can be. */
    enum Kind {
        /** Digits with at most one point, without separators of thousands, perhaps with an exponent of ten. */
        NUMBER,
        /** A run of letters. */
        WORD,
        /** The contents of \text{} and its like. */
        TEXT,
        /** A LaTeX command that is none of those that the lexer leaves out or turns into symbols. */
        COMMAND,
        /** Anything else, as the one or two characters that stand for it. */
        SYMBOL,
        /** The end. */
        END
    }

    boolean is(String symbol) {
        return kind == Kind.SYMBOL && text.equals(symbol);
    }

    boolean isCommand(String name) {
        return kind == Kind.COMMAND && text.equals(name);
    }
}
