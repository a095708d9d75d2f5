package org.llmrlpt.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** In a JVM of its own: here the compiler has seen the kernels in all the ways of other tests. */
@Tag("fallback")
class StepAllocationTest {
    /** Task graphs, batches and loops over tasks allocate objects, 0.3 MB for 70 tasks; loops of vectors make more. */
    private static final long BYTES = 1 << 20;
    private static final long FAULTS = 8;
    /** In the compiler's log: a compilation by the optimising compiler, which names no level. */
    private static final Pattern COMPILATION = Pattern.compile(
        "<task compile_id='\\d+'(?![^>]* level=)[^>]*method='org\\.llmrlpt\\.kernels\\.cpu\\.(\\S+ \\S+).*?</task>",
        Pattern.DOTALL);
    private static final Pattern KLASS = Pattern.compile("<klass id='(\\d+)' name='([^']*)'");
    private static final Pattern METHOD = Pattern.compile("<method id='(\\d+)' holder='(\\d+)' name='([^']*)'");
    private static final Pattern NOT_INLINED = Pattern.compile(
        "<call method='(\\d+)'[^>]*/>(?:\\s*<(?!call|inline)[^>]*>)*\\s*<inline_fail reason='([^']*)'");

    @TempDir
    private Path folder;

    @Test
    void aStepAllocatesNextToNothingAndTouchesNoNewMemoryOnceItsKernelsAreCompiled()
        throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java")
            .toString()));
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        Path log = folder.resolve("compilation.log");
        command.addAll(List.of("-XX:+UnlockDiagnosticVMOptions", "-XX:+LogCompilation", "-XX:LogFile=" + log));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), SteadySteps.class.getName(),
            Long.toString(BYTES), Long.toString(FAULTS)));
        Process process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        String[] figures = new String(process.getInputStream().readAllBytes()).strip().split(" ");
        assertEquals(0, process.waitFor());
        assertEquals(List.of(), calls(Files.readString(log)), "helpers that a kernel calls instead of inlining them");
        assertTrue(Long.parseLong(figures[0]) <= BYTES, figures[0] + " bytes in a step");
        assertTrue(Long.parseLong(figures[1]) <= FAULTS, figures[1] + " page faults in a step");
    }

    /** What compiled kernels call of that which they should inline, because they are too large by then. */
    private static List<String> calls(String log) {
        List<String> calls = new ArrayList<>();
        List<MatchResult> compilations = COMPILATION.matcher(log).results().toList();
        assertTrue(compilations.size() > 50, compilations.size() + " compiled kernels");
        for (MatchResult compilation : compilations) {
            String task = compilation.group();
            Map<String, String> holders = new HashMap<>();
            KLASS.matcher(task).results().forEach(k -> holders.put(k.group(1), k.group(2)));
            Map<String, String> methods = new HashMap<>();
            METHOD.matcher(task).results().forEach(m ->
                methods.put(m.group(1), holders.get(m.group(2)) + "." + m.group(3)));
            NOT_INLINED.matcher(task).results().forEach(c -> {
                String callee = methods.get(c.group(1));
                if (callee.matches("org\\.llmrlpt\\.kernels\\.cpu\\.(VectorMath|Memory|Simd)\\w*\\..*")) {
                    calls.add(compilation.group(1) + " calls " + callee + ": " + c.group(2));
                }
            });
        }
        return calls;
    }
}
