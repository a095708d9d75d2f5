package org.llmrlpt.device;

import org.llmrlpt.config.UserError;
import uk.ac.manchester.tornado.api.TornadoRuntime;
import uk.ac.manchester.tornado.api.common.TornadoDevice;
import uk.ac.manchester.tornado.api.runtime.TornadoRuntimeProvider;

/** TornadoVM's devices. Asking for them loads TornadoVM, which then takes no more settings. */
public final class Devices {
    private Devices() {
    }

    /**
     * TornadoVM and all its devices.
     *
     * @throws UserError if it finds none, or no driver
     */
    public static TornadoRuntime runtime() {
        try {
            return TornadoRuntimeProvider.getTornadoRuntime();
        } catch (LinkageError e) {
            Throwable cause = e;
            while (cause.getCause() != null) {
                cause = cause.getCause();
            }
            // Its message is coloured, and announces a fallback that the settings forbid.
            String said = String.valueOf(cause.getMessage()).replaceAll("\u001B\\[[0-9;]*m", "")
                .replaceAll("\\[(WARNING|ERROR)] |\\. Deoptimizing to sequential execution\\.?", "").strip();
            throw new UserError("TornadoVM found no device (" + said + "): check the driver with 'tornado --devices', "
                + "or start with plain java to compute on the CPU", e);
        }
    }

    /**
     * The device that a run computes on: TornadoVM's first, or the one of the setting {@code device}.
     *
     * @throws UserError if there is none, or not that one
     */
    public static TornadoDevice chosen() {
        TornadoRuntime runtime = runtime();
        int backend = Integer.getInteger(TornadoSettings.BACKEND, 0);
        int device = Integer.getInteger(TornadoSettings.DEVICE, 0);
        if (backend >= runtime.getNumBackends() || device >= runtime.getBackend(backend).getNumDevices()) {
            throw new UserError("setting 'device' is " + backend + ":" + device + " but TornadoVM has no such device: "
                + "'llm-rlpt devices' without it lists those there are");
        }
        return runtime.getBackend(backend).getDevice(device);
    }
}
