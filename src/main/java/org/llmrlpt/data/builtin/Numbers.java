package org.llmrlpt.data.builtin;

import org.llmrlpt.random.RandomStream;

/** Problems about single numbers: remainders, linear equations, comparisons. */
final class Numbers {
    private Numbers() {
    }

    /** Remainders: of a small number, of one below 100, of a sum, of a product. */
    static Family.Draft modular(int level, RandomStream random) {
        int modulus = random.between(2, level == 1 ? 5 : 9);
        int a = random.between(level == 1 ? 5 : 10, level == 1 ? 20 : level == 4 ? 30 : 99);
        int b = random.between(2, level == 4 ? 9 : 99);
        String of = switch (level) {
            case 1, 2 -> "" + a;
            case 3 -> "(" + a + " + " + b + ")";
            default -> "(" + a + " * " + b + ")";
        };
        int value = level <= 2 ? a : level == 3 ? a + b : a * b;
        String first = level <= 2 ? "" : a + (level == 3 ? "+" : "*") + b + "=" + value + ". ";
        int multiple = value / modulus * modulus;
        String steps = first + value / modulus + "*" + modulus + "=" + multiple + ". "
                + value + "-" + multiple + "=" + value % modulus + ".";
        String question = Family.pick(random, "What is " + of + " mod " + modulus + "?",
                "Find the remainder of " + of + " by " + modulus + ".");
        return new Family.Draft(of + " " + modulus, question, steps, value % modulus);
    }

    /** Linear equations: x + b = c, ax = c, ax + b = c, ax + b = dx + c. */
    static Family.Draft equation(int level, RandomStream random) {
        int x = random.between(1, level <= 2 ? 9 : 12);
        int a = random.between(2, 9);
        int b = random.between(1, 20);
        String equation;
        String steps;
        if (level == 1) {
            equation = "x + " + b + " = " + (x + b);
            steps = x + b + "-" + b + "=" + x + ". ";
        } else if (level == 2) {
            equation = a + "x = " + a * x;
            steps = a * x + "/" + a + "=" + x + ". ";
        } else {
            int other = level == 3 ? 0 : random.between(1, a - 1);
            int left = a - other;
            int c = left * x + b;
            equation = a + "x + " + b + " = " + (other == 0 ? "" : other + "x + ") + c;
            steps = (other == 0 ? "" : a + "x-" + other + "x=" + left + "x. ")
                    + c + "-" + b + "=" + left * x + ". " + left * x + "/" + left + "=" + x + ". ";
        }
        String question = Family.pick(random, "Solve " + equation + ".", "Find x: " + equation + ".");
        return new Family.Draft(equation, question, steps + "x=" + x + ".", x);
    }

    /** Which of two numbers is larger or smaller, digit by digit. */
    static Family.Draft comparison(int level, RandomStream random) {
        int a = ColumnArithmetic.number(level, random);
        int b = near(a, level, random);
        boolean larger = random.nextInt(2) == 0;
        StringBuilder steps = new StringBuilder();
        String left = Integer.toString(a);
        String right = Integer.toString(b);
        if (left.length() != right.length()) {
            steps.append(left.length()).append(sign(left.length(), right.length())).append(right.length())
                    .append(" digits. ");
        } else {
            int i = 0;
            while (left.charAt(i) == right.charAt(i)) {
                steps.append(left.charAt(i)).append('=').append(right.charAt(i)).append(". ");
                i++;
            }
            steps.append(left.charAt(i)).append(sign(left.charAt(i), right.charAt(i))).append(right.charAt(i))
                    .append(". ");
        }
        steps.append(a).append(sign(a, b)).append(b).append('.');
        String question = "Which is " + (larger ? "larger" : "smaller") + ", " + a + " or " + b + "?";
        return new Family.Draft(Math.min(a, b) + " " + Math.max(a, b), question, steps.toString(),
                larger ? Math.max(a, b) : Math.min(a, b));
    }

    /** Another number than a: of another length, with the same beginning, or any. */
    private static int near(int a, int digits, RandomStream random) {
        while (true) {
            int b = switch (random.nextInt(3)) {
                case 0 -> ColumnArithmetic.number(random.between(Math.max(1, digits - 1), digits), random);
                case 1 -> a / 10 * 10 + random.nextInt(10);
                default -> ColumnArithmetic.number(digits, random);
            };
            if (b != a && b > 0) {
                return b;
            }
        }
    }

    private static char sign(int a, int b) {
        return a < b ? '<' : '>';
    }
}
