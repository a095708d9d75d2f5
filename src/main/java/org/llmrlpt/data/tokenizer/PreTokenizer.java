package org.llmrlpt.data.tokenizer;

import static org.llmrlpt.data.tokenizer.Characters.LETTER;
import static org.llmrlpt.data.tokenizer.Characters.NUMBER;
import static org.llmrlpt.data.tokenizer.Characters.OTHER;
import static org.llmrlpt.data.tokenizer.Characters.SPACE;

/**
 * Splits text into the pieces inside which merges happen: the regular expressions of the GPT-2 family written as
 * scanners over UTF-8 bytes, with no backtracking and no look-ahead beyond the following run of white space.
 */
enum PreTokenizer {
    /** GPT-2's pattern. */
    GPT2("'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+") {
        @Override
        int end(byte[] text, int from, int to) {
            int contraction = contraction(text, from, to, false);
            if (contraction > 0) {
                return from + contraction;
            }
            int first = Characters.at(text, from, to);
            if ((first & 3) != SPACE) {
                return run(text, from, to, first & 3);
            }
            if (text[from] == ' ') {
                int next = Characters.at(text, from + 1, to);
                if (next != 0 && (next & 3) != SPACE) {
                    return run(text, from + 1, to, next & 3);
                }
            }
            return whiteSpace(text, from, to);
        }
    },

    /** The pattern of cl100k and Llama 3: contractions of either case, three digits at most, line ends together. */
    THREE_DIGITS(Patterns.MODERN.replace("NUMBER", "\\p{N}{1,3}")) {
        @Override
        int end(byte[] text, int from, int to) {
            return modern(text, from, to, 3);
        }
    },

    /** The pattern of Qwen: like cl100k's, but every digit stands alone. */
    ONE_DIGIT(Patterns.MODERN.replace("NUMBER", "\\p{N}")) {
        @Override
        int end(byte[] text, int from, int to) {
            return modern(text, from, to, 1);
        }
    };

    /** How far a decision about a piece may look past its end, in bytes, apart from white space: a contraction. */
    private static final int LOOK_AHEAD = 8;

    /** The regular expression that this scanner stands for, as written in tokenizer files. */
    final String pattern;

    PreTokenizer(String pattern) {
        this.pattern = pattern;
    }

    /** The end of the piece that begins at {@code from} (from < to): always greater than {@code from}. */
    abstract int end(byte[] text, int from, int to);

    /**
     * A position, as late as possible, at which the text goes on being split the same way when it is cut there,
     * whatever follows {@code to}; -1 when no position is certain.
     */
    int safeCut(byte[] text, int from, int to) {
        // In every pattern a letter before a space ends a piece, and the space begins the next.
        for (int i = to - 1; i > from; i--) {
            if (text[i] == ' ' && isAsciiLetter(text[i - 1])) {
                return i;
            }
        }
        int certain = -1;
        int lastVisible = lastNonSpace(text, from, Math.max(from, to - LOOK_AHEAD));
        int at = from;
        while (at < lastVisible) {
            at = end(text, at, to);
            // White space at the end of a text stays together, before a word it does not: no cut after it.
            if (at <= lastVisible && !endsInSpace(text, from, at)) {
                certain = at;
            }
        }
        return certain;
    }

    private static boolean endsInSpace(byte[] text, int from, int to) {
        for (int length = 1; length <= Math.min(3, to - from); length++) {
            if (Characters.wellFormedLength(text, to - length, to) == length) {
                return (Characters.at(text, to - length, to) & 3) == SPACE;
            }
        }
        return false;
    }

    private static int lastNonSpace(byte[] text, int from, int to) {
        int last = from;
        int length;
        for (int at = from; at < to; at += length) {
            int character = Characters.at(text, at, text.length);
            length = character >> 2;
            if ((character & 3) != SPACE) {
                last = at;
            }
        }
        return last;
    }

    private static boolean isAsciiLetter(byte b) {
        return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z';
    }

    /** The end of the characters of one class that begin at {@code from}. */
    private static int run(byte[] text, int from, int to, int wanted) {
        int at = from;
        int character = Characters.at(text, at, to);
        while (character != 0 && (character & 3) == wanted) {
            at += character >> 2;
            character = Characters.at(text, at, to);
        }
        return at;
    }

    /** {@code \s+(?!\S)|\s+}: a run of white space leaves its last character to the word that follows. */
    private static int whiteSpace(byte[] text, int from, int to) {
        int at = from;
        int last = from;
        int character = Characters.at(text, at, to);
        while (character != 0 && (character & 3) == SPACE) {
            last = at;
            at += character >> 2;
            character = Characters.at(text, at, to);
        }
        return at == to || last == from ? at : last;
    }

    /** The length of {@code 's 't 're 've 'm 'll 'd} at {@code from}, or 0. */
    private static int contraction(byte[] text, int from, int to, boolean anyCase) {
        if (text[from] != '\'' || from + 1 >= to) {
            return 0;
        }
        int first = lower(text[from + 1], anyCase);
        if (first == 's' || first == 't' || first == 'm' || first == 'd') {
            return 2;
        }
        if (from + 2 >= to) {
            return 0;
        }
        int second = lower(text[from + 2], anyCase);
        // U+017F, the long s, is an s when case is ignored.
        if (anyCase && first == (byte) 0xC5 && second == (byte) 0xBF) {
            return 3;
        }
        boolean two = first == 'r' && second == 'e' || first == 'v' && second == 'e' || first == 'l' && second == 'l';
        return two ? 3 : 0;
    }

    private static int lower(byte b, boolean anyCase) {
        return anyCase && b >= 'A' && b <= 'Z' ? b + 32 : b;
    }

    private static int modern(byte[] text, int from, int to, int digits) {
        int contraction = contraction(text, from, to, true);
        if (contraction > 0) {
            return from + contraction;
        }
        int first = Characters.at(text, from, to);
        int kind = first & 3;
        if (kind == LETTER) {
            return run(text, from, to, LETTER);
        }
        if (kind == NUMBER) {
            int at = from;
            int character = first;
            for (int i = 0; i < digits && character != 0 && (character & 3) == NUMBER; i++) {
                at += character >> 2;
                character = Characters.at(text, at, to);
            }
            return at;
        }
        int second = from + (first >> 2);
        int next = Characters.at(text, second, to);
        if (!isLineEnd(text[from]) && next != 0 && (next & 3) == LETTER) {
            return run(text, second, to, LETTER);
        }
        boolean spaceThenOther = text[from] == ' ' && next != 0 && (next & 3) == OTHER;
        if (kind == OTHER || spaceThenOther) {
            int at = run(text, spaceThenOther ? second : from, to, OTHER);
            while (at < to && isLineEnd(text[at])) {
                at++;
            }
            return at;
        }
        int spaces = run(text, from, to, SPACE);
        for (int at = spaces; at > from; at--) {
            if (isLineEnd(text[at - 1])) {
                return at;
            }
        }
        return whiteSpace(text, from, to);
    }

    private static boolean isLineEnd(byte b) {
        return b == '\n' || b == '\r';
    }

    /** Constants cannot refer to fields of their own enum. */
    private static final class Patterns {
        static final String MODERN = "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|NUMBER"
                + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
    }
}
