package org.llmrlpt.device;

import java.lang.reflect.Field;
import org.llmrlpt.config.UserError;

/**
 * The one place that sets TornadoVM's own properties. It must speak before TornadoVM's classes load, and
 * {@link #verify} refuses to go on if it came too late: with the defaults, failures become silent wrong numbers.
 */
public final class TornadoSettings {
    /** TornadoVM's properties for its backend and the device in it, by number. */
    static final String BACKEND = "tornado.backend";
    static final String DEVICE = "tornado.device";

    private static final String BAILOUT = "tornado.recover.bailout";
    private static final String BYTECODE_SIZE = "tornado.tvm.maxbytecodesize";
    private static final String DEVICE_MEMORY = "tornado.device.memory";
    private static final long DEFAULT_DEVICE_MEGABYTES = 4096;
    private static final String OPENCL_FLAGS = "tornado.opencl.compiler.flags";
    private static final String OPTIONS_CLASS = "uk.ac.manchester.tornado.runtime.common.TornadoOptions";
    private static final String BACKEND_MODULES = "tornado.drivers.";
    private static final String CUDA_MODULE = BACKEND_MODULES + "cuda";
    private static final String FALLBACK_CLASS = "uk.ac.manchester.tornado.api.fallback.FallbackRuntime";

    private TornadoSettings() {
    }

    /** Whether the API's classes are our CPU fallback's rather than TornadoVM's. */
    public static boolean isFallback() {
        try {
            Class.forName(FALLBACK_CLASS, false, TornadoSettings.class.getClassLoader());
            // Under tornado the fallback's jar is still on the class path, but the module tornado.api hides its
            // package.
            return ModuleLayer.boot().findModule("tornado.api").isEmpty();
        } catch (ClassNotFoundException e) {
            return false;
        }
    }

    /**
     * Whether this is TornadoVM with a backend made for NVIDIA: asked of the modules, not of TornadoVM, whose classes
     * may not load before its settings are made.
     */
    public static boolean hasNvidiaBackend() {
        return hasModule(BACKEND_MODULES + "ptx") || hasCudaBackend();
    }

    /** The same for the backend through which libraries such as cuBLAS can be called. */
    public static boolean hasCudaBackend() {
        return hasModule(CUDA_MODULE);
    }

    /** Whether that one is the only one, so that every device is one of its. */
    public static boolean hasCudaBackendAlone() {
        return hasCudaBackend() && ModuleLayer.boot().modules().stream().map(Module::getName)
            .filter(name -> name.startsWith(BACKEND_MODULES))
            .allMatch(name -> name.equals(CUDA_MODULE) || name.equals(BACKEND_MODULES + "common"));
    }

    private static boolean hasModule(String name) {
        return !isFallback() && ModuleLayer.boot().findModule(name).isPresent();
    }

    /**
     * Sets the properties that every run needs.
     *
     * @param device "BACKEND:DEVICE" of TornadoVM, or anything else for its default
     */
    public static void beforeStart(String device) {
        // Off: a kernel that does not compile must stop the run, not become sequential Java on stale host arrays.
        System.setProperty(BAILOUT, "False");
        // The default of 4096 bytes overflows with about 100 tasks.
        setIfAbsent(BYTECODE_SIZE, "262144");
        // The default adds -cl-fast-relaxed-math, under which OpenCL may assume that NaN and infinity never occur:
        // tried on PoCL, v - v != 0 was false for both.
        setIfAbsent(OPENCL_FLAGS, "-cl-mad-enable -w");
        if (device.matches("\\d+:\\d+")) {
            String[] parts = device.split(":");
            System.setProperty(BACKEND, parts[0]);
            System.setProperty(DEVICE, parts[1]);
        }
    }

    /**
     * Sets the device memory that TornadoVM may use, at least its own default whatever the device has: the limit holds
     * for the whole JVM, in which later sessions may need more than the first. It reserves nothing.
     */
    static void deviceMemory(long bytes) {
        setIfAbsent(DEVICE_MEMORY, Math.max(DEFAULT_DEVICE_MEGABYTES, (bytes + (1 << 20) - 1) / (1 << 20)) + "MB");
    }

    private static void setIfAbsent(String name, String value) {
        if (System.getProperty(name) == null) {
            System.setProperty(name, value);
        }
    }

    /** Refuses to run on a TornadoVM that lacks the device or did not take the settings. */
    static void verify(long neededBytes) {
        if (isFallback()) {
            return;
        }
        Devices.chosen();
        if (option("RECOVER_BAILOUT") instanceof Boolean recover && recover) {
            throw new UserError("TornadoVM would replace failing kernels by wrong results (tornado.recover.bailout is "
                + "True): start it with --jvm=\"-Dtornado.recover.bailout=False\"");
        }
        if (option("DEVICE_AVAILABLE_MEMORY") instanceof Long available && available < neededBytes) {
            throw new UserError("the run needs " + MemoryPlan.gigabytes(neededBytes) + " of device memory but "
                + "tornado.device.memory allows " + MemoryPlan.gigabytes(available) + ": start with --jvm=\"-D"
                + DEVICE_MEMORY + "=" + (neededBytes / 1_000_000_000 + 1) + "GB\" or choose a smaller batch or model");
        }
    }

    private static Object option(String field) {
        try {
            Field f = Class.forName(OPTIONS_CLASS).getField(field);
            return f.get(null);
        } catch (ReflectiveOperationException e) {
            throw new UserError("this TornadoVM does not show its option " + field
                + ", so its settings cannot be checked: use version 5.2.0", e);
        }
    }
}
