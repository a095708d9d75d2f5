package uk.ac.manchester.tornado.api.exceptions;

/** A task is declared wrongly. */
public class TornadoTaskRuntimeException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Carries a sentence. */
    public TornadoTaskRuntimeException(String message) {
        super(message);
    }

    /** Carries a sentence and its cause. */
    public TornadoTaskRuntimeException(String message, Exception cause) {
        super(message, cause);
    }
}
