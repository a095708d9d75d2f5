package org.llmrlpt.tasks;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.llmrlpt.config.TaskSettings;
import org.llmrlpt.config.UserError;
import org.llmrlpt.data.builtin.BuiltinTasks;
import org.llmrlpt.tasks.answers.Finder;

/**
 * Made-up problems. What is held out depends on the problem alone, so that neither training problems nor the built-in
 * pre-training text ask any problem of {@link #test}, whatever their seeds.
 */
final class BuiltinTask implements Task {
    private static final String COUNTDOWN = "countdown";
    private static final List<String> ARITHMETIC = List.of("addition", "subtraction", "multiplication");
    private static final List<String> EQUATIONS = List.of("modular", "equation");
    private static final long TEST_SEED = 0;
    private static final int MISSES_ALLOWED = 20;
    private static final int MORE_MISSES_ALLOWED = 2000;

    private final String name;
    private final BuiltinTasks training;
    private final BuiltinTasks heldOut;
    private final Verifier verifier;

    /** The problems that the settings' name ({@link #isName}) and level choose. */
    BuiltinTask(TaskSettings settings, long seed) {
        name = settings.name();
        List<String> families = families(name);
        int[] levels = levels(settings.level());
        training = new BuiltinTasks(families, levels[0], levels[1], false, seed);
        heldOut = new BuiltinTasks(families, levels[0], levels[1], true, TEST_SEED);
        List<String> worded = BuiltinTasks.textFamilies();
        boolean bare = !worded.contains(families.getFirst());
        if (families.stream().anyMatch(f -> worded.contains(f) == bare)) {
            throw new UserError("task '" + name + "' mixes sums without words with problems in words, whose answers "
                + "stand in different places: choose one kind");
        }
        Verifier ofAnswers = Tasks.verifier(settings, bare ? Finder.WHOLE : Finder.MARK, true);
        verifier = families.contains(COUNTDOWN) ? new ByFamily(new Countdown(), ofAnswers) : ofAnswers;
    }

    /** Whether this is a family of problems, "arithmetic", "equations", "builtin" (all), or several with commas. */
    static boolean isName(String name) {
        return BuiltinTasks.families().containsAll(families(name));
    }

    /** The names that can be asked for. */
    static List<String> names() {
        List<String> names = new ArrayList<>(List.of("arithmetic", "equations", "builtin"));
        names.addAll(BuiltinTasks.families());
        return names;
    }

    private static List<String> families(String name) {
        List<String> families = new ArrayList<>();
        for (String part : name.split(",", -1)) {
            switch (part) {
                case "arithmetic" -> families.addAll(ARITHMETIC);
                case "equations" -> families.addAll(EQUATIONS);
                case "builtin" -> families.addAll(BuiltinTasks.textFamilies());
                default -> families.add(part);
            }
        }
        return families;
    }

    private static int[] levels(String level) {
        if (level == null) {
            return new int[] {1, BuiltinTasks.HIGHEST_LEVEL};
        }
        if (!level.matches("[1-9](-[1-9])?")) {
            throw new UserError("setting 'task.level' must be a level such as 2, or a range such as 1-3, not '" + level
                + "'");
        }
        return new int[] {level.charAt(0) - '0', level.charAt(level.length() - 1) - '0'};
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Problem training(long number) {
        return problem(training.problem(number), Split.TRAIN);
    }

    /** Small levels have few different problems: the search ends when hardly any new ones turn up. */
    @Override
    public List<Problem> test(int limit) {
        List<Problem> problems = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        long most = (long) MISSES_ALLOWED * limit + MORE_MISSES_ALLOWED;
        for (long n = 0; n < most && problems.size() < limit; n++) {
            Problem problem = problem(heldOut.problem(n), Split.TEST);
            if (seen.add(problem.id())) {
                problems.add(problem);
            }
        }
        return problems;
    }

    private static Problem problem(org.llmrlpt.data.builtin.Problem p, Split split) {
        String id = p.key().startsWith(p.family()) ? p.key() : p.family() + " " + p.key();
        return new Problem(id, p.prompt(), p.answer(), p.level(), split);
    }

    @Override
    public Verifier verifier() {
        return verifier;
    }

    /** Countdown problems have their own verifier. */
    private record ByFamily(Verifier countdown, Verifier others) implements Verifier {
        @Override
        public Verdict verify(Problem problem, String completion, boolean truncated) {
            return (problem.id().startsWith(COUNTDOWN) ? countdown : others).verify(problem, completion, truncated);
        }

        @Override
        public String stating(String answer) {
            return others.stating(answer);
        }
    }
}
