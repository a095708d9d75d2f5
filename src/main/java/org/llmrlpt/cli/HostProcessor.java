package org.llmrlpt.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** What the machine calls its processor. */
final class HostProcessor {
    private static final Path CPUINFO = Path.of("/proc/cpuinfo");

    private HostProcessor() {
    }

    /** The model's name where the system tells it, else the architecture. */
    static String model() {
        return ofCpuinfo(CPUINFO).or(() -> Optional.ofNullable(System.getenv("PROCESSOR_IDENTIFIER")))
            .orElse(System.getProperty("os.arch"));
    }

    static Optional<String> ofCpuinfo(Path file) {
        if (!Files.isReadable(file)) {
            return Optional.empty();
        }
        try (Stream<String> lines = Files.lines(file)) {
            return lines.filter(l -> l.startsWith("model name")).map(l -> l.substring(l.indexOf(':') + 1).strip())
                .findFirst();
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
