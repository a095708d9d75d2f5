package uk.ac.manchester.tornado.api.exceptions;

/** A task could not be compiled or run on the device. */
public class TornadoBailoutRuntimeException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Carries a sentence. */
    public TornadoBailoutRuntimeException(String message) {
        super(message);
    }

    /** Carries a sentence and its cause. */
    public TornadoBailoutRuntimeException(String message, Exception cause) {
        super(message, cause);
    }
}
