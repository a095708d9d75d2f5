package uk.ac.manchester.tornado.api.exceptions;

/** The API is used wrongly. */
public class TornadoAPIException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Carries a sentence and its cause. */
    public TornadoAPIException(String message, Exception cause) {
        super(message, cause);
    }

    /** Carries a sentence. */
    public TornadoAPIException(String message) {
        super(message);
    }
}
