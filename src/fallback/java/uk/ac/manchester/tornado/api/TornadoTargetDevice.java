package uk.ac.manchester.tornado.api;

/** The hardware behind a device. */
public interface TornadoTargetDevice {
    /** Returns the name. */
    String getDeviceName();

    /** Returns the memory in bytes. */
    long getDeviceGlobalMemorySize();

    /** Returns a work-group's local memory in bytes. */
    long getDeviceLocalMemorySize();

    /** Returns the number of processors. */
    int getDeviceMaxComputeUnits();

    /** Returns the largest single allocation in bytes. */
    long getDeviceMaxAllocationSize();
}
