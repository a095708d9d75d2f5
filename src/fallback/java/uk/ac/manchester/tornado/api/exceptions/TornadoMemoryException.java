package uk.ac.manchester.tornado.api.exceptions;

/** The memory limit set on the plan does not suffice. */
public class TornadoMemoryException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Carries a sentence. */
    public TornadoMemoryException(String message) {
        super(message);
    }
}
