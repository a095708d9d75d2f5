package org.llmrlpt.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.llmrlpt.config.Binder;
import org.llmrlpt.config.EvalSettings;
import org.llmrlpt.config.UserError;
import org.llmrlpt.eval.Accuracy;
import org.llmrlpt.eval.Estimate;
import org.llmrlpt.eval.SampleStatistics;
import org.llmrlpt.files.AtomicFolder;
import org.llmrlpt.files.JsonFile;
import org.llmrlpt.kernels.Kernels;
import org.llmrlpt.kernels.cpu.Workers;
import org.llmrlpt.tasks.Task;
import org.llmrlpt.train.SavedModel;
import org.llmrlpt.train.TaskMeasurement;

/** {@code eval task=…}: Avg@n, Cons@n and Pass@k of a checkpoint, and the samples that they come from. */
final class TaskReport {
    private static final String OUTPUT = "runs/eval-";

    private TaskReport() {
    }

    /** Samples, judges, writes and prints. */
    static void run(EvalSettings s, Console console) {
        Kernels kernels = KernelSets.choose(s.device());
        Workers.use(s.device().workers());
        try (TaskMeasurement measurement = new TaskMeasurement(s, SavedModel.open(s.checkpoint()), kernels);
                StopSignal stop = StopSignal.install()) {
            Path output = createOutput(s);
            try (ProgressBar bar = s.json() ? null
                    : console.progress("eval", "samples", 0, measurement.samples())) {
                measurement.run(output, stop, bar == null ? n -> { } : bar::update);
            }
            if (measurement.accuracy().problems() == 0) {
                throw new UserError("stopped before the first problems were done: nothing was measured");
            }
            Map<String, Object> results = measurement.results();
            JsonFile.write(output.resolve("results.json"), results);
            if (s.json()) {
                console.line(JsonFile.line(results));
                return;
            }
            console.table(table(measurement.task(), measurement.accuracy(), measurement.statistics(), s.samples()));
            console.line((stop.getAsBoolean() ? "stopped early; " : "") + "samples and results are in " + output);
        }
    }

    private static Path createOutput(EvalSettings s) {
        Path output = Path.of(s.output() == null ? Runs.nextFree(OUTPUT) : s.output());
        if (Files.exists(output)) {
            throw new UserError("there is something at " + output + " already: choose another folder with output=");
        }
        AtomicFolder.create(output, temporary -> JsonFile.write(temporary.resolve("config.json"), Binder.unbind(s)));
        return output;
    }

    private static List<List<String>> table(Task task, Accuracy accuracy, SampleStatistics statistics, int samples) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of(accuracy.problems() + " problems of " + task.name(), "value", "95 % from", "to"));
        rows.add(row("Avg@" + samples, accuracy.avg()));
        rows.add(row("Cons@" + samples, accuracy.cons()));
        Estimate[] pass = accuracy.passAtEveryK();
        for (int k = 1; k < samples; k *= 2) {
            rows.add(row("Pass@" + k, pass[k - 1]));
        }
        rows.add(row("Pass@" + samples, pass[samples - 1]));
        rows.add(List.of("tokens of a completion", String.format(Locale.ROOT, "%.1f", statistics.meanLength())));
        rows.add(List.of("share cut at the limit", String.format(Locale.ROOT, "%.4f", statistics.truncated())));
        rows.add(List.of("share without an answer", String.format(Locale.ROOT, "%.4f", statistics.withoutAnswer())));
        rows.add(List.of("entropy (nats per token)", String.format(Locale.ROOT, "%.4f", statistics.entropy())));
        return rows;
    }

    private static List<String> row(String name, Estimate e) {
        return List.of(name, String.format(Locale.ROOT, "%.4f", e.value()), String.format(Locale.ROOT, "%.4f", e.low()),
            String.format(Locale.ROOT, "%.4f", e.high()));
    }
}
