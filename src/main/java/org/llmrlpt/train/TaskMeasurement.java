package org.llmrlpt.train;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;
import org.llmrlpt.config.EvalSettings;
import org.llmrlpt.config.UserError;
import org.llmrlpt.data.tokenizer.Tokenizer;
import org.llmrlpt.device.Session;
import org.llmrlpt.eval.Accuracy;
import org.llmrlpt.eval.Estimate;
import org.llmrlpt.eval.SampleStatistics;
import org.llmrlpt.eval.TaskEvaluation;
import org.llmrlpt.files.JsonLines;
import org.llmrlpt.generate.GenerationEngine;
import org.llmrlpt.generate.Sampling;
import org.llmrlpt.kernels.Kernels;
import org.llmrlpt.nn.Transformer;
import org.llmrlpt.tasks.Problem;
import org.llmrlpt.tasks.Task;
import org.llmrlpt.tasks.Tasks;

/** The evaluation of a checkpoint on a task's problems: samples, judges, and keeps every sample in a file. */
public final class TaskMeasurement implements AutoCloseable {
    private static final int DEFAULT_PROBLEMS = 200;
    private static final int DEFAULT_NEW_TOKENS = 256;
    private static final String SAMPLES = "samples.jsonl";

    private final EvalSettings settings;
    private final SavedModel saved;
    private final Task task;
    private final TaskEvaluation evaluation;
    private final int problems;
    private final int newTokens;
    private final Session session;
    private final Transformer model;
    private final GenerationEngine engine;
    private final SampleStatistics statistics = new SampleStatistics();
    private Accuracy accuracy;
    private double seconds;

    /** Records all programs; nothing is allocated or computed yet. */
    public TaskMeasurement(EvalSettings settings, SavedModel saved, Kernels kernels) {
        session = new Session(settings.device());
        this.settings = settings;
        this.saved = saved;
        task = Tasks.openWhole(settings.task());
        Tokenizer tokenizer = saved.tokenizer(settings.tokenizer());
        List<Problem> asked = problems(settings, task);
        problems = asked.size();
        evaluation = new TaskEvaluation(tokenizer, asked, task.verifier(), settings.task().begin());
        newTokens = newTokens(settings, evaluation.longestPrompt(), saved.shape().maxLength());
        int length = evaluation.longestPrompt() + newTokens;
        model = saved.reserve(session, length);
        int slots = (int) Math.min(settings.slots(), (long) problems * settings.samples());
        engine = new GenerationEngine(session, kernels, model, tokenizer.vocabularySize(), slots, length);
        session.memoryPlan().requireFits(settings.device().memoryBytes());
    }

    /**
     * Refuses a task whose problems do not fit, before there is a model.
     *
     * @param longest tokens that the model will be made for
     */
    public static void require(EvalSettings settings, Tokenizer tokenizer, int longest) {
        Task task = Tasks.openWhole(settings.task());
        newTokens(settings, new TaskEvaluation(tokenizer, problems(settings, task), task.verifier(),
            settings.task().begin()).longestPrompt(), longest);
    }

    private static List<Problem> problems(EvalSettings s, Task task) {
        return task.test(s.problems() != null ? s.problems()
            : Tasks.isBuiltIn(s.task()) ? DEFAULT_PROBLEMS : Integer.MAX_VALUE);
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

    /**
     * Samples and judges.
     *
     * @param output an existing folder for the samples
     * @param progress hears how many samples are done
     */
    public void run(Path output, BooleanSupplier stop, LongConsumer progress) {
        session.start();
        saved.load(session, model);
        long begin = System.nanoTime();
        try (JsonLines lines = JsonLines.open(output.resolve(SAMPLES))) {
            accuracy = evaluation.run(engine, Sampling.of(settings.sampling()), settings.samples(), newTokens,
                settings.seed(), stop, sample -> {
                    lines.write(line(sample));
                    statistics.add(sample);
                    progress.accept(statistics.count());
                });
        }
        seconds = (System.nanoTime() - begin) / 1e9;
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

    /** Samples of a run that is not stopped. */
    public long samples() {
        return (long) problems * settings.samples();
    }

    /** The task. */
    public Task task() {
        return task;
    }

    /** The metrics; of fewer problems where the stop signal came. */
    public Accuracy accuracy() {
        return accuracy;
    }

    /** Lengths, endings and entropy of the samples. */
    public SampleStatistics statistics() {
        return statistics;
    }

    /** What was measured, under its names in files. */
    public Map<String, Object> results() {
        Map<String, Object> m = new LinkedHashMap<>();
        m.put("checkpoint", saved.folder().toString());
        m.put("task", task.name());
        m.put("problems", accuracy.problems());
        m.put("samples", settings.samples());
        m.put("temperature", settings.sampling().temperature());
        m.put("top_k", settings.sampling().topK());
        m.put("top_p", settings.sampling().topP());
        m.put("seed", settings.seed());
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

    @Override
    public void close() {
        session.close();
    }
}
