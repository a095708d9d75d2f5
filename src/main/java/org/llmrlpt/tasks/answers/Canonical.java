package org.llmrlpt.tasks.answers;

import java.util.Locale;

/**
 * The canonical text of an answer: two answers are taken as equal exactly when their canonical texts are. Numbers are
 * compared as exact fractions (0.5 = 1/2 = \frac12, but 0.33 is not 1/3); formulas after working out sums, products,
 * whole powers and roots of whole numbers; what cannot be read as a formula by its letters, without regard to case and
 * white space.
 */
public final class Canonical {
    /** Longer answers are compared as texts. */
    static final int LONGEST_FORMULA = 1000;

    private Canonical() {
    }

    /** The canonical text; empty for an answer without contents. */
    public static String of(String answer) {
        Value value = read(answer);
        return value == null ? plain(answer) : value.canonical();
    }

    /** Whether the answer is one rational number, units aside. */
    public static boolean isNumber(String answer) {
        return read(answer) instanceof Value.Formula f && f.polynomial().rational() != null;
    }

    /** Whether every brace that opens is closed again. */
    public static boolean isBalanced(String answer) {
        int open = 0;
        for (int i = 0; i < answer.length() && open >= 0; i++) {
            char c = answer.charAt(i);
            if (c == '\\') {
                i++;
            } else {
                open += c == '{' ? 1 : c == '}' ? -1 : 0;
            }
        }
        return open == 0;
    }

    /** The meaning, or null where it is no formula. */
    private static Value read(String answer) {
        String text = answer.strip();
        text = text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
        if (text.isEmpty() || text.length() > LONGEST_FORMULA) {
            return null;
        }
        try {
            return FormulaParser.parse(text);
        } catch (Unreadable e) {
            return null;
        }
    }

    private static String plain(String answer) {
        String bare = answer.replace("\\text", "").replace("\\mbox", "").replace("\\left", "").replace("\\right", "");
        StringBuilder s = new StringBuilder(bare.length());
        boolean space = false;
        for (int i = 0; i < bare.length(); i++) {
            char c = bare.charAt(i);
            if (Character.isWhitespace(c) || "$\\{}".indexOf(c) >= 0) {
                space = true;
            } else {
                s.append(space && !s.isEmpty() ? " " : "").append(c);
                space = false;
            }
        }
        if (s.length() > 1 && s.charAt(s.length() - 1) == '.') {
            s.setLength(s.length() - 1);
        }
        return s.toString().toLowerCase(Locale.ROOT);
    }
}
