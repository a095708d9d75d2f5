package uk.ac.manchester.tornado.api;

import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import uk.ac.manchester.tornado.api.common.TornadoDevice;
import uk.ac.manchester.tornado.api.enums.TornadoDeviceType;
import uk.ac.manchester.tornado.api.fallback.CpuDevice;

/** All backends and their devices. */
public class TornadoDeviceMap {
    /** Returns the number of backends. */
    public int getNumBackends() {
        return getAllBackends().size();
    }

    /** Returns all backends. */
    public List<TornadoBackend> getAllBackends() {
        return List.of(CpuDevice.INSTANCE.backend());
    }

    /** Returns the backends that satisfy a condition. */
    public List<TornadoBackend> getBackendsWithPredicate(Predicate<? super TornadoBackend> condition) {
        return getAllBackends().stream().filter(condition).toList();
    }

    /** Returns the devices whose name contains a text, whatever the case. */
    public Stream<TornadoDevice> getDevicesByName(String text) {
        return devices().filter(d -> d.getDeviceName().toLowerCase().contains(text.toLowerCase()));
    }

    /** Returns the devices of a type. */
    public Stream<TornadoDevice> getDevicesByType(TornadoDeviceType type) {
        return devices().filter(d -> d.getDeviceType() == type);
    }

    private Stream<TornadoDevice> devices() {
        return getAllBackends().stream().flatMap(b -> b.getAllDevices().stream());
    }
}
