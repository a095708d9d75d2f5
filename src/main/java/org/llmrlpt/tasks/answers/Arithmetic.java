package org.llmrlpt.tasks.answers;

import it.unimi.dsi.fastutil.longs.LongArrayList;
import java.util.Arrays;

/** An expression of whole numbers with + - * / and parentheses, worked out exactly. */
public final class Arithmetic {
    private static final int LONGEST = 200;
    private static final int MOST_DIGITS = 9;

    private final String text;
    private final Budget budget = new Budget();
    private final LongArrayList numbers = new LongArrayList();
    private final String value;
    private int at;

    private Arithmetic(String text) {
        this.text = text;
        Rational result = sum();
        if (at < text.length()) {
            throw new Unreadable("text after the expression");
        }
        value = result.toString();
        Arrays.sort(numbers.elements(), 0, numbers.size());
    }

    /** The expression in a text, or null where there is none, or one longer than 200 characters. */
    public static Arithmetic of(String text) {
        if (text.length() > LONGEST) {
            return null;
        }
        try {
            return new Arithmetic(text.replace(" ", "").replace('×', '*').replace('÷', '/').replace('−', '-'));
        } catch (Unreadable e) {
            return null;
        }
    }

    /** The value as a fraction in lowest terms. */
    public String value() {
        return value;
    }

    /** The numbers that are written in it, sorted, each as often as it stands there. */
    public long[] numbers() {
        return numbers.toLongArray();
    }

    private Rational sum() {
        budget.enter();
        Rational sum = product();
        while (at < text.length() && (text.charAt(at) == '+' || text.charAt(at) == '-')) {
            boolean minus = text.charAt(at++) == '-';
            Rational next = product();
            sum = sum.plus(minus ? next.negate() : next);
        }
        budget.leave();
        return sum;
    }

    private Rational product() {
        Rational product = factor();
        while (at < text.length() && (text.charAt(at) == '*' || text.charAt(at) == '/')) {
            boolean over = text.charAt(at++) == '/';
            Rational next = factor();
            product = product.times(over ? next.inverse() : next);
        }
        return product;
    }

    private Rational factor() {
        if (at < text.length() && text.charAt(at) == '(') {
            at++;
            Rational inside = sum();
            if (at >= text.length() || text.charAt(at++) != ')') {
                throw new Unreadable("no )");
            }
            return inside;
        }
        int start = at;
        while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
            at++;
        }
        if (at == start || at - start > MOST_DIGITS) {
            throw new Unreadable("no number");
        }
        long number = Long.parseLong(text.substring(start, at));
        numbers.add(number);
        return Rational.of(number);
    }
}
