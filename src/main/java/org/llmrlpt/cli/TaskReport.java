package org.llmrlpt.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.llmrlpt.config.Binder;
import org.llmrlpt.config.EvalSettings;
import org.llmrlpt.config.UserError;
import org.llmrlpt.data.FileProblem;
import org.llmrlpt.data.tokenizer.Tokenizer;
import org.llmrlpt.device.Session;
import org.llmrlpt.eval.Accuracy;
import org.llmrlpt.eval.Estimate;
import org.llmrlpt.eval.SampleStatistics;
import org.llmrlpt.eval.TaskEvaluation;
import org.llmrlpt.files.JsonFile;
import org.llmrlpt.files.JsonLines;
import org.llmrlpt.generate.GenerationEngine;
import org.llmrlpt.generate.Sampling;
import org.llmrlpt.kernels.KernelSets;
import org.llmrlpt.kernels.Kernels;
import org.llmrlpt.kernels.cpu.Workers;
import org.llmrlpt.nn.Transformer;
import org.llmrlpt.tasks.Problem;
import org.llmrlpt.tasks.Task;
import org.llmrlpt.tasks.Tasks;
import org.llmrlpt.train.SavedModel;

/** {@code eval task=…}: Avg@n, Cons@n and Pass@k of a checkpoint, and the samples that they come from. */
final class TaskReport {
    private static final int DEFAULT_PROBLEMS = 200;
    private static final int DEFAULT_NEW_TOKENS = 256;
    private static final String OUTPUT = "runs/eval-";

    private TaskReport() {
    }

    /** Samples, judges, writes and prints. */
    static void run(EvalSettings s, Console console) {
        Task task = Tasks.openWhole(s.task());
        List<Problem> problems = task.test(s.problems() != null ? s.problems()
            : Tasks.isBuiltIn(s.task()) ? DEFAULT_PROBLEMS : Integer.MAX_VALUE);
        Kernels kernels = KernelSets.choose(s.device());
        Workers.use(s.device().workers());
        SavedModel saved = SavedModel.open(s.checkpoint());
        Tokenizer tokenizer = saved.tokenizer(s.tokenizer());
        TaskEvaluation evaluation = new TaskEvaluation(tokenizer, problems, task.verifier(), s.task().begin());
        int newTokens = newTokens(s, evaluation.longestPrompt(), saved.shape().maxLength());
        int length = evaluation.longestPrompt() + newTokens;
        Path output = createOutput(s);
        SampleStatistics statistics = new SampleStatistics();
        try (Session session = new Session(); StopSignal stop = StopSignal.install()) {
            Transformer model = saved.reserve(session, length);
            GenerationEngine engine = new GenerationEngine(session, kernels, model, tokenizer.vocabularySize(),
                s.slots(), length);
            session.memoryPlan().requireFits(s.device().memoryBytes());
            session.start();
            saved.load(session, model);
            long begin = System.nanoTime();
            Accuracy accuracy;
            try (JsonLines lines = JsonLines.open(output.resolve("samples.jsonl"));
                    ProgressBar bar = s.json() ? null
                        : console.progress("eval", "samples", 0, (long) problems.size() * s.samples())) {
                accuracy = evaluation.run(engine, Sampling.of(s.sampling()), s.samples(), newTokens, s.seed(), stop,
                    sample -> {
                        lines.write(line(sample));
                        statistics.add(sample);
                        if (bar != null) {
                            bar.update(statistics.count());
                        }
                    });
            }
            if (accuracy.problems() == 0) {
                throw new UserError("stopped before the first problems were done: nothing was measured");
            }
            Map<String, Object> results = results(s, saved, task, accuracy, statistics,
                (System.nanoTime() - begin) / 1e9);
            JsonFile.write(output.resolve("results.json"), results);
            if (s.json()) {
                console.line(JsonFile.line(results));
                return;
            }
            console.table(table(task, accuracy, statistics, s.samples()));
            console.line((stop.getAsBoolean() ? "stopped early; " : "") + "samples and results are in " + output);
        }
    }

    private static int newTokens(EvalSettings s, int longestPrompt, int longest) {
        if (longestPrompt >= longest) {
            throw new UserError("the longest prompt has " + longestPrompt + " tokens but the model was made for "
                + longest + " in all: choose shorter problems, or a model for longer texts");
        }
        int left = longest - longestPrompt;
        if (s.maxNewTokens() != null && s.maxNewTokens() > left) {
            throw new UserError("setting 'max-new-tokens' is " + s.maxNewTokens() + " but the model was made for "
                + longest + " tokens, of which the longest prompt takes " + longestPrompt + ": set it to at most "
                + left);
        }
        return s.maxNewTokens() != null ? s.maxNewTokens() : Math.min(DEFAULT_NEW_TOKENS, left);
    }

    private static Path createOutput(EvalSettings s) {
        Path output = Path.of(s.output() == null ? Runs.nextFree(OUTPUT) : s.output());
        if (Files.exists(output)) {
            throw new UserError("there is something at " + output + " already: choose another folder with output=");
        }
        try {
            Files.createDirectories(output);
        } catch (IOException e) {
            throw FileProblem.writing(output, e);
        }
        JsonFile.write(output.resolve("config.json"), Binder.unbind(s));
        return output;
    }

    private static Map<String, Object> line(TaskEvaluation.Sample sample) {
        Map<String, Object> m = new LinkedHashMap<>();
        m.put("problem", sample.problem().id());
        m.put("sample", sample.number());
        m.put("prompt", sample.problem().prompt());
        m.put("completion", sample.text());
        m.put("answer", sample.verdict().answer());
        m.put("reference", sample.problem().answer());
        m.put("correct", sample.verdict().correct());
        m.put("tokens", sample.completion().tokens().length);
        m.put("ending", sample.completion().ending().name().toLowerCase(Locale.ROOT));
        return m;
    }

    private static Map<String, Object> results(EvalSettings s, SavedModel saved, Task task, Accuracy accuracy,
        SampleStatistics statistics, double seconds) {
        Map<String, Object> m = new LinkedHashMap<>();
        m.put("checkpoint", saved.folder().toString());
        m.put("task", task.name());
        m.put("problems", accuracy.problems());
        m.put("samples", s.samples());
        m.put("temperature", s.sampling().temperature());
        m.put("top_k", s.sampling().topK());
        m.put("top_p", s.sampling().topP());
        m.put("seed", s.seed());
        put(m, "avg", accuracy.avg());
        put(m, "cons", accuracy.cons());
        Map<String, Estimate> pass = new LinkedHashMap<>();
        Estimate[] all = accuracy.passAtEveryK();
        for (int k = 1; k <= all.length; k++) {
            pass.put(Integer.toString(k), all[k - 1]);
        }
        m.put("pass_at_k", pass);
        m.put("response_length", statistics.meanLength());
        m.put("truncated", statistics.truncated());
        m.put("without_answer", statistics.withoutAnswer());
        m.put("entropy", statistics.entropy());
        m.put("seconds", seconds);
        m.put("tokens_per_second", statistics.tokens() / seconds);
        return m;
    }

    private static void put(Map<String, Object> m, String name, Estimate e) {
        m.put(name, e.value());
        m.put(name + "_low", e.low());
        m.put(name + "_high", e.high());
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
