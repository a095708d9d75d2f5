package org.llmrlpt.tasks.answers;

/** Where a completion gives its answer. Every search passes over the text a few times at most. */
public enum Finder {
    /** In the last \boxed{} or \fbox{}, whose braces must be balanced. */
    BOXED {
        @Override
        public String find(String text, boolean truncated) {
            int start = Math.max(text.lastIndexOf("\\boxed"), text.lastIndexOf("\\fbox"));
            if (start < 0) {
                return null;
            }
            int open = start + (text.startsWith("\\boxed", start) ? "\\boxed" : "\\fbox").length();
            while (open < text.length() && text.charAt(open) == ' ') {
                open++;
            }
            return open < text.length() && text.charAt(open) == '{' ? inBraces(text, open) : null;
        }
    },
    /** After the last ####, on its line. */
    HASHES {
        @Override
        public String find(String text, boolean truncated) {
            int start = text.lastIndexOf("####");
            return start < 0 ? null : restOfLine(text, start + "####".length(), truncated);
        }
    },
    /** After the last "answer:", "answer is" or "answer =", on its line, whatever the case of the letters. */
    MARK {
        @Override
        public String find(String text, boolean truncated) {
            int mark = endOfMark(text);
            return mark < 0 ? null : restOfLine(text, mark, truncated);
        }
    },
    /** After the last = sign, on its line. */
    EQUALS {
        @Override
        public String find(String text, boolean truncated) {
            int start = text.lastIndexOf('=');
            return start < 0 ? null : restOfLine(text, start + 1, truncated);
        }
    },
    /** The last line that is not blank. */
    LAST_LINE {
        @Override
        public String find(String text, boolean truncated) {
            String whole = text.stripTrailing();
            boolean cut = truncated && whole.length() == text.length();
            return cut ? null : contents(whole.substring(whole.lastIndexOf('\n') + 1));
        }
    },
    /** All of it. */
    WHOLE {
        @Override
        public String find(String text, boolean truncated) {
            return truncated ? null : contents(text);
        }
    },
    /** Whatever stands last of \boxed{}, #### and "answer:"; where none of them stands, the last line. */
    ANY {
        @Override
        public String find(String text, boolean truncated) {
            int boxed = Math.max(text.lastIndexOf("\\boxed"), text.lastIndexOf("\\fbox"));
            int hashes = text.lastIndexOf("####");
            int mark = endOfMark(text);
            if (boxed < 0 && hashes < 0 && mark < 0) {
                return LAST_LINE.find(text, truncated);
            }
            // "The answer is \boxed{5}" is found by its box.
            Finder last = boxed > hashes && boxed >= mark - 1 ? BOXED : hashes > mark ? HASHES : MARK;
            return last.find(text, truncated);
        }
    };

    private static final String ANSWER = "answer";

    /** A text that says no more than the answer, in the place where it is looked for. */
    public String state(String answer) {
        return switch (this) {
            case BOXED, ANY -> "\\boxed{" + answer + "}";
            case HASHES -> "#### " + answer;
            case MARK -> "Answer: " + answer;
            case EQUALS -> "= " + answer;
            case LAST_LINE, WHOLE -> answer;
        };
    }

    /**
     * The answer's text without white space around it, or null where there is none.
     *
     * @param truncated whether the text was cut at its end; an answer that reaches to the end is then no answer
     */
    public abstract String find(String text, boolean truncated);

    private static String contents(String text) {
        String stripped = text.strip();
        return stripped.isEmpty() ? null : stripped;
    }

    private static String restOfLine(String text, int from, boolean truncated) {
        int end = text.indexOf('\n', from);
        return end < 0 && truncated ? null : contents(text.substring(from, end < 0 ? text.length() : end));
    }

    private static String inBraces(String text, int open) {
        int depth = 0;
        for (int i = open; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\') {
                i++;
            } else if (c == '{') {
                depth++;
            } else if (c == '}' && --depth == 0) {
                return contents(text.substring(open + 1, i));
            }
        }
        return null;
    }

    /** Where the text after the last mark begins, or -1. */
    private static int endOfMark(String text) {
        for (int i = text.length() - ANSWER.length(); i >= 0; i--) {
            if (text.regionMatches(true, i, ANSWER, 0, ANSWER.length())) {
                int end = skip(text, i + ANSWER.length(), " *");
                if (end < text.length() && ":=".indexOf(text.charAt(end)) >= 0) {
                    return skip(text, end + 1, "*");
                }
                if (text.startsWith("is", end)) {
                    return skip(text, end + "is".length(), " :");
                }
            }
        }
        return -1;
    }

    private static int skip(String text, int from, String characters) {
        int at = from;
        while (at < text.length() && characters.indexOf(text.charAt(at)) >= 0) {
            at++;
        }
        return at;
    }
}
