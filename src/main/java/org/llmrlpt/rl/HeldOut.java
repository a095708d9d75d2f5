package org.llmrlpt.rl;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.llmrlpt.config.LengthStages;
import org.llmrlpt.config.RlSettings;
import org.llmrlpt.config.UserError;
import org.llmrlpt.data.tokenizer.Tokenizer;
import org.llmrlpt.eval.Accuracy;
import org.llmrlpt.eval.TaskEvaluation;
import org.llmrlpt.eval.TaskEvaluation.Sample;
import org.llmrlpt.generate.Completion;
import org.llmrlpt.generate.GenerationEngine;
import org.llmrlpt.generate.Sampling;
import org.llmrlpt.random.RandomStream;
import org.llmrlpt.tasks.Problem;
import org.llmrlpt.tasks.Task;

/**
 * The policy's answers to held-out problems along a run. The random numbers are the same every time, so that two
 * evaluations differ by their weights only.
 */
final class HeldOut {
    private final RlSettings settings;
    private final GenerationEngine engine;
    private final TaskEvaluation evaluation;
    private final LengthStages stages;
    private final long seed;

    /** @throws UserError if the task holds no problem out */
    HeldOut(RlSettings settings, GenerationEngine engine, Tokenizer tokenizer, Task task,
        LengthStages stages) {
        this.settings = settings;
        this.engine = engine;
        this.stages = stages;
        List<Problem> problems = task.test(settings.evaluateProblems());
        if (problems.isEmpty()) {
            throw new UserError("the task " + task.name() + " has no problems to measure with: give some with"
                + " task.held-out=FILE, raise task.held-out-fraction, or set evaluate.problems=0");
        }
        evaluation = new TaskEvaluation(tokenizer, problems, task.verifier(), settings.task().begin());
        seed = RandomStream.of(settings.seed(), "evaluation").nextLong();
    }

    /** What was measured, and the answers. */
    record Result(EvaluationReport report, List<Sample> samples) {
        /** The answers for people to read, a map each. */
        List<Map<String, Object>> readable() {
            return samples.stream().map(s -> {
                Map<String, Object> m = new LinkedHashMap<>();
                m.put("problem", s.problem().id());
                m.put("prompt", s.problem().prompt());
                m.put("completion", s.text());
                m.put("reference", s.problem().answer());
                m.put("correct", s.verdict().correct());
                m.put("tokens", s.completion().tokens().length);
                m.put("truncated", s.completion().ending() == Completion.Ending.TRUNCATED);
                return m;
            }).toList();
        }
    }

    /**
     * Asks all problems.
     *
     * @param done steps done
     * @return empty if the stop signal came
     */
    Optional<Result> run(long done, BooleanSupplier stop) {
        long begin = System.nanoTime();
        List<Sample> samples = new ArrayList<>();
        Accuracy accuracy = evaluation.run(engine, new Sampling(settings.temperature(), 0, 1),
            settings.evaluateSamples(), stages.at(Math.max(0, done - 1)), seed, stop, samples::add);
        if (stop.getAsBoolean()) {
            return Optional.empty();
        }
        double length = samples.stream().mapToInt(s -> s.completion().tokens().length).average().orElse(Double.NaN);
        double entropy = Group.entropy(samples.stream().map(Sample::completion).toList());
        return Optional.of(new Result(new EvaluationReport(done, accuracy.problems(), settings.evaluateSamples(),
            accuracy.avg(), length, entropy, (System.nanoTime() - begin) / 1e9), samples));
    }
}
