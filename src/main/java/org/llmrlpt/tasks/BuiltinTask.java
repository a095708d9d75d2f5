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
    private static final long TEST_SEED = 0;
    private static final int MISSES_ALLOWED = 20;
    private static final int MORE_MISSES_ALLOWED = 2000;

    private final String name;
    private final BuiltinTasks training;
    private final BuiltinTasks heldOut;
    private final Verifier verifier;

    /** The problems that the settings' name and level choose; see {@link BuiltinTasks#named}. */
    BuiltinTask(TaskSettings settings, long seed) {
        name = settings.name();
        List<String> families = BuiltinTasks.familiesOf(name);
        training = BuiltinTasks.named(name, settings.level(), false, seed);
        heldOut = BuiltinTasks.named(name, settings.level(), true, TEST_SEED);
        List<String> worded = BuiltinTasks.textFamilies();
        boolean bare = !worded.contains(families.getFirst());
        if (families.stream().anyMatch(f -> worded.contains(f) == bare)) {
            throw new UserError("task '" + name + "' mixes sums without words with problems in words, whose answers "
                + "stand in different places: choose one kind");
        }
        Verifier ofAnswers = Tasks.verifier(settings, bare ? Finder.WHOLE : Finder.MARK, true);
        verifier = families.contains(COUNTDOWN) ? new ByFamily(new Countdown(), ofAnswers) : ofAnswers;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String fingerprint() {
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
