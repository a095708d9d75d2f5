package org.llmrlpt.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.llmrlpt.config.EvalSettings;
import org.llmrlpt.files.JsonFile;
import org.llmrlpt.tasks.Problem;
import org.llmrlpt.tasks.ReferenceCheck;
import org.llmrlpt.tasks.Task;
import org.llmrlpt.tasks.Tasks;

/** {@code eval check-references=true}: whether a task's verifier can tell right answers from wrong ones. */
final class ReferenceReport {
    private static final int BUILT_IN_PROBLEMS = 1000;

    private ReferenceReport() {
    }

    /** Checks and prints. */
    static void run(EvalSettings s, Console console) {
        Task task = Tasks.openWhole(s.task());
        List<Problem> problems = task.test(s.problems() != null ? s.problems()
            : Tasks.isBuiltIn(s.task()) ? BUILT_IN_PROBLEMS : Integer.MAX_VALUE);
        ReferenceCheck check = ReferenceCheck.of(problems, task.verifier());
        if (!s.json()) {
            console.table(List.of(List.of(check.problems() + " problems of " + task.name(), "right"),
                List.of("with their own reference answer", percent(check.referenceAccuracy())),
                List.of("with another problem's answer", percent(check.shuffledAccuracy())),
                List.of("pairs of problems with equal answers", percent(check.accidentalAccuracy()))));
            return;
        }
        Map<String, Object> m = new LinkedHashMap<>();
        m.put("task", task.name());
        m.put("problems", check.problems());
        m.put("reference_accuracy", check.referenceAccuracy());
        m.put("shuffled_accuracy", check.shuffledAccuracy());
        m.put("accidental_accuracy", check.accidentalAccuracy());
        console.line(JsonFile.line(m));
    }

    private static String percent(double share) {
        return Double.isNaN(share) ? "-" : String.format(Locale.ROOT, "%.2f %%", share * 100);
    }
}
