package org.llmrlpt.device;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.llmrlpt.config.UserError;

/** What a session will need, in bytes: known, shown and refused before anything is allocated. */
public record MemoryPlan(List<Item> items, long totalBytes, long activationBytesWithoutSharing) {
    /** One arena. */
    public record Item(ArenaKind kind, long bytes) {
    }

    static MemoryPlan of(Arenas arenas, Collection<Program> programs) {
        List<Item> items = new ArrayList<>();
        for (ArenaKind kind : ArenaKind.values()) {
            if (arenas.bytes(kind) > 0) {
                items.add(new Item(kind, arenas.bytes(kind)));
            }
        }
        long unshared = programs.stream().mapToLong(p -> 4 * p.unsharedActivationElements()).max().orElse(0);
        return new MemoryPlan(items, arenas.totalBytes(), unshared);
    }

    public long bytes(ArenaKind kind) {
        return items.stream().filter(i -> i.kind() == kind).mapToLong(Item::bytes).findFirst().orElse(0);
    }

    /**
     * Refuses, in one sentence, what does not fit into the device.
     *
     * @param limit bytes that the setting device.memory allows; 0: whatever the device has
     */
    public void requireFits(long limit) {
        if (limit > 0 && totalBytes > limit) {
            throw tooLarge("device.memory allows", limit);
        }
        if (TornadoSettings.isFallback()) {
            long memory = ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getTotalMemorySize();
            if (totalBytes > memory) {
                throw tooLarge("this machine has", memory);
            }
        }
    }

    private UserError tooLarge(String what, long available) {
        return new UserError("the run needs " + gigabytes(totalBytes) + " of memory but " + what + " only "
            + gigabytes(available) + ": choose a smaller batch, length or model"
            + (bytes(ArenaKind.CACHE) > 0 ? ", or fewer slots" : ""));
    }

    public static String gigabytes(long bytes) {
        return bytes < 1L << 30
            ? String.format(java.util.Locale.ROOT, "%.1f MB", bytes / 1e6)
            : String.format(java.util.Locale.ROOT, "%.2f GB", bytes / 1e9);
    }
}
