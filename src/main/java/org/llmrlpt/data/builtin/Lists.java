package org.llmrlpt.data.builtin;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import org.llmrlpt.random.RandomStream;

/** Problems about rows of things: sorting numbers, counting letters. */
final class Lists {
    private Lists() {
    }

    /** Level + 2 different numbers, sorted by taking the least again and again. */
    static Family.Draft sorting(int level, RandomStream random) {
        List<Integer> numbers = new ArrayList<>();
        while (numbers.size() < level + 2) {
            int number = random.between(1, level == 1 ? 9 : level == 2 ? 20 : 99);
            if (!numbers.contains(number)) {
                numbers.add(number);
            }
        }
        String question = Family.pick(random, "Sort " + join(numbers) + ".", "Put in order: " + join(numbers) + ".");
        List<Integer> left = new ArrayList<>(numbers);
        List<Integer> sorted = new ArrayList<>();
        List<String> steps = new ArrayList<>();
        while (left.size() > 1) {
            Integer least = Collections.min(left);
            steps.add("min of " + join(left) + " is " + least + ".");
            left.remove(least);
            sorted.add(least);
        }
        sorted.addAll(left);
        return new Family.Draft(join(numbers), question, String.join(" ", steps), join(sorted));
    }

    private static String join(List<Integer> numbers) {
        return numbers.stream().map(String::valueOf).collect(Collectors.joining(" "));
    }

    /** How often a letter stands in a word of 2 + 2 level letters, numbering it as it comes. */
    static Family.Draft counting(int level, RandomStream random) {
        StringBuilder word = new StringBuilder();
        for (int i = 0; i < 2 + 2 * level; i++) {
            word.append((char) ('a' + random.nextInt(4)));
        }
        char letter = (char) ('a' + random.nextInt(4));
        int count = 0;
        StringBuilder steps = new StringBuilder();
        for (int i = 0; i < word.length(); i++) {
            steps.append(i > 0 ? " " : "").append(word.charAt(i));
            if (word.charAt(i) == letter) {
                steps.append(++count);
            }
        }
        String question = Family.pick(random, "How many " + letter + " are in " + word + "?",
                "Count the letter " + letter + " in " + word + ".");
        return new Family.Draft(letter + " " + word, question, steps.append('.').toString(), count);
    }
}
