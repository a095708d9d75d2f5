package org.llmrlpt.fallback;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import uk.ac.manchester.tornado.api.TornadoExecutionPlan;
import uk.ac.manchester.tornado.api.enums.TornadoDeviceType;
import uk.ac.manchester.tornado.api.enums.TornadoVMBackendType;
import uk.ac.manchester.tornado.api.exceptions.TornadoDeviceNotFound;
import uk.ac.manchester.tornado.api.fallback.FallbackRuntime;
import uk.ac.manchester.tornado.api.runtime.TornadoRuntimeProvider;

/** What only the fallback has; left out when compiling against the real TornadoVM. */
@Tag("fallback")
class DeviceListTest {
    @Test
    void thereIsOneDeviceTheFallback() {
        var runtime = TornadoRuntimeProvider.getTornadoRuntime();
        assertEquals(1, runtime.getNumBackends());
        assertEquals(TornadoVMBackendType.JAVA, runtime.getBackendType(0));
        var device = runtime.getBackend(0).getAllDevices().getFirst();
        assertEquals("CPU fallback", device.getPhysicalDevice().getDeviceName());
        assertEquals(TornadoDeviceType.CPU, device.getDeviceType());
        assertEquals(48 * 1024, device.getDeviceLocalMemorySize());
        assertTrue(device.getMaxGlobalMemory() > 1 << 28);
        assertEquals(device, TornadoExecutionPlan.getDevice(0, 0));
        assertThrows(TornadoDeviceNotFound.class, () -> TornadoExecutionPlan.getDevice(1, 0));
    }

    @Test
    void theModeIsFastUnlessChosen() throws Exception {
        assertEquals(FallbackRuntime.Mode.FAST, FallbackRuntime.mode());
        Mode.STRICT.run(() -> assertEquals(FallbackRuntime.Mode.STRICT, FallbackRuntime.mode()));
        try (var scope = FallbackRuntime.use(FallbackRuntime.Mode.STRICT)) {
            assertEquals(FallbackRuntime.Mode.STRICT, FallbackRuntime.mode());
            assertTrue(scope != null);
        }
        assertEquals(FallbackRuntime.Mode.FAST, FallbackRuntime.mode());
    }
}
