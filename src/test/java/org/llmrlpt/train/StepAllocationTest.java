package org.llmrlpt.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** In a JVM of its own: here the compiler has seen the kernels in all the ways of other tests. */
@Tag("fallback")
class StepAllocationTest {
    /** Task graphs, batches and loops over tasks allocate objects, 0.3 MB for 70 tasks; loops of vectors make more. */
    private static final long BYTES = 1 << 20;
    private static final long FAULTS = 8;

    @Test
    void aStepAllocatesNextToNothingAndTouchesNoNewMemoryOnceItsKernelsAreCompiled()
        throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java")
            .toString()));
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), SteadySteps.class.getName(),
            Long.toString(BYTES), Long.toString(FAULTS)));
        Process process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        String[] figures = new String(process.getInputStream().readAllBytes()).strip().split(" ");
        assertEquals(0, process.waitFor());
        assertTrue(Long.parseLong(figures[0]) <= BYTES, figures[0] + " bytes in a step");
        assertTrue(Long.parseLong(figures[1]) <= FAULTS, figures[1] + " page faults in a step");
    }
}
