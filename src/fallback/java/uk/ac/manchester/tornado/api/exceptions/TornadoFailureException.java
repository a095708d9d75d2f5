package uk.ac.manchester.tornado.api.exceptions;

/** A task failed. */
public class TornadoFailureException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Carries a sentence. */
    public TornadoFailureException(String message) {
        super(message);
    }

    /** Carries the cause. */
    public TornadoFailureException(Exception cause) {
        super(cause);
    }
}
