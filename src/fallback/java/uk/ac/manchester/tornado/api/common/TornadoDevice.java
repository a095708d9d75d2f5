package uk.ac.manchester.tornado.api.common;

import uk.ac.manchester.tornado.api.TornadoTargetDevice;
import uk.ac.manchester.tornado.api.enums.TornadoDeviceType;
import uk.ac.manchester.tornado.api.enums.TornadoVMBackendType;

/** A device that runs graphs. */
public interface TornadoDevice {
    /** Returns the name. */
    String getDeviceName();

    /** Returns a sentence about the device. */
    String getDescription();

    /** Returns the platform's name. */
    String getPlatformName();

    /** Returns the hardware. */
    TornadoTargetDevice getPhysicalDevice();

    /** Returns the type. */
    TornadoDeviceType getDeviceType();

    /** Returns the largest single allocation in bytes. */
    long getMaxAllocMemory();

    /** Returns the memory in bytes. */
    long getMaxGlobalMemory();

    /** Returns a work-group's local memory in bytes. */
    long getDeviceLocalMemorySize();

    /** Returns the largest work-group in each dimension. */
    long[] getDeviceMaxWorkgroupDimensions();

    /** Returns the backend's index. */
    int getBackendIndex();

    /** Returns the number of processors. */
    default int getAvailableProcessors() {
        return Runtime.getRuntime().availableProcessors();
    }

    /** Returns the backend's type. */
    TornadoVMBackendType getTornadoVMBackend();
}
