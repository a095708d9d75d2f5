package org.llmrlpt.cli;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import jdk.incubator.vector.FloatVector;
import org.llmrlpt.config.DeviceSettings;
import org.llmrlpt.config.UserError;
import org.llmrlpt.device.Devices;
import org.llmrlpt.device.MemoryPlan;
import org.llmrlpt.device.TornadoSettings;
import org.llmrlpt.kernels.Kernels;
import org.llmrlpt.kernels.cpu.HostProcessor;
import org.llmrlpt.kernels.cpu.Workers;
import org.llmrlpt.kernels.cublas.Cublas;
import uk.ac.manchester.tornado.api.TornadoBackend;
import uk.ac.manchester.tornado.api.TornadoRuntime;
import uk.ac.manchester.tornado.api.common.TornadoDevice;
import uk.ac.manchester.tornado.api.enums.TornadoVMBackendType;

/** {@code devices}: what there is to compute with, what would be used, and how to start under TornadoVM. */
final class DevicesCommand implements Command<DeviceSettings> {
    @Override
    public String name() {
        return "devices";
    }

    @Override
    public String summary() {
        return "shows runtime, devices and kernels, and how to start under TornadoVM on this machine";
    }

    @Override
    public Class<DeviceSettings> settings() {
        return DeviceSettings.class;
    }

    @Override
    public int run(DeviceSettings settings, Console console) {
        Workers.use(settings.workers());
        Kernels kernels = KernelSets.choose(settings);
        TornadoRuntime runtime = Devices.runtime();
        List<List<String>> rows = new ArrayList<>(List.of(
            List.of("runtime", runtimeName()),
            List.of("java", System.getProperty("java.runtime.version") + ", " + System.getProperty("java.home")),
            List.of("processor", HostProcessor.model() + ", " + Runtime.getRuntime().availableProcessors()
                + " threads, " + FloatVector.SPECIES_PREFERRED.vectorBitSize() + "-bit vectors of Java"),
            List.of("kernels", KernelSets.describe(kernels)),
            List.of("products", kernels.products())));
        if (TornadoSettings.hasCudaBackend()) {
            rows.add(List.of("cuBLAS", cublas()));
        }
        console.table(rows);
        console.line("");
        console.table(devices(runtime));
        console.line("");
        howToStart(console);
        return 0;
    }

    private static String runtimeName() {
        if (TornadoSettings.isFallback()) {
            return "LLM-RLPT's own CPU fallback of TornadoVM's API; TornadoVM is not loaded";
        }
        return "TornadoVM " + ModuleLayer.boot().findModule("tornado.api")
            .flatMap(m -> m.getDescriptor().rawVersion()).orElse("of unknown version");
    }

    private static String cublas() {
        try {
            return Cublas.library().name() + " is there; device.matmul=cublas multiplies with it";
        } catch (UserError e) {
            return e.getMessage();
        }
    }

    private static List<List<String>> devices(TornadoRuntime runtime) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("device", "backend", "type", "memory", "largest array", "local memory", "units", "work-group",
            "can", "name"));
        TornadoDevice chosen = Devices.chosen();
        for (int b = 0; b < runtime.getNumBackends(); b++) {
            TornadoBackend backend = runtime.getBackend(b);
            for (int d = 0; d < backend.getNumDevices(); d++) {
                TornadoDevice device = backend.getDevice(d);
                rows.add(List.of(b + ":" + d, backend.getBackendType().name(), device.getDeviceType().name(),
                    MemoryPlan.gigabytes(device.getMaxGlobalMemory()), MemoryPlan.gigabytes(device.getMaxAllocMemory()),
                    device.getDeviceLocalMemorySize() / 1024 + " KiB",
                    Integer.toString(device.getPhysicalDevice().getDeviceMaxComputeUnits()),
                    Long.toString(Arrays.stream(device.getDeviceMaxWorkgroupDimensions()).max().orElse(0)),
                    capabilities(backend.getBackendType()),
                    device.getPhysicalDevice().getDeviceName() + (isSame(device, chosen) ? " (default)" : "")));
            }
        }
        return rows;
    }

    /** TornadoVM may wrap one device in several objects; its name within the backend tells them apart. */
    private static boolean isSame(TornadoDevice a, TornadoDevice b) {
        return a.getBackendIndex() == b.getBackendIndex() && a.getDeviceName().equals(b.getDeviceName());
    }

    /** What the backend of TornadoVM 5.2 can do beyond plain kernels. */
    private static String capabilities(TornadoVMBackendType type) {
        return switch (type) {
            case PTX -> "float atomics, CUDA graphs, FP16 tensor cores";
            case CUDA -> "float atomics, CUDA graphs, FP16/BF16 tensor cores, cuBLAS";
            default -> "-";
        };
    }

    private static void howToStart(Console console) {
        Path jar = jar();
        Optional<TornadoInstallation> found = TornadoInstallation.find(System.getenv());
        if (found.isEmpty()) {
            console.line("TornadoVM is not installed here (no TORNADOVM_HOME, no tornado on PATH). With it:");
            console.line("  " + TornadoInstallation.commandLine(jar));
            return;
        }
        TornadoInstallation tornado = found.get();
        console.line("TornadoVM " + tornado.version() + " (" + String.join(", ", tornado.backends()) + ") is in "
            + tornado.home() + ". To train on it:");
        console.line("  " + tornado.commandLine(jar, Path.of(System.getProperty("java.home"))));
        if (tornado.products().contains("cublas")) {
            console.line("To multiply with cuBLAS on tensor cores, add device.matmul=cublas to it; where CUDA's "
                + "libraries are not found, begin it with LD_LIBRARY_PATH=/usr/local/cuda/lib64");
        }
    }

    /** Where this program's jar lies, or would lie in the project's folder when it runs from classes. */
    private static Path jar() {
        Path first = Path.of(System.getProperty("java.class.path").split(File.pathSeparator)[0]);
        Path jar = first.toString().endsWith(".jar") ? first : Path.of("target", "llm-rlpt.jar");
        return jar.toAbsolutePath().normalize();
    }
}
