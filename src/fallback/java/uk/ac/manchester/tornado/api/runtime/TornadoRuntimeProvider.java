package uk.ac.manchester.tornado.api.runtime;

import uk.ac.manchester.tornado.api.TornadoRuntime;
import uk.ac.manchester.tornado.api.fallback.CpuDevice;

/** The way to the list of backends. */
public class TornadoRuntimeProvider {
    /** Returns the runtime: the fallback's, with one backend of one device. */
    public static TornadoRuntime getTornadoRuntime() {
        return CpuDevice.INSTANCE.runtime();
    }
}
