package uk.ac.manchester.tornado.api.exceptions;

/** The runtime met something it cannot handle; an Error, so catch Throwable. */
public class TornadoInternalError extends Error {
    private static final long serialVersionUID = 1L;

    /** Carries a sentence, formatted with the arguments. */
    public TornadoInternalError(String message, Object... args) {
        super(args.length == 0 ? message : String.format(message, args));
    }

    /** Carries the cause. */
    public TornadoInternalError(Throwable cause) {
        super(cause);
    }
}
