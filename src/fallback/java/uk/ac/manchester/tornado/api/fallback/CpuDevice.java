package uk.ac.manchester.tornado.api.fallback;

import java.lang.management.ManagementFactory;
import java.util.List;
import uk.ac.manchester.tornado.api.TornadoBackend;
import uk.ac.manchester.tornado.api.TornadoRuntime;
import uk.ac.manchester.tornado.api.TornadoTargetDevice;
import uk.ac.manchester.tornado.api.common.TornadoDevice;
import uk.ac.manchester.tornado.api.enums.TornadoDeviceType;
import uk.ac.manchester.tornado.api.enums.TornadoVMBackendType;
import uk.ac.manchester.tornado.api.exceptions.TornadoDeviceNotFound;

/** The fallback's one device: the processors and the memory of this machine. */
public final class CpuDevice implements TornadoDevice, TornadoTargetDevice {
    /** The device. */
    public static final CpuDevice INSTANCE = new CpuDevice();
    private static final String NAME = "CPU fallback";

    private CpuDevice() { }

    /** Returns the backend that this device makes up. */
    public TornadoBackend backend() {
        return Backend.INSTANCE;
    }

    /** Returns the runtime that this device makes up. */
    public TornadoRuntime runtime() {
        return Backend.INSTANCE;
    }

    @Override
    public String getDeviceName() {
        return NAME;
    }

    @Override
    public String getDescription() {
        return NAME + ", " + getDeviceMaxComputeUnits() + " processors";
    }

    @Override
    public String getPlatformName() {
        return "Java";
    }

    @Override
    public TornadoTargetDevice getPhysicalDevice() {
        return this;
    }

    @Override
    public TornadoDeviceType getDeviceType() {
        return TornadoDeviceType.CPU;
    }

    @Override
    public long getMaxAllocMemory() {
        return getMaxGlobalMemory();
    }

    @Override
    public long getMaxGlobalMemory() {
        return ManagementFactory.getPlatformMXBean(com.sun.management.OperatingSystemMXBean.class).getTotalMemorySize();
    }

    @Override
    public long getDeviceLocalMemorySize() {
        return LocalMemory.LIMIT;
    }

    @Override
    public long[] getDeviceMaxWorkgroupDimensions() {
        return new long[] {WorkShape.MAX_LOCAL, WorkShape.MAX_LOCAL, WorkShape.MAX_LOCAL};
    }

    @Override
    public int getBackendIndex() {
        return 0;
    }

    @Override
    public TornadoVMBackendType getTornadoVMBackend() {
        return TornadoVMBackendType.JAVA;
    }

    @Override
    public long getDeviceGlobalMemorySize() {
        return getMaxGlobalMemory();
    }

    @Override
    public int getDeviceMaxComputeUnits() {
        return Runtime.getRuntime().availableProcessors();
    }

    @Override
    public long getDeviceMaxAllocationSize() {
        return getMaxAllocMemory();
    }

    private static final class Backend implements TornadoBackend, TornadoRuntime {
        static final Backend INSTANCE = new Backend();

        @Override
        public TornadoBackend getBackend(int index) {
            check(index);
            return this;
        }

        @Override
        public TornadoVMBackendType getBackendType(int index) {
            check(index);
            return getBackendType();
        }

        @Override
        public int getNumBackends() {
            return 1;
        }

        @Override
        public TornadoDevice getDefaultDevice() {
            return CpuDevice.INSTANCE;
        }

        @Override
        public int getNumDevices() {
            return 1;
        }

        @Override
        public TornadoDevice getDevice(int index) {
            check(index);
            return CpuDevice.INSTANCE;
        }

        @Override
        public List<TornadoDevice> getAllDevices() {
            return List.of(CpuDevice.INSTANCE);
        }

        @Override
        public TornadoDeviceType getTypeDefaultDevice() {
            return TornadoDeviceType.CPU;
        }

        @Override
        public String getName() {
            return NAME;
        }

        @Override
        public TornadoVMBackendType getBackendType() {
            return TornadoVMBackendType.JAVA;
        }

        private static void check(int index) {
            if (index != 0) {
                throw new TornadoDeviceNotFound("There is only device 0:0, the " + NAME + ", not number " + index);
            }
        }
    }
}
