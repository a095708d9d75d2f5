package org.llmrlpt.cli;

import java.io.File;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.lang.module.ModuleFinder;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.llmrlpt.config.UserError;
import org.llmrlpt.kernels.cpu.CpuKernels;

/**
 * Makes plain {@code java -jar llm-rlpt.jar} work. The CPU kernels need the module jdk.incubator.vector, which no
 * manifest can ask for; so the process replaces itself by the same java with the flags that it needs. The process id
 * stays, and with it signals, job control and file descriptors.
 */
final class Relaunch {
    private static final String VECTOR = "jdk.incubator.vector";
    /** Set in the second process, so that there is never a third. */
    private static final String GUARD = "llmrlpt.relaunched";

    /**
     * Asks the C library for memory in pages of 2 MiB where Linux has them, in which a training step is some percent
     * faster; scripts/llm-rlpt has the same. A setting of the user's own wins.
     */
    static final String TUNABLES = "GLIBC_TUNABLES";
    static final String LARGE_PAGES = "glibc.malloc.hugetlb=1";

    private static final Pattern COLLECTOR = Pattern.compile("-XX:\\+Use\\w*GC");

    private Relaunch() {
    }

    /**
     * The flags that every JVM of ours needs; scripts/llm-rlpt has the same. The tiles of matrix products use a package
     * that Java hides ({@code Simd}). Arenas lie outside the heap, and Java
     * limits what lies there to the size of the heap (a quarter of the machine) unless told otherwise: our own memory
     * plan refuses what does not fit. The compiler command has the kernels compiled after a tenth of the usual number
     * of calls, for until then they are a hundred times slower ({@code KernelCompilation} has the rest of what the
     * compiler must know, without which such thin profiles make bad code). Little lives in the heap, so the collector
     * is the one that needs the least memory of its own, with a young generation that short-lived objects of the start
     * and of data preparation cannot blow up to hundreds of megabytes.
     */
    static final List<String> FLAGS = List.of("--add-modules", VECTOR, CpuKernels.JAVA_FLAG,
        "--enable-native-access=ALL-UNNAMED", "-XX:MaxDirectMemorySize=16t", "-XX:CompileCommand=quiet",
        "-XX:CompileCommand=CompileThresholdScaling,org.llmrlpt.kernels.cpu.*::*,0.1", "-XX:+UseSerialGC", "-Xmn32m");

    /**
     * Returns at once when this JVM has what it needs, as after {@code tornado -jar}; otherwise the program starts
     * again and this call does not return, except with the exit code of a child where a process cannot be replaced.
     *
     * @return the exit code of the child, or -1 to go on in this JVM
     */
    static int ifNeeded(String[] args) {
        boolean resolved = ModuleLayer.boot().findModule(VECTOR).isPresent();
        if (resolved && Object.class.getModule().isExported(CpuKernels.JAVA_PACKAGE, Relaunch.class.getModule())) {
            return -1;
        }
        boolean second = System.getProperty(GUARD) != null;
        if (second && !resolved || ModuleFinder.ofSystem().find(VECTOR).isEmpty()) {
            throw new UserError("the Java in " + System.getProperty("java.home") + " has no module " + VECTOR
                + ": install a complete JDK 25, for example Temurin 25");
        }
        if (second) {
            throw new UserError("the Java in " + System.getProperty("java.home") + " does not take "
                + CpuKernels.JAVA_FLAG + ": install a JDK 25, for example Temurin 25");
        }
        List<String> command = again(args);
        System.out.flush();
        System.err.flush();
        if (!isWindows()) {
            replaceProcess(command);
        }
        return child(command);
    }

    /** The command line: our flags, then the user's own, which win, then what was to be run. */
    static List<String> command(String java, List<String> userFlags, String classPath, String[] args) {
        List<String> command = new ArrayList<>();
        command.add(java);
        // Java refuses two collectors instead of taking the last one named.
        boolean collector = userFlags.stream().anyMatch(f -> COLLECTOR.matcher(f).matches());
        FLAGS.stream().filter(f -> !(collector && COLLECTOR.matcher(f).matches())).forEach(command::add);
        command.addAll(userFlags);
        command.add("-D" + GUARD + "=true");
        command.add("-cp");
        command.add(classPath);
        command.add(Main.class.getName());
        command.addAll(List.of(args));
        return command;
    }

    /** The command line of another process of this program, with the flags that this one has. */
    static List<String> again(String... args) {
        return again(System.getProperty("java.class.path"), args);
    }

    /** The same with another class path. */
    static List<String> again(String classPath, String[] args) {
        return command(javaExecutable(), ManagementFactory.getRuntimeMXBean().getInputArguments(), classPath, args);
    }

    /** The class path of this process, for one that starts in another folder. */
    static String absoluteClassPath() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
            .map(part -> Path.of(part).toAbsolutePath().toString()).collect(Collectors.joining(File.pathSeparator));
    }

    /** The java that runs this process. */
    static String javaExecutable() {
        return System.getProperty("java.home") + File.separator + "bin" + File.separator
            + (isWindows() ? "java.exe" : "java");
    }

    private static boolean isWindows() {
        return System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("windows");
    }

    /** execv(2): on success there is nobody left to return to. */
    private static void replaceProcess(List<String> command) {
        Linker linker = Linker.nativeLinker();
        SymbolLookup libc = linker.defaultLookup();
        Charset charset = Charset.forName(System.getProperty("sun.jnu.encoding"));
        try (Arena arena = Arena.ofConfined()) {
            var setenv = linker.downcallHandle(libc.findOrThrow("setenv"), FunctionDescriptor.of(ValueLayout.JAVA_INT,
                ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.JAVA_INT));
            int unused = (int) setenv.invokeExact(arena.allocateFrom(TUNABLES), arena.allocateFrom(LARGE_PAGES), 0);
            var execv = linker.downcallHandle(libc.findOrThrow("execv"),
                FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS));
            // One more than there are arguments: the null that ends the list.
            MemorySegment argv = arena.allocate(ValueLayout.ADDRESS, command.size() + 1L);
            for (int i = 0; i < command.size(); i++) {
                argv.setAtIndex(ValueLayout.ADDRESS, i, arena.allocateFrom(command.get(i), charset));
            }
            int ignored = (int) execv.invokeExact(argv.getAtIndex(ValueLayout.ADDRESS, 0), argv);
        } catch (Throwable e) {
            throw new IllegalStateException("cannot call execv", e);
        }
    }

    /** Runs the command as a child, which ends with this process; returns its exit code. */
    static int child(List<String> command) {
        try {
            ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
            builder.environment().putIfAbsent(TUNABLES, LARGE_PAGES);
            Process process = builder.start();
            Runtime.getRuntime().addShutdownHook(new Thread(process::destroy));
            return process.waitFor();
        } catch (IOException e) {
            throw new UserError("cannot start " + command.getFirst() + " (" + e.getMessage() + "): start with java "
                + String.join(" ", FLAGS) + " -jar llm-rlpt.jar", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Failures.BUG;
        }
    }
}
