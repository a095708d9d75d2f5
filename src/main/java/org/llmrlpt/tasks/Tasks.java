package org.llmrlpt.tasks;

import org.llmrlpt.config.TaskSettings;
import org.llmrlpt.config.UserError;

/** Finds the task that settings name. */
public final class Tasks {
    private Tasks() {
    }

    /**
     * The task.
     *
     * @param seed decides which training problems come, and in which order
     * @throws UserError for a name that is neither a built-in task nor a file, and for whatever is wrong with the file
     */
    public static Task open(TaskSettings settings, long seed) {
        throw new UserError("there is no task '" + settings.name() + "'");
    }
}
