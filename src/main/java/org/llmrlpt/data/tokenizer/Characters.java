package org.llmrlpt.data.tokenizer;

/**
 * The classes of characters that pre-tokenizers tell apart, read straight from UTF-8: {@code \p{L}}, {@code \p{N}},
 * {@code \s} (Unicode White_Space, which is not Java's default {@code \s}) and everything else. A byte that is not
 * part of well-formed UTF-8 is a character of its own, of class {@link #OTHER}, so any bytes can be split.
 */
final class Characters {
    static final int OTHER = 0;
    static final int LETTER = 1;
    static final int NUMBER = 2;
    static final int SPACE = 3;

    private static final byte[] BASIC_PLANE = new byte[0x10000];

    static {
        for (int c = 0; c < BASIC_PLANE.length; c++) {
            BASIC_PLANE[c] = (byte) classOf(c);
        }
    }

    private Characters() {
    }

    /** The character at {@code at} as {@code length in bytes * 4 + class}; at == to gives 0. */
    static int at(byte[] text, int at, int to) {
        if (at >= to) {
            return 0;
        }
        int b = text[at];
        if (b >= 0) {
            return 4 | BASIC_PLANE[b];
        }
        int length = wellFormedLength(text, at, to);
        return switch (length) {
            case 2 -> 8 | BASIC_PLANE[(b & 0x1F) << 6 | text[at + 1] & 0x3F];
            case 3 -> 12 | BASIC_PLANE[(b & 0x0F) << 12 | (text[at + 1] & 0x3F) << 6 | text[at + 2] & 0x3F];
            case 4 -> 16 | classOf((b & 0x07) << 18 | (text[at + 1] & 0x3F) << 12 | (text[at + 2] & 0x3F) << 6
                    | text[at + 3] & 0x3F);
            default -> 4 | OTHER;
        };
    }

    /** The length in bytes of the well-formed UTF-8 character at {@code at}, or 0 when there is none. */
    static int wellFormedLength(byte[] text, int at, int to) {
        int b = text[at] & 0xFF;
        int length = b < 0x80 ? 1 : b < 0xC2 ? 0 : b < 0xE0 ? 2 : b < 0xF0 ? 3 : b < 0xF5 ? 4 : 0;
        if (length == 0 || at + length > to) {
            return 0;
        }
        for (int i = 1; i < length; i++) {
            if ((text[at + i] & 0xC0) != 0x80) {
                return 0;
            }
        }
        if (length > 2) {
            // The second byte excludes over-long forms, surrogates and values past U+10FFFF.
            int second = text[at + 1] & 0xFF;
            boolean bad = b == 0xE0 && second < 0xA0 || b == 0xED && second > 0x9F
                    || b == 0xF0 && second < 0x90 || b == 0xF4 && second > 0x8F;
            return bad ? 0 : length;
        }
        return length;
    }

    private static int classOf(int c) {
        boolean space = c >= 0x09 && c <= 0x0D || c == 0x20 || c == 0x85 || c == 0xA0 || c == 0x1680
                || c >= 0x2000 && c <= 0x200A || c == 0x2028 || c == 0x2029
                || c == 0x202F || c == 0x205F || c == 0x3000;
        if (space) {
            return SPACE;
        }
        return switch (Character.getType(c)) {
            case Character.UPPERCASE_LETTER, Character.LOWERCASE_LETTER, Character.TITLECASE_LETTER,
                 Character.MODIFIER_LETTER, Character.OTHER_LETTER -> LETTER;
            case Character.DECIMAL_DIGIT_NUMBER, Character.LETTER_NUMBER, Character.OTHER_NUMBER -> NUMBER;
            default -> OTHER;
        };
    }
}
