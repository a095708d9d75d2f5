package org.llmrlpt.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.llmrlpt.config.Binder;
import org.llmrlpt.config.UserError;
import org.llmrlpt.files.JsonFile;
import org.llmrlpt.files.RunFolder;
import org.llmrlpt.report.RunReport;
import org.llmrlpt.train.SavedModel;

/** What the stages' commands have in common: the folder of a run, and what resuming one means. */
final class Runs {
    /**
     * Settings that say where and how carefully a run goes on, not what it learns. With the same device and products it
     * goes on to the same bits.
     */
    static final Set<String> MAY_CHANGE = Set.of("resume", "threads", "device", "device.matmul", "device.memory",
        "device.cuda-graphs", "memory.checkpoint-layers", "checkpoint.every", "checkpoint.keep", "profile",
        "check-finite", "max-log-prob-difference");

    private Runs() {
    }

    /**
     * {@code resume=RUN} means the run's own settings, of which only those may change that leave its results alone.
     *
     * @param command the command that resumes
     * @param given the settings of the command line, {@code resume} among them
     * @throws UserError if another command made the run
     */
    static Map<String, String> resumed(Command<?> command, Map<String, String> given) {
        String run = given.get("resume");
        for (String name : given.keySet()) {
            if (!MAY_CHANGE.contains(name)) {
                throw new UserError("setting '" + name
                    + "' cannot change when a run is resumed: leave it out, or start a"
                    + " new run");
            }
        }
        Path config = Path.of(run).resolve(RunFolder.CONFIG);
        if (!Files.isRegularFile(config)) {
            throw new UserError("there is no run to resume in " + run + ": it has no " + RunFolder.CONFIG);
        }
        List<String> known = Binder.names(command.settings());
        JsonNode own = JsonFile.readObject(config);
        for (String name : (Iterable<String>) own::fieldNames) {
            if (!known.contains(name)) {
                throw new UserError(run + " is not a run of " + command.name() + ", which has no setting '" + name
                    + "' as in its " + RunFolder.CONFIG + ": resume it with the command that made it");
            }
        }
        if (known.contains("checkpoint") && !own.has("checkpoint")) {
            throw new UserError(run + " is not a run of " + command.name() + ", as its " + RunFolder.CONFIG
                + " names no 'checkpoint': resume it with the command that made it");
        }
        Map<String, String> all = new LinkedHashMap<>(given);
        all.put(CommandLines.CONFIG, config.toString());
        return all;
    }

    /**
     * The settings of a run, whose 'checkpoint', if it names a run, becomes that run's newest checkpoint: so it still
     * knows where it began when that run has gone on. A resumed run keeps what it has.
     */
    static Map<String, String> pinned(Map<String, String> settings) {
        if (settings.containsKey("resume")) {
            return settings;
        }
        Map<String, String> all = new LinkedHashMap<>(settings);
        all.computeIfPresent("checkpoint", (name, value) -> SavedModel.open(value).folder().toString());
        return all;
    }

    /** The run to go on with, or the one to begin: the next free {@code runs/COMMAND-N} where none is named. */
    static Path folder(String resume, String run, String command) {
        if (resume != null || run != null) {
            return Path.of(resume != null ? resume : run);
        }
        return Path.of(nextFree("runs/" + command + "-"));
    }

    /** Draws the page of a finished run. The run itself is safe by then: it does not fail where its page does. */
    static void report(Path run, Console console) {
        Path file = run.resolve(RunFolder.REPORT);
        try {
            RunReport.write(run, file);
            console.line("report: " + file);
        } catch (RuntimeException e) {
            console.line("no report: " + Failures.sentence(e).orElse("drawing it failed with " + e)
                + "; try again with: scripts/llm-rlpt report run=" + CommandLines.quoted(run));
        }
    }

    /** The prefix with the first number from 1 for which nothing is there yet. */
    static String nextFree(String prefix) {
        int n = 1;
        while (Files.exists(Path.of(prefix + n))) {
            n++;
        }
        return prefix + n;
    }
}
