package uk.ac.manchester.tornado.api.exceptions;

/** No such device. */
public class TornadoDeviceNotFound extends TornadoRuntimeException {
    private static final long serialVersionUID = 1L;

    /** Carries a sentence. */
    public TornadoDeviceNotFound(String message) {
        super(message);
    }
}
