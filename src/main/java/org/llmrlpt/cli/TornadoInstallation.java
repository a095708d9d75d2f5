package org.llmrlpt.cli;

import static org.llmrlpt.cli.CommandLines.quoted;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.llmrlpt.config.UserError;
import org.llmrlpt.kernels.cpu.CpuKernels;

/**
 * A TornadoVM on this machine: what it is and how this program starts on it.
 *
 * @param home     the SDK's folder
 * @param version  as its release file says, such as 5.2.0-jdk25; "unknown" without one
 * @param backends as it was built with: opencl, ptx, cuda, …
 */
record TornadoInstallation(Path home, String version, List<String> backends) {
    private static final Pattern MODULES = Pattern.compile("(?:^|[ :])([^ :]+)/share/java/tornado(?:$|[ :])");
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

    /** What device.matmul may be on the SDK's fastest backend, FP32 first. */
    List<String> products() {
        return backends.contains("cuda") ? List.of("fp32", "fp16", "cublas-fp32", "cublas")
            : backends.contains("ptx") ? List.of("fp32", "fp16") : List.of("fp32");
    }

    /**
     * The flags with which plain java starts on this SDK: those of its own argument file, though it was moved since
     * that was written, and ours. The folder that java starts in is left out of the module path.
     *
     * @throws UserError if the SDK has no such file
     */
    List<String> javaFlags() throws IOException {
        Path file = home.resolve("tornado-argfile");
        if (!Files.isRegularFile(file)) {
            throw new UserError("the TornadoVM in " + home + " has no file tornado-argfile, which lists its flags: "
                + "make it with 'tornado --generate-argfile'");
        }
        List<String> flags = new ArrayList<>();
        String old = null;
        for (String line : Files.readAllLines(file)) {
            if (!line.isBlank() && !line.startsWith("#")) {
                flags.addAll(List.of(line.strip().split(" ")));
                Matcher modules = MODULES.matcher(line);
                if (modules.find()) {
                    old = modules.group(1);
                }
            }
        }
        String written = old;
        flags.replaceAll(f -> f.startsWith(".:") ? f.substring(2) : f);
        if (written != null) {
            flags.replaceAll(f -> f.replace(written, home.toString()));
        }
        flags.addAll(List.of("-XX:MaxDirectMemorySize=16t", "--enable-native-access=ALL-UNNAMED",
            CpuKernels.JAVA_FLAG));
        return flags;
    }

    /** What starts {@code main}, of this process's class path, on this SDK from any folder; its arguments follow. */
    List<String> start(Class<?> main) throws IOException {
        List<String> command = new ArrayList<>(List.of(Relaunch.javaExecutable()));
        command.addAll(javaFlags());
        command.addAll(List.of("-cp", Relaunch.absoluteClassPath(), main.getName()));
        return command;
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
}
