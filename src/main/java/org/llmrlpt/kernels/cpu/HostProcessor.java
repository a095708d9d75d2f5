package org.llmrlpt.kernels.cpu;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** What the machine says of its processor. */
public final class HostProcessor {
    private static final Path CPUINFO = Path.of("/proc/cpuinfo");
    private static final String AMD = "AuthenticAMD";

    private HostProcessor() {
    }

    /** The model's name where the system tells it, else the architecture. */
    public static String model() {
        return ofCpuinfo(CPUINFO, "model name").or(HostProcessor::windows).orElse(System.getProperty("os.arch"));
    }

    /** Whether AMD made it, as far as the system tells. */
    static boolean isAmd() {
        return ofCpuinfo(CPUINFO, "vendor_id").or(HostProcessor::windows).orElse("").contains(AMD);
    }

    private static Optional<String> windows() {
        return Optional.ofNullable(System.getenv("PROCESSOR_IDENTIFIER"));
    }

    /** The first line's value that begins with {@code key}, of a file like Linux's /proc/cpuinfo. */
    static Optional<String> ofCpuinfo(Path file, String key) {
        if (!Files.isReadable(file)) {
            return Optional.empty();
        }
        try (Stream<String> lines = Files.lines(file)) {
            return lines.filter(l -> l.startsWith(key)).map(l -> l.substring(l.indexOf(':') + 1).strip()).findFirst();
        } catch (IOException | UncheckedIOException e) {
            return Optional.empty();
        }
    }
}
