package org.llmrlpt.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.llmrlpt.kernels.Kernels;
import org.llmrlpt.kernels.gpu.GpuKernels;

class ProfileTest {
    private static final int RUNS = 5;

    @ParameterizedTest
    @MethodSource("org.llmrlpt.kernels.TestedKernels#all")
    void timesCallsAndWorkOfEachOperationAreAddedUp(Kernels kernels) {
        try (Session session = new Session()) {
            ProgramBuilder p = session.program("two");
            Tensor x = session.persistent(ArenaKind.CONSTANTS, "x", 8, 16);
            Tensor w = session.persistent(ArenaKind.CONSTANTS, "w", 12, 16);
            Tensor y = p.activation("y", 8, 12);
            Tensor twice = p.output("twice", 8, 12);
            p.scalarInput("unused", 1);
            kernels.linear(p, x, w, y);
            kernels.linear(p, x, w, y);
            kernels.add(p, y, y, twice);
            Program program = p.build();
            session.start();
            session.upload();
            program.run();
            Profile profile = session.profile();
            long begin = System.nanoTime();
            for (int i = 0; i < RUNS; i++) {
                program.run();
            }
            long elapsed = System.nanoTime() - begin;
            Map<String, Profile.Entry> found = profile.entries().stream()
                .collect(Collectors.toMap(Profile.Entry::operation, Function.identity()));
            assertEquals(RUNS, profile.runs("two"), "the run before is not noted");
            assertEquals(2 * RUNS, found.get("linear").calls());
            assertEquals(RUNS, found.get("add").calls());
            assertEquals(RUNS, found.get("inputs").calls());
            assertEquals(2L * RUNS * 2 * 8 * 12 * 16, found.get("linear").flops());
            assertEquals(2L * RUNS * 4 * (8 * 16 + 12 * 16 + 8 * 12), found.get("linear").bytes());
            assertEquals(RUNS * 4L * 3 * 8 * 12, found.get("add").bytes());
            long sum = 0;
            for (Profile.Entry e : profile.entries()) {
                assertTrue(e.nanos() > 0, e.toString());
                sum += e.nanos();
            }
            assertTrue(sum <= elapsed, sum + " of " + elapsed);
        }
    }

    /** As TornadoVM writes it: without the tasks of an execution that was not profiled, but with a comma. */
    @Test
    void executionsWithoutTimesAreReadOver() {
        try (Session session = new Session()) {
            ProgramBuilder p = session.program("copy");
            Tensor x = session.persistent(ArenaKind.CONSTANTS, "x", 8, 16);
            new GpuKernels().add(p, x, x, p.output("y", 8, 16));
            Program program = p.build();
            session.start();
            ProgramGraphs graphs = program.graphs();
            String untimed = """
                {
                    "copy0": {
                        "TOTAL_TASK_GRAPH_TIME": "17",
                    }
                }
                """;
            String timed = """
                {
                    "copy0": {
                        "TOTAL_TASK_GRAPH_TIME": "17",
                        "copy0.any": {
                            "TASK_KERNEL_TIME": "5"
                        }
                    }
                }
                """;
            Profile profile = new Profile();
            profile.add("copy", graphs, 0, untimed);
            assertEquals(0, profile.entries().size());
            profile.add("copy", graphs, 0, untimed + timed);
            assertEquals(5, profile.entries().getFirst().nanos());
        }
    }
}
