package uk.ac.manchester.tornado.api.fallback;

/** A task's functional interface, called with its arguments in an array. */
@FunctionalInterface
public interface TaskCode {
    /** Runs the task. */
    void run(Object[] arguments);
}
