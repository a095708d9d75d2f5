package uk.ac.manchester.tornado.api.exceptions;

/** Closing a plan failed. */
public class TornadoExecutionPlanException extends Exception {
    private static final long serialVersionUID = 1L;

    /** Carries a sentence. */
    public TornadoExecutionPlanException(String message) {
        super(message);
    }

    /** Carries a sentence and its cause. */
    public TornadoExecutionPlanException(String message, Throwable cause) {
        super(message, cause);
    }
}
