package uk.ac.manchester.tornado.runtime.common;

import uk.ac.manchester.tornado.api.common.TornadoDevice;

/** A device that TornadoVM's runtime drives; the fallback has none. */
public interface TornadoXPUDevice extends TornadoDevice {
}
