package uk.ac.manchester.tornado.api.exceptions;

/** The device has no 16-bit floats. */
public class TornadoDeviceFP16NotSupported extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Carries a sentence. */
    public TornadoDeviceFP16NotSupported(String message) {
        super(message);
    }
}
