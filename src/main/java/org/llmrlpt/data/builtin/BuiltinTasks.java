package org.llmrlpt.data.builtin;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import org.llmrlpt.config.UserError;
import org.llmrlpt.random.RandomStream;

/**
 * Problems by number: problem n is a function of the seed, the choice of families and levels, and n. Whether a problem
 * belongs to training or is held out follows from the problem itself, not its wording, so the two never meet: no seed's
 * training text asks a held-out problem. (A held-out sum may still occur in a step of another family's problem.)
 */
public final class BuiltinTasks {
    public static final int HIGHEST_LEVEL = 4;
    private static final double HELD_OUT_SHARE = 0.1;

    private static final Map<String, Family> WORDED = new LinkedHashMap<>();
    private static final Map<String, Family> BARE = new LinkedHashMap<>();
    private static final Map<String, List<String>> GROUPS = new LinkedHashMap<>();
    private static final String ADDITION = "addition";

    static {
        WORDED.put(ADDITION, ColumnArithmetic::addition);
        WORDED.put("subtraction", ColumnArithmetic::subtraction);
        WORDED.put("multiplication", ColumnArithmetic::multiplication);
        WORDED.put("modular", Numbers::modular);
        WORDED.put("equation", Numbers::equation);
        WORDED.put("comparison", Numbers::comparison);
        WORDED.put("sorting", Lists::sorting);
        WORDED.put("counting", Lists::counting);
        WORDED.put("countdown", Countdown::make);
        WORDED.put("story", Stories::story);
        WORDED.put("chain", Stories::chain);
        WORDED.put("ordering", Stories::ordering);
        BARE.put("sums", ColumnArithmetic::sums);
        BARE.put("sums-carry", ColumnArithmetic::sumsWithCarries);
        GROUPS.put("arithmetic", List.of(ADDITION, "subtraction", "multiplication"));
        GROUPS.put("equations", List.of("modular", "equation"));
        GROUPS.put("builtin", List.copyOf(WORDED.keySet()));
    }

    private final List<String> families;
    private final int lowest;
    private final int highest;
    private final boolean heldOut;
    private final RandomStream stream;

    /**
     * A choice of problems.
     *
     * @param families names from {@link #families}
     * @param lowest the lowest level
     * @param highest the highest level
     * @param heldOut whether to give held-out problems instead of training ones
     * @param seed the run's seed
     * @throws UserError when a name or level does not exist
     */
    public BuiltinTasks(List<String> families, int lowest, int highest, boolean heldOut, long seed) {
        for (String family : families) {
            if (!families().contains(family)) {
                throw new UserError("There is no task family \"" + family + "\"; choose from "
                        + String.join(", ", families()) + ".");
            }
        }
        if (families.isEmpty()) {
            throw new UserError("No task family is chosen; choose from " + String.join(", ", families()) + ".");
        }
        if (lowest < 1 || highest > HIGHEST_LEVEL || lowest > highest) {
            throw new UserError("Task levels " + lowest + " to " + highest + " do not exist; give levels from 1 to "
                    + HIGHEST_LEVEL + ".");
        }
        this.families = List.copyOf(families);
        this.lowest = lowest;
        this.highest = highest;
        this.heldOut = heldOut;
        this.stream = RandomStream.of(seed, heldOut ? "builtin held out" : "builtin training");
    }

    /** All families of {@link #textFamilies} at all levels. */
    public static BuiltinTasks all(boolean heldOut, long seed) {
        return new BuiltinTasks(textFamilies(), 1, HIGHEST_LEVEL, heldOut, seed);
    }

    /**
     * The problems that a setting names.
     *
     * @param name see {@link #isName}
     * @param level one level or a range, such as 2 or 1-3; null for all
     */
    public static BuiltinTasks named(String name, String level, boolean heldOut, long seed) {
        if (level != null && !level.matches("[1-9](-[1-9])?")) {
            throw new UserError("the level of built-in problems must be a number such as 2, or a range such as 1-3, "
                + "not '" + level + "'");
        }
        int lowest = level == null ? 1 : level.charAt(0) - '0';
        int highest = level == null ? HIGHEST_LEVEL : level.charAt(level.length() - 1) - '0';
        return new BuiltinTasks(familiesOf(name), lowest, highest, heldOut, seed);
    }

    /** Whether this is a family, "arithmetic", "equations", "builtin" (all with steps), or several with commas. */
    public static boolean isName(String name) {
        return families().containsAll(familiesOf(name));
    }

    /** What a setting may name. */
    public static List<String> names() {
        List<String> names = new ArrayList<>(GROUPS.keySet());
        names.addAll(families());
        return names;
    }

    /** The families that a name stands for; what is no name stands for itself. */
    public static List<String> familiesOf(String name) {
        List<String> families = new ArrayList<>();
        for (String part : name.split(",", -1)) {
            families.addAll(GROUPS.getOrDefault(part, List.of(part)));
        }
        return families;
    }

    /** The names of all families. */
    public static List<String> families() {
        List<String> names = new ArrayList<>(WORDED.keySet());
        names.addAll(BARE.keySet());
        return List.copyOf(names);
    }

    /** The names of the families that the built-in text is made of: those with worked steps. */
    public static List<String> textFamilies() {
        return List.copyOf(WORDED.keySet());
    }

    /** Problem number {@code number}. */
    public Problem problem(long number) {
        RandomStream random = stream.child(number);
        String family = families.get(random.nextInt(families.size()));
        int level = random.between(lowest, highest);
        while (true) {
            Family made = WORDED.getOrDefault(family, BARE.get(family));
            Family.Draft draft = made.make(level, random);
            // Sums are additions in another form: what is held out of the one is held out of the other.
            String key = (WORDED.containsKey(family) ? family : ADDITION) + " " + draft.key();
            if (isHeldOut(key) == heldOut) {
                return new Problem(family, level, key, draft.question(), draft.steps(), draft.answer());
            }
        }
    }

    /** Whether the problem with this key is held out, for every seed alike. */
    static boolean isHeldOut(String key) {
        return RandomStream.of(0, key).nextDouble() < HELD_OUT_SHARE;
    }

    /** The texts of problems 0, 1, 2, … until they have at least so many bytes together; made as they are read. */
    public Iterable<String> documents(long bytes) {
        return () -> new Iterator<>() {
            private long made;
            private long number;

            @Override
            public boolean hasNext() {
                return made < bytes;
            }

            @Override
            public String next() {
                if (!hasNext()) {
                    throw new NoSuchElementException();
                }
                String text = problem(number++).text();
                made += text.getBytes(StandardCharsets.UTF_8).length;
                return text;
            }
        };
    }
}
