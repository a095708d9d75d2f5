package org.llmrlpt.tasks.answers;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.llmrlpt.tasks.answers.Token.Kind;

/**
 * Cuts an answer, LaTeX or plain, into tokens. What only concerns the looks is left out, and so are signs of currency,
 * percent and degrees: an answer of 50% is compared as 50.
 */
final class Lexer {
    private static final Set<String> LEFT_OUT = Set.of("\\left", "\\right", "\\big", "\\Big", "\\bigg", "\\Bigg",
        "\\bigl", "\\bigr", "\\Bigl", "\\Bigr", "\\displaystyle", "\\textstyle", "\\limits", "\\quad", "\\qquad",
            "\\,", "\\;",
        "\\:", "\\!", "\\>", "\\ ", "\\(", "\\)", "\\[", "\\]", "\\$", "\\%", "\\circ", "\\degree", "\\rm", "\\it",
            "\\bf");
    private static final Set<String> TEXTS = Set.of("\\text", "\\mbox", "\\textbf", "\\textit", "\\textrm", "\\mathrm",
        "\\mathbf", "\\mathit", "\\operatorname", "\\hbox");
    private static final Map<String, String> SYMBOLS = Map.ofEntries(Map.entry("\\cdot", "*"), Map.entry("\\times",
        "*"),
        Map.entry("\\ast", "*"), Map.entry("\\div", "/"), Map.entry("\\le", "<="), Map.entry("\\leq", "<="),
        Map.entry("\\leqslant", "<="), Map.entry("\\ge", ">="), Map.entry("\\geq", ">="), Map.entry("\\geqslant", ">="),
        Map.entry("\\lt", "<"), Map.entry("\\gt", ">"), Map.entry("\\ne", "!="), Map.entry("\\neq", "!="),
        Map.entry("\\{", "\\{"), Map.entry("\\}", "\\}"), Map.entry("\\lbrace", "\\{"), Map.entry("\\rbrace", "\\}"),
        Map.entry("\\\\", "\\\\"), Map.entry("\\cup", "\\cup"), Map.entry("\\in", "\\in"), Map.entry("\\pm", "\\pm"),
        Map.entry("\\mid", "|"), Map.entry("\\vert", "|"));
    private static final Map<Character, String> PLAIN = Map.ofEntries(Map.entry('−', "-"), Map.entry('–', "-"),
        Map.entry('×', "*"), Map.entry('·', "*"), Map.entry('⋅', "*"), Map.entry('÷', "/"), Map.entry('≤', "<="),
        Map.entry('≥', ">="), Map.entry('≠', "!="), Map.entry('±', "\\pm"), Map.entry('∪', "\\cup"),
        Map.entry('∈', "\\in"));
    private static final Map<Character, String> COMMANDS = Map.of('π', "\\pi", '√', "\\sqrt", '∞', "\\infty");
    private static final String LEFT_OUT_CHARACTERS = "$%°€£~";

    private final String text;
    private final List<Token> tokens = new ArrayList<>();
    private int at;
    private int brackets;
    private boolean spaced;

    private Lexer(String text) {
        this.text = text;
    }

    /** The tokens, the last of which is the END. */
    static List<Token> tokens(String text) {
        Lexer lexer = new Lexer(text);
        lexer.run();
        lexer.add(Kind.END, "");
        return lexer.tokens;
    }

    private void run() {
        while (at < text.length()) {
            char c = text.charAt(at);
            if (Character.isWhitespace(c) || Character.isSpaceChar(c)) {
                spaced = true;
                at++;
            } else if (LEFT_OUT_CHARACTERS.indexOf(c) >= 0) {
                at++;
            } else if (isDigit(at) || c == '.' && isDigit(at + 1)) {
                number();
            } else if (c == '\\') {
                command();
            } else if (COMMANDS.containsKey(c)) {
                add(Kind.COMMAND, COMMANDS.get(c));
                at++;
            } else if (Character.isLetter(c)) {
                add(Kind.WORD, text.substring(at, at = endOfLetters(at)));
            } else {
                symbol(c);
            }
        }
    }

    private void add(Kind kind, String value) {
        tokens.add(new Token(kind, value, spaced));
        spaced = false;
    }

