package org.llmrlpt.cli;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Runs programs that need another environment than this one has: a TornadoVM SDK, preloaded libraries. */
final class OfflineProcess {
    private final Path folder;
    private final Path log;

    /** Processes run in {@code folder} and leave what they print there. */
    OfflineProcess(Path folder) {
        this.folder = folder;
        log = folder.resolve("process.log");
    }

    /** The exit code of a class of this class path under the TornadoVM in {@code sdk}. */
    int java(String sdk, Map<String, String> environment, Class<?> main, List<String> arguments) throws Exception {
        List<String> start = TornadoInstallation.find(Map.of("TORNADOVM_HOME", sdk)).orElseThrow().start(main);
        return run(Stream.concat(start.stream(), arguments.stream()).toList(), environment);
    }

    /** The exit code of a command line. */
    int run(List<String> line, Map<String, String> environment) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(line).directory(folder.toFile()).redirectErrorStream(true)
            .redirectOutput(log.toFile());
        builder.environment().putAll(environment);
        Process process = builder.start();
        try {
            assertTrue(process.waitFor(20, TimeUnit.MINUTES), "it hangs: " + line);
            return process.exitValue();
        } finally {
            process.destroyForcibly();
        }
    }

    /** What the last one printed. */
    String output() {
        try {
            return Files.readString(log, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
