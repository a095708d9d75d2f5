package org.llmrlpt.tasks;

import java.nio.file.Files;
import java.nio.file.Path;
import org.llmrlpt.config.Binder;
import org.llmrlpt.config.TaskSettings;
import org.llmrlpt.config.TaskSettings.Compare;
import org.llmrlpt.config.TaskSettings.Find;
import org.llmrlpt.config.UserError;
import org.llmrlpt.data.builtin.BuiltinTasks;
import org.llmrlpt.tasks.answers.Finder;

/** Finds the task that settings name. */
public final class Tasks {
    private Tasks() {
    }

    /**
     * The task, with problems to train on and others to measure with.
     *
     * @param seed decides which training problems come, and in which order
     * @throws UserError for a name that is neither a built-in task nor a file, and for whatever is wrong with the file
     */
    public static Task open(TaskSettings settings, long seed) {
        return open(settings, seed, false);
    }

    /** The task to measure with only: all problems of a file, or the held-out ones of a built-in task. */
    public static Task openWhole(TaskSettings settings) {
        return open(settings, 0, true);
    }

    /** Whether the settings name made-up problems, of which there are any number. */
    public static boolean isBuiltIn(TaskSettings settings) {
        return settings.name() != null && BuiltinTasks.isName(settings.name());
    }

    private static Task open(TaskSettings s, long seed, boolean whole) {
        if (s.name() == null) {
            throw new UserError("setting 'task' is missing: name a built-in task such as arithmetic, or a .jsonl file");
        }
        if (isBuiltIn(s)) {
            refuse("task.prompt-field", s.promptField());
            refuse("task.answer-field", s.answerField());
            refuse("task.template", s.template());
            refuse("task.held-out", s.heldOut());
            return new BuiltinTask(s, seed);
        }
        if (!Files.isRegularFile(Path.of(s.name()))) {
            throw new UserError("there is no task and no file '" + s.name() + "'"
                + Binder.suggestion(s.name(), BuiltinTasks.names()) + ": name a .jsonl file or one of "
                + String.join(", ", BuiltinTasks.names()));
        }
        if (s.level() != null) {
            throw new UserError("setting 'task.level' is for built-in tasks only: leave it out for a file");
        }
        if (whole && s.heldOut() != null) {
            throw new UserError("setting 'task.held-out' has no place here, where 'task' itself is the file to measure"
                + " with: give " + s.heldOut() + " as 'task'");
        }
        return new FileTask(s, whole, seed);
    }

    private static void refuse(String key, String value) {
        if (value != null) {
            throw new UserError("setting '" + key + "' is for task files only: leave it out for a built-in task");
        }
    }

    /** Checks answers as the settings say; where they leave it to the task, as it usually does. */
    static Verifier verifier(TaskSettings s, Finder usual, boolean usuallyExact) {
        return new AnswerVerifier(s.find() == Find.AUTO ? usual : Finder.valueOf(s.find().name()),
            s.compare() == Compare.AUTO ? usuallyExact : s.compare() == Compare.EXACT);
    }
}
