package org.llmrlpt.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.llmrlpt.config.FileProblem;
import org.llmrlpt.config.UserError;
import org.llmrlpt.files.JsonFile;
import org.llmrlpt.files.RunFolder;

/** The page of a single run: its curves, how it ended, what it wrote and its settings. */
public final class RunReport {
    private static final int MOST_SAMPLES = 12;
    private static final int LONGEST_SAMPLE = 4000;

    private RunReport() {
    }

    /**
     * Writes the page of a run, finished or not, from the files in its folder.
     *
     * @throws UserError if the folder is not one of a run, or has no metrics yet
     */
    public static void write(Path run, Path file) {
        if (!Files.isRegularFile(run.resolve(RunFolder.CONFIG))) {
            throw new UserError(run + " is not a run folder: it has no " + RunFolder.CONFIG
                + "; name one that pretrain or rl has made");
        }
        List<Chart> charts = RunCharts.of(Metrics.of(run));
        if (charts.isEmpty()) {
            throw new UserError("the run " + run + " has no steps to report on yet: wait for the first ones");
        }
        Page page = new Page("Run " + run.toAbsolutePath().normalize().getFileName());
        boolean finished = Files.isRegularFile(run.resolve(RunFolder.SUMMARY));
        if (finished) {
            page.heading("Result").table(rows(JsonFile.readObject(run.resolve(RunFolder.SUMMARY))), false);
        } else {
            page.note("The run has not finished: this is what there is so far.");
        }
        page.heading("Curves").note("Lines of more points than fit are means of equal parts, with the least and "
            + "greatest value of each part as band. Other bands are 95 % intervals.").charts(charts);
        addSamples(page, run.resolve(RunFolder.SAMPLES));
        page.heading("Settings").table(rows(JsonFile.readObject(run.resolve(RunFolder.CONFIG))), false);
        page.write(file);
    }

    private static List<List<String>> rows(JsonNode object) {
        List<List<String>> rows = new ArrayList<>();
        object.properties().forEach(e -> {
            JsonNode value = e.getValue();
            rows.add(List.of(e.getKey(), value.isFloatingPointNumber()
                ? String.format(Locale.ROOT, "%.6g", value.doubleValue()) : value.asText(value.toString())));
        });
        return rows;
    }

    /** The first, the last and others evenly between; the last one is open. */
    private static void addSamples(Page page, Path folder) {
        List<Path> files = new ArrayList<>();
        if (Files.isDirectory(folder)) {
            try (Stream<Path> all = Files.list(folder)) {
                all.filter(Files::isRegularFile).sorted().forEach(files::add);
            } catch (IOException e) {
                throw FileProblem.reading(folder, e);
            }
        }
        if (files.isEmpty()) {
            return;
        }
        page.heading("Samples");
        int shown = Math.min(MOST_SAMPLES, files.size());
        for (int i = 0; i < shown; i++) {
            Path file = files.get(shown == 1 ? 0 : (int) ((long) i * (files.size() - 1) / (shown - 1)));
            try {
                String text = Files.readString(file);
                page.text(file.getFileName().toString(), text.length() <= LONGEST_SAMPLE ? text
                    : text.substring(0, LONGEST_SAMPLE) + "…", i == shown - 1);
            } catch (IOException e) {
                throw FileProblem.reading(file, e);
            }
        }
    }
}
