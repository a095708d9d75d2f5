package uk.ac.manchester.tornado.api.exceptions;

/** The device memory does not suffice. */
public class TornadoOutOfMemoryException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Carries a sentence. */
    public TornadoOutOfMemoryException(String message) {
        super(message);
    }
}
