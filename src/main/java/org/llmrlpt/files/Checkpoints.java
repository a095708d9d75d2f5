package org.llmrlpt.files;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.llmrlpt.config.FileProblem;
import org.llmrlpt.config.UserError;

/**
 * The folder of a run's checkpoints, {@code step-000123} and so on; each appears whole, with checksums, or not at all.
 * Reading needs no lock; saving belongs to the process that holds the {@link RunFolder}.
 */
public final class Checkpoints {
    private static final Pattern NAME = Pattern.compile("step-(\\d{6,18})");

    private final Path folder;

    /** The checkpoints in {@code folder}, which need not exist yet. */
    public Checkpoints(Path folder) {
        this.folder = folder;
    }

    /** The folder of the checkpoint after {@code step} optimizer steps. */
    public Path at(long step) {
        return folder.resolve(String.format(Locale.ROOT, "step-%06d", step));
    }

    /** The optimizer steps a checkpoint folder was written after. */
    public static long step(Path checkpoint) {
        var name = NAME.matcher(checkpoint.getFileName().toString());
        if (!name.matches()) {
            throw new UserError(checkpoint + " is not a checkpoint: its name must be like step-000123.");
        }
        return Long.parseLong(name.group(1));
    }

    /** All checkpoints, oldest first. */
    public List<Path> list() {
        if (!Files.isDirectory(folder)) { return List.of(); }
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.filter(entry -> NAME.matcher(entry.getFileName().toString()).matches())
                .sorted(Comparator.comparingLong(Checkpoints::step)).toList();
        } catch (IOException e) {
            throw new UserError("Cannot read " + folder + ": " + FileProblem.reason(e) + ".", e);
        }
    }

    /**
     * The newest checkpoint, verified against its checksums; empty if there is none. A damaged one is a
     * {@link UserError}: going back to the one before loses work, so that is for the user to decide.
     */
    public Optional<Path> latest() {
        List<Path> all = list();
        while (!all.isEmpty()) {
            Path newest = all.getLast();
            try {
                verify(newest, "delete that folder to " + (all.size() == 1 ? "start from the beginning."
                    : "resume from " + all.get(all.size() - 2).getFileName() + "."));
                return Optional.of(newest);
            } catch (UserError e) {
                List<Path> now = list();
                if (now.equals(all)) { throw e; }
                all = now; // the run goes on meanwhile, and has replaced it
            }
        }
        return Optional.empty();
    }

    /**
     * Verifies a folder that is named itself against its checksums; folders of other programs have none, and pass.
     *
     * @throws UserError if it is damaged
     */
    public static void verifyNamed(Path checkpoint) {
        if (Files.exists(checkpoint.resolve(Checksums.FILE))) {
            verify(checkpoint, "delete its " + Checksums.FILE + " if it was changed on purpose.");
        }
    }

    private static void verify(Path checkpoint, String remedy) {
        try {
            Checksums.verify(checkpoint);
        } catch (UserError e) {
            if (e.getCause() instanceof AccessDeniedException) {
                throw e; // it may be as sound as ever
            }
            String damage = e.getMessage().substring(0, e.getMessage().length() - 1);
            throw new UserError("The checkpoint " + checkpoint + " is damaged (" + damage + "): put a copy of it in"
                + " place, or " + remedy, e);
        }
    }

    /**
     * Saves a checkpoint, then deletes the oldest so that {@code keep} remain. {@code content} writes the files;
     * checksums are added here. A failure leaves the earlier checkpoints as they were.
     */
    public Path save(long step, int keep, AtomicFolder.Content content) {
        if (keep < 1) { throw new IllegalArgumentException("a checkpoint that is saved is kept: " + keep); }
        Path checkpoint = at(step);
        AtomicFolder.replace(checkpoint, temporary -> {
            content.writeInto(temporary);
            Checksums.write(temporary);
        });
        List<Path> all = list();
        for (Path old : all.subList(0, Math.max(0, all.size() - keep))) {
            if (!old.equals(checkpoint)) { AtomicFolder.delete(old); }
        }
        return checkpoint;
    }
}
