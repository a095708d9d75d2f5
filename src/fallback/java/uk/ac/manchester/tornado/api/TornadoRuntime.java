package uk.ac.manchester.tornado.api;

import uk.ac.manchester.tornado.api.common.TornadoDevice;
import uk.ac.manchester.tornado.api.enums.TornadoVMBackendType;

/** The list of backends. */
public interface TornadoRuntime {
    /** Returns a backend. */
    TornadoBackend getBackend(int index);

    /** Returns a backend's type. */
    TornadoVMBackendType getBackendType(int index);

    /** Returns the number of backends. */
    int getNumBackends();

    /** Returns the device that plans use unless told otherwise. */
    TornadoDevice getDefaultDevice();
}
