package org.llmrlpt.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import org.llmrlpt.config.FileProblem;
import org.llmrlpt.config.UserError;

/**
 * Everything of one run, in one folder, held by one process at a time:
 * {@code config.json} (every setting), {@code metrics.jsonl}, {@code checkpoints/step-000123/}, {@code samples/} and,
 * at the end, {@code summary.json} and {@code report.html}.
 */
public final class RunFolder implements AutoCloseable {
    /** The resolved settings. */
    public static final String CONFIG = "config.json";
    /** One JSON object per logged step. */
    public static final String METRICS = "metrics.jsonl";
    /** The folder of checkpoints. */
    public static final String CHECKPOINTS = "checkpoints";
    /** The folder of texts that the model wrote on the way. */
    public static final String SAMPLES = "samples";
    /** What came out. */
    public static final String SUMMARY = "summary.json";
    /** Where the time went, in a run that was profiled. */
    public static final String PROFILE = "profile.json";
    /** The page that shows it all. */
    public static final String REPORT = "report.html";

    private final Path folder;
    private final RunLock lock;

    private RunFolder(Path folder, RunLock lock) {
        this.folder = folder;
        this.lock = lock;
    }

    /** Begins a run with its resolved settings; a folder that is there already is refused. */
    public static RunFolder create(Path folder, Object config) {
        if (Files.isRegularFile(folder)) {
            throw new UserError(folder + " is a file: choose another name with run=.");
        }
        if (Files.exists(folder, LinkOption.NOFOLLOW_LINKS) && !Files.exists(folder.resolve(CONFIG))) {
            throw new UserError("there is something at " + folder + " already: choose another name with run=.");
        }
        if (Files.exists(folder)) {
            throw new UserError("The run folder " + folder
                + " is there already: go on with it by resume=" + folder + ", or choose another one with run=.");
        }
        AtomicFolder.create(folder, temporary -> {
            Files.createDirectory(temporary.resolve(CHECKPOINTS));
            Files.createDirectory(temporary.resolve(SAMPLES));
            JsonFile.write(temporary.resolve(CONFIG), config);
        });
        return new RunFolder(folder, RunLock.acquire(folder));
    }

    /** Takes an existing run up again, and removes what a crash may have left half-written. */
    public static RunFolder open(Path folder) {
        if (!Files.isDirectory(folder)) {
            throw new UserError("There is no run folder " + folder + ": check the name, or start the run anew.");
        }
        if (!Files.isRegularFile(folder.resolve(CONFIG))) {
            throw new UserError(folder + " is not a run folder: it has no " + CONFIG + ".");
        }
        RunLock lock = RunLock.acquire(folder);
        try {
            AtomicFolder.deleteLeftovers(folder);
            for (String part : new String[] {CHECKPOINTS, SAMPLES}) {
                Files.createDirectories(folder.resolve(part));
                AtomicFolder.deleteLeftovers(folder.resolve(part));
            }
            return new RunFolder(folder, lock);
        } catch (IOException e) {
            lock.close();
            throw new UserError("Cannot open the run folder " + folder + ": " + FileProblem.reason(e) + ".", e);
        } catch (RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    /** The folder itself. */
    public Path path() {
        return folder;
    }

    /** The checkpoints. */
    public Checkpoints checkpoints() {
        return new Checkpoints(folder.resolve(CHECKPOINTS));
    }

    /** Opens the metrics to write at their end. */
    public JsonLines openMetrics() {
        return JsonLines.open(folder.resolve(METRICS));
    }

    /** Where samples go. */
    public Path samples() {
        return folder.resolve(SAMPLES);
    }

    /** Puts the summary in place. */
    public void summary(Object summary) {
        JsonFile.write(folder.resolve(SUMMARY), summary);
    }

    /** Puts the profile in place. */
    public void profile(Object profile) {
        JsonFile.write(folder.resolve(PROFILE), profile);
    }

    /** Deletes the folder of a run that failed before its first step, so that its name is free for the next try. */
    public void discardIfUnused() {
        Path metrics = folder.resolve(METRICS);
        try {
            if (checkpoints().list().isEmpty() && (!Files.exists(metrics) || Files.size(metrics) == 0)) {
                AtomicFolder.delete(folder);
            }
        } catch (IOException e) {
            throw new UserError("Cannot delete the unused run folder " + folder + ": "
                + FileProblem.reason(e) + ".", e);
        }
    }

    /** Lets other processes use the folder. */
    @Override
    public void close() {
        lock.close();
    }
}
