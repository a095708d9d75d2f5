package uk.ac.manchester.tornado.api.exceptions;

/** Something is wrong with a graph, a plan or their use. */
public class TornadoRuntimeException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Carries a sentence. */
    public TornadoRuntimeException(String message) {
        super(message);
    }

    /** Carries the cause. */
    public TornadoRuntimeException(Exception cause) {
        super(cause);
    }
}