    private void symbol(char c) {
        String two = text.substring(at, Math.min(text.length(), at + 2));
        String value = PLAIN.getOrDefault(c, String.valueOf(c));
        if (two.equals("<=") || two.equals(">=") || two.equals("!=") || two.equals("**")) {
            value = two.equals("**") ? "^" : two;
            at++;
        } else if (isDegrees()) {
            at = text.indexOf("circ", at) + "circ".length();
            at += at < text.length() && text.charAt(at) == '}' ? 1 : 0;
            return;
        }
        brackets += "([".indexOf(c) >= 0 ? 1 : ")]".indexOf(c) >= 0 ? -1 : 0;
        add(Kind.SYMBOL, value);
        at++;
    }

    /** A degree sign: ^\circ or ^{\circ}. */
    private boolean isDegrees() {
        return text.startsWith("^\\circ", at) || text.startsWith("^{\\circ}", at);
    }

    private void command() {
        int end = at + 1;
        while (end < text.length() && isLatinLetter(text.charAt(end))) {
            end++;
        }
        String name = text.substring(at, end > at + 1 ? end : Math.min(text.length(), at + 2));
        at += name.length();
        if (LEFT_OUT.contains(name) || name.length() == 1) {
            spaced |= name.equals("\\ ") || name.endsWith("quad");
        } else if (TEXTS.contains(name)) {
            textCommand();
        } else if (SYMBOLS.containsKey(name)) {
            brackets += name.equals("\\{") ? 1 : name.equals("\\}") ? -1 : 0;
            add(Kind.SYMBOL, SYMBOLS.get(name));
        } else if (name.equals("\\dfrac") || name.equals("\\tfrac") || name.equals("\\cfrac")) {
            add(Kind.COMMAND, "\\frac");
        } else {
            add(Kind.COMMAND, name);
        }
    }

    /** \text{contents}: words are one token, anything with a digit is read like the rest. */
    private void textCommand() {
        int open = at;
        while (open < text.length() && text.charAt(open) == ' ') {
            open++;
        }
        int close = open < text.length() && text.charAt(open) == '{' ? text.indexOf('}', open) : -1;
        if (close < 0) {
            return;
        }
        String contents = text.substring(open + 1, close).strip();
        if (contents.chars().noneMatch(c -> c >= '0' && c <= '9' || c == '{' || c == '\\')) {
            add(Kind.TEXT, contents);
            at = close + 1;
        }
    }

    private void number() {
        int start = at;
        StringBuilder digits = new StringBuilder();
        digits(digits);
        boolean more = digits.length() <= 3 && text.charAt(start) != '0';
        while (more) {
            more = thousands(digits);
        }
        if (at < text.length() && text.charAt(at) == '.' && (isDigit(at + 1) || !digits.isEmpty())) {
            digits.append('.');
            at++;
            digits(digits);
        }
        int exponent = at + 1;
        if (at < text.length() && (text.charAt(at) == 'e' || text.charAt(at) == 'E')) {
            exponent += exponent < text.length() && "+-".indexOf(text.charAt(exponent)) >= 0 ? 1 : 0;
            int end = exponent;
            while (isDigit(end)) {
                end++;
            }
            boolean letters = end < text.length() && Character.isLetter(text.charAt(end));
            if (end > exponent && end - exponent <= 4 && !letters) {
                digits.append(text, at, end);
                at = end;
            }
        }
        add(Kind.NUMBER, digits.toString());
    }

    private void digits(StringBuilder to) {
        while (isDigit(at)) {
            to.append(text.charAt(at++));
        }
    }

    /**
     * A separator and the three digits after it. A plain comma does not separate thousands within brackets, where it
     * separates coordinates.
     */
    private boolean thousands(StringBuilder digits) {
        int next = at;
        if (text.startsWith("{,}", at)) {
            next += 3;
        } else if (text.startsWith(",\\!", at)) {
            next += 3;
            next += next < text.length() && text.charAt(next) == ' ' ? 1 : 0;
        } else if (text.startsWith(",", at) && brackets <= 0) {
            next++;
        }
        if (next == at || !isDigit(next) || !isDigit(next + 1) || !isDigit(next + 2) || isDigit(next + 3)) {
            return false;
        }
        digits.append(text, next, next + 3);
        at = next + 3;
        return true;
    }

    private boolean isDigit(int i) {
        return i < text.length() && text.charAt(i) >= '0' && text.charAt(i) <= '9';
    }

    private static boolean isLatinLetter(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
    }

    private int endOfLetters(int from) {
        int end = from;
        while (end < text.length() && Character.isLetter(text.charAt(end)) && !COMMANDS.containsKey(text.charAt(end))) {
            end++;
        }
        return end;
    }
}
