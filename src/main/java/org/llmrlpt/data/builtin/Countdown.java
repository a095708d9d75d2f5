package org.llmrlpt.data.builtin;

import java.util.Arrays;
import java.util.stream.Collectors;
import org.llmrlpt.random.RandomStream;

/** Countdown: reach a number with given numbers, each used once. The expression that made the problem is an answer. */
final class Countdown {
    private static final int LARGEST_VALUE = 200;
    private static final int[] COUNTS = {2, 3, 3, 4};
    private static final int[] LARGEST_NUMBERS = {9, 9, 20, 20};

    private Countdown() {
    }

    /** Two numbers at level 1, three at levels 2 and 3, four at level 4; all values on the way are positive. */
    static Family.Draft make(int level, RandomStream random) {
        int[] numbers = new int[COUNTS[level - 1]];
        Arrays.setAll(numbers, i -> random.between(1, LARGEST_NUMBERS[level - 1]));
        int value = numbers[0];
        String expression = "" + value;
        StringBuilder steps = new StringBuilder();
        boolean isSum = false;
        for (int i = 1; i < numbers.length; i++) {
            int next = numbers[i];
            char sign = sign(value, next, random);
            int result = switch (sign) {
                case '+' -> value + next;
                case '-' -> value - next;
                case '*' -> value * next;
                default -> value / next;
            };
            boolean joinsSum = sign == '+' || sign == '-';
            expression = (isSum && !joinsSum ? "(" + expression + ")" : expression) + sign + next;
            isSum = joinsSum;
            steps.append(value).append(sign).append(next).append('=').append(result).append(". ");
            value = result;
        }
        random.shuffle(numbers);
        String given = Arrays.stream(numbers).mapToObj(String::valueOf).collect(Collectors.joining(" "));
        String question = Family.pick(random, "Make " + value + " from " + given + ".",
            "Use " + given + " to get " + value + ".");
        String key = Arrays.stream(numbers).sorted().mapToObj(String::valueOf).collect(Collectors.joining(" "))
            + " " + value;
        return new Family.Draft(key, question, steps.toString().strip(), expression);
    }

    /** A random sign among those that keep the value whole, positive and not too large. */
    private static char sign(int value, int next, RandomStream random) {
        while (true) {
            char sign = "+-*/".charAt(random.nextInt(4));
            boolean fits = switch (sign) {
                case '+' -> true;
                case '-' -> value > next;
                case '*' -> next > 1 && value * next <= LARGEST_VALUE;
                default -> next > 1 && value % next == 0;
            };
            if (fits) {
                return sign;
            }
        }
    }
}
