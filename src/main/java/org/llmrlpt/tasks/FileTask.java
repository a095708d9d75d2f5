package org.llmrlpt.tasks;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.llmrlpt.config.TaskSettings;
import org.llmrlpt.config.UserError;
import org.llmrlpt.data.IndexPermutation;
import org.llmrlpt.random.RandomStream;
import org.llmrlpt.tasks.answers.Finder;

/**
 * The problems of a file. Those to measure with are another file's, or the share of this one that a hash of each
 * prompt chooses; a prompt of theirs is never trained on.
 */
final class FileTask implements Task {
    private final String name;
    private final List<Problem> training;
    private final List<Problem> test;
    private final Verifier verifier;
    private final RandomStream orders;

    /**
     * Reads the file.
     *
     * @param whole measure with all problems of the file, and train on none
     */
    FileTask(TaskSettings settings, boolean whole, long seed) {
        name = settings.name();
        orders = RandomStream.of(seed, "task");
        List<Problem> all = TaskFile.read(Path.of(name), settings);
        if (whole) {
            test = all;
            training = List.of();
        } else {
            test = settings.heldOut() != null ? TaskFile.read(Path.of(settings.heldOut()), settings)
                : all.stream().filter(p -> isHeldOut(p, settings.heldOutFraction())).toList();
            Set<String> kept = new HashSet<>();
            test.forEach(p -> kept.add(p.prompt()));
            training = all.stream().filter(p -> !kept.contains(p.prompt()))
                .map(p -> new Problem(p.id(), p.prompt(), p.answer(), p.level(), Split.TRAIN)).toList();
        }
        verifier = Tasks.verifier(settings, Finder.ANY, false);
    }

    private static boolean isHeldOut(Problem problem, double fraction) {
        return RandomStream.of(0, problem.prompt()).nextDouble() < fraction;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Problem training(long number) {
        if (training.isEmpty()) {
            throw new UserError("the task " + name + " has no problems to train on: all of them are held out");
        }
        int size = training.size();
        IndexPermutation order = new IndexPermutation(size, orders.child(number / size));
        return training.get((int) order.at(number % size));
    }

    @Override
    public String fingerprint() {
        CRC32C crc = new CRC32C();
        Stream.of(training, test).flatMap(List::stream).forEach(p ->
            crc.update((p.prompt() + '\0' + p.answer() + '\0' + p.split() + '\0').getBytes(StandardCharsets.UTF_8)));
        return name + ", " + HexFormat.of().toHexDigits((int) crc.getValue());
    }

    @Override
    public List<Problem> test(int limit) {
        if (limit >= test.size()) {
            return test;
        }
        IndexPermutation order = new IndexPermutation(test.size(), RandomStream.of(0, "test problems"));
        List<Problem> some = new ArrayList<>();
        for (int i = 0; i < limit; i++) {
            some.add(test.get((int) order.at(i)));
        }
        return some;
    }

    @Override
    public Verifier verifier() {
        return verifier;
    }
}
