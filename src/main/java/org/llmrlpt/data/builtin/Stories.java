package org.llmrlpt.data.builtin;

import java.util.ArrayList;
import java.util.List;
import org.llmrlpt.random.RandomStream;

/** Problems in words: things that come and go, values that follow from values, people in an order. */
final class Stories {
    private static final String[] NAMES = {"Ann", "Bob", "Cid", "Dan", "Eve", "Fay", "Gus", "Tom"};
    private static final String[] THINGS = {"apples", "books", "coins", "pens", "eggs", "cards"};

    private Stories() {
    }

    /** Someone has some things; as many as the level come or go, from level 3 on out of several boxes. */
    static Family.Draft story(int level, RandomStream random) {
        String name = Family.pick(random, NAMES);
        String things = Family.pick(random, THINGS);
        int most = level == 1 ? 9 : 20;
        int have = random.between(2, most);
        StringBuilder question = new StringBuilder(name).append(" has ");
        StringBuilder steps = new StringBuilder();
        StringBuilder key = new StringBuilder();
        if (level >= 3) {
            int boxes = random.between(2, 6);
            int each = random.between(2, 9);
            have = boxes * each;
            question.append(boxes).append(" boxes of ").append(each).append(' ').append(things).append(". ");
            steps.append(boxes).append('*').append(each).append('=').append(have).append(". ");
            key.append(boxes).append('*').append(each);
        } else {
            question.append(have).append(' ').append(things).append(". ");
            key.append(have);
        }
        int events = level <= 2 ? level : level - 1;
        for (int i = 0; i < events; i++) {
            boolean comes = have < 4 || random.nextInt(2) == 0;
            int number = comes ? random.between(2, most) : random.between(2, Math.min(most, have - 1));
            question.append(name).append(' ')
                    .append(comes ? Family.pick(random, "gets", "buys") : Family.pick(random, "loses", "sells"))
                    .append(' ').append(number).append(". ");
            int next = have + (comes ? number : -number);
            char sign = comes ? '+' : '-';
            steps.append(have).append(sign).append(number).append('=').append(next).append(". ");
            key.append(sign).append(number);
            have = next;
        }
        question.append("How many ").append(things).append(" are there now?");
        return new Family.Draft(key.toString(), question.toString(), steps.toString().strip(), have);
    }

    /** Each value follows from the one before: as many steps as the level, with products from level 3 on. */
    static Family.Draft chain(int level, RandomStream random) {
        int value = random.between(2, 9);
        StringBuilder given = new StringBuilder("a=" + value);
        StringBuilder steps = new StringBuilder();
        char name = 'a';
        for (int i = 0; i < level; i++) {
            int number = random.between(2, 9);
            char sign = "+-*".charAt(random.nextInt(level < 3 || value > 12 ? 2 : 3));
            if (sign == '-' && number > value) {
                sign = '+';
            }
            int next = sign == '+' ? value + number : sign == '-' ? value - number : value * number;
            given.append(". ").append((char) (name + 1)).append('=').append(name).append(sign).append(number);
            name++;
            steps.append(name).append('=').append(value).append(sign).append(number).append('=').append(next)
                    .append(". ");
            value = next;
        }
        return new Family.Draft(given.toString(), given + ". What is " + name + "?", steps.toString().strip(), value);
    }

    /** Level + 2 people, neighbours compared in shuffled order: who is first or last? */
    static Family.Draft ordering(int level, RandomStream random) {
        int[] people = new int[NAMES.length];
        for (int i = 0; i < people.length; i++) {
            people[i] = i;
        }
        random.shuffle(people);
        int n = level + 2;
        int[] order = new int[n - 1];
        for (int i = 0; i < order.length; i++) {
            order[i] = i;
        }
        random.shuffle(order);
        String[] words = random.nextInt(2) == 0 ? new String[] {"older", "oldest", "youngest"}
                : new String[] {"taller", "tallest", "shortest"};
        List<String> facts = new ArrayList<>();
        for (int i : order) {
            facts.add(NAMES[people[i]] + " is " + words[0] + " than " + NAMES[people[i + 1]] + ".");
        }
        List<String> sorted = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            sorted.add(NAMES[people[i]]);
        }
        boolean first = random.nextInt(2) == 0;
        String question = String.join(" ", facts) + " Who is the " + words[first ? 1 : 2] + "?";
        String answer = first ? sorted.getFirst() : sorted.getLast();
        return new Family.Draft(String.join(" ", sorted), question, String.join(">", sorted) + ".", answer);
    }
}
