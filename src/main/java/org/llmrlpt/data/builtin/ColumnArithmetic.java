package org.llmrlpt.data.builtin;

import org.llmrlpt.random.RandomStream;

/** Addition, subtraction and multiplication as on paper: digit by digit from the right, or by partial products. */
final class ColumnArithmetic {
    private ColumnArithmetic() {
    }

    /** A number of so many digits; of one digit, not 0. */
    static int number(int digits, RandomStream random) {
        int from = (int) Math.pow(10, digits - 1);
        return random.between(from, from * 10 - 1);
    }

    /** Numbers of as many digits as the level, the second one possibly shorter. */
    static Family.Draft addition(int level, RandomStream random) {
        int a = number(level, random);
        int b = number(random.between(Math.max(1, level - 1), level), random);
        StringBuilder steps = new StringBuilder();
        if (level > 1) {
            int carry = 0;
            for (int x = a, y = b; x > 0 || y > 0; x /= 10, y /= 10) {
                int sum = x % 10 + y % 10 + carry;
                steps.append(x % 10).append('+').append(y % 10).append(carry > 0 ? "+1=" : "=").append(sum);
                carry = sum / 10;
                steps.append(carry > 0 ? " carry 1. " : ". ");
            }
        }
        steps.append(a).append('+').append(b).append('=').append(a + b).append('.');
        String question = Family.pick(random, "What is " + a + " + " + b + "?", "Add " + a + " and " + b + ".");
        return new Family.Draft(Math.min(a, b) + " " + Math.max(a, b), question, steps.toString(), a + b);
    }

    /** Two numbers of as many digits as the level: "23+58=" and "81", without words or steps. */
    static Family.Draft sums(int level, RandomStream random) {
        int a = number(level, random);
        int b = number(level, random);
        return new Family.Draft(Math.min(a, b) + " " + Math.max(a, b), a + "+" + b + "=", "", a + b);
    }

    /** The same with the sum of each column from the right, carry included, before the answer: "11,8,81". */
    static Family.Draft sumsWithCarries(int level, RandomStream random) {
        int a = number(level, random);
        int b = number(level, random);
        StringBuilder answer = new StringBuilder();
        int carry = 0;
        for (int x = a, y = b; x > 0; x /= 10, y /= 10) {
            int column = x % 10 + y % 10 + carry;
            answer.append(column).append(',');
            carry = column / 10;
        }
        return new Family.Draft(Math.min(a, b) + " " + Math.max(a, b), a + "+" + b + "=", "",
            answer.append(a + b).toString());
    }

    /** The greater number has as many digits as the level, one more at level 1; the difference is not negative. */
    static Family.Draft subtraction(int level, RandomStream random) {
        int first = level == 1 ? random.between(1, 18) : number(level, random);
        int second = level == 1 ? random.between(Math.max(1, first - 9), Math.min(first, 9))
                : number(random.between(level - 1, level), random);
        int a = Math.max(first, second);
        int b = Math.min(first, second);
        StringBuilder steps = new StringBuilder();
        if (level > 1) {
            int borrowed = 0;
            for (int x = a, y = b; x > 0; x /= 10, y /= 10) {
                boolean borrows = x % 10 - borrowed < y % 10;
                int top = x % 10 + (borrows ? 10 : 0);
                steps.append(top).append('-').append(y % 10).append(borrowed > 0 ? "-1=" : "=")
                        .append(top - y % 10 - borrowed).append(borrows ? " borrow 1. " : ". ");
                borrowed = borrows ? 1 : 0;
            }
        }
        steps.append(a).append('-').append(b).append('=').append(a - b).append('.');
        String question = Family.pick(random, "What is " + a + " - " + b + "?", "Take " + b + " from " + a + ".");
        return new Family.Draft(a + " " + b, question, steps.toString(), a - b);
    }

    /** Level 1 is the table; then 2 by 1, 2 by 2 and 3 by 2 digits, by partial products. */
    static Family.Draft multiplication(int level, RandomStream random) {
        int a = level == 1 ? random.between(2, 9) : number(level == 4 ? 3 : 2, random);
        int b = level <= 2 ? random.between(2, 9) : number(2, random);
        String product = a + "*" + b + "=" + a * b + ".";
        String steps = product;
        if (level == 2) {
            steps = parts(b, a / 10 * 10, a % 10) + product;
        } else if (level > 2) {
            steps = parts(a, b / 10 * 10, b % 10) + product;
        }
        String question = Family.pick(random, "What is " + a + " * " + b + "?", "Multiply " + a + " by " + b + ".");
        return new Family.Draft(Math.min(a, b) + " " + Math.max(a, b), question, steps, a * b);
    }

    /** factor * tens, factor * ones, and their sum. */
    private static String parts(int factor, int tens, int ones) {
        return tens + "*" + factor + "=" + tens * factor + ". " + ones + "*" + factor + "=" + ones * factor + ". "
                + tens * factor + "+" + ones * factor + "=" + (tens + ones) * factor + ". ";
    }
}
