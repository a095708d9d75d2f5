package org.llmrlpt.cli;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * A TornadoVM on this machine: what it is and how this program starts on it.
 *
 * @param home     the SDK's folder
 * @param version  as its release file says, such as 5.2.0-jdk25; "unknown" without one
 * @param backends as it was built with: opencl, ptx, cuda, …
 */
record TornadoInstallation(Path home, String version, List<String> backends) {
    private static final Path NVIDIA_DRIVER = Path.of("/proc/driver/nvidia/version");

    /** The SDK of TORNADOVM_HOME, or else that of the first {@code tornado} on PATH. */
    static Optional<TornadoInstallation> find(Map<String, String> environment) {
        String home = environment.get("TORNADOVM_HOME");
        if (home != null && Files.isRegularFile(launcher(Path.of(home)))) {
            return Optional.of(at(Path.of(home)));
        }
        return Arrays.stream(environment.getOrDefault("PATH", "").split(File.pathSeparator))
            .filter(Predicate.not(String::isEmpty)).map(folder -> Path.of(folder, "tornado"))
            .filter(Files::isExecutable).findFirst().flatMap(TornadoInstallation::ofLauncher);
    }

    private static Optional<TornadoInstallation> ofLauncher(Path launcher) {
        try {
            return Optional.of(at(launcher.toRealPath().getParent().getParent()));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static TornadoInstallation at(Path home) {
        String version = properties(home.resolve("etc/tornado.release")).getProperty("version", "unknown");
        String backends = properties(home.resolve("etc/tornado.backend")).getProperty("tornado.backends", "");
        return new TornadoInstallation(home, version, Arrays.stream(backends.split(",")).map(String::strip)
            .filter(Predicate.not(String::isEmpty)).map(b -> b.replace("-backend", "")).toList());
    }

    private static Properties properties(Path file) {
        Properties properties = new Properties();
        try (var reader = Files.newBufferedReader(file)) {
            properties.load(reader);
        } catch (IOException e) {
            return new Properties(); // A file that is not there says nothing.
        }
        return properties;
    }

    private static Path launcher(Path home) {
        return home.resolve("bin").resolve("tornado");
    }

    /** The argument file for this SDK: its fastest backend for an NVIDIA GPU, else PoCL on the CPU. */
    String argumentFile() {
        return argumentFile(Files.exists(NVIDIA_DRIVER));
    }

    String argumentFile(boolean nvidia) {
        if (backends.contains("cuda")) {
            return "cuda.args";
        }
        if (backends.contains("ptx")) {
            return "nvidia-ptx.args";
        }
        return nvidia ? "nvidia-opencl.args" : "cpu-pocl.args";
    }

    /**
     * The line that starts the program here, from any folder.
     *
     * @param jar the program, by its full path
     * @param javaHome the JDK 25 for TornadoVM
     */
    String commandLine(Path jar, Path javaHome) {
        return "JAVA_HOME=" + quoted(javaHome) + " TORNADOVM_HOME=" + quoted(home) + " " + quoted(launcher(home))
            + generalLine(jar, argumentFile());
    }

    /** The line for a machine that has {@code tornado} on its PATH. */
    static String commandLine(Path jar) {
        return "tornado" + generalLine(jar, "nvidia-ptx.args");
    }

    /** The argument files lie beside the jar or the folder it was built in; without them TornadoVM starts too. */
    private static String generalLine(Path jar, String argumentFile) {
        Path file = Path.of("tornado-config", argumentFile);
        String flags = Stream.of(jar.resolveSibling(file), jar.resolve("../..").resolve(file)).map(Path::normalize)
            .filter(Files::isRegularFile).findFirst().map(f -> " --jvm=" + quoted("@" + f)).orElse("");
        return flags + " -jar " + quoted(jar) + " pretrain model=models/small.json";
    }

    private static String quoted(Object text) {
        String plain = text.toString();
        return plain.matches("[A-Za-z0-9_@%+=:,./-]+") ? plain : "'" + plain.replace("'", "'\\''") + "'";
    }
}
