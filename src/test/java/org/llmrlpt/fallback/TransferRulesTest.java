package org.llmrlpt.fallback;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import uk.ac.manchester.tornado.api.DataRange;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.TornadoExecutionPlan;
import uk.ac.manchester.tornado.api.TornadoExecutionResult;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.exceptions.TornadoMemoryException;
import uk.ac.manchester.tornado.api.exceptions.TornadoOutOfMemoryException;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** In strict mode arrays travel exactly when TornadoVM moves them, and its silent traps are exceptions. */
@Tag("fallback")
class TransferRulesTest {
    private static final int FIRST = DataTransferMode.FIRST_EXECUTION;
    private static final int EVERY = DataTransferMode.EVERY_EXECUTION;
    private static final int DEMAND = DataTransferMode.UNDER_DEMAND;
    private static final int N = 8;
    private final KernelContext context = new KernelContext();
    private final FloatArray a = new FloatArray(N);
    private final FloatArray b = new FloatArray(N);

    @Test
    void theHostSeesResultsOnlyWhenTheyAreFetched() throws Exception {
        Mode.STRICT.run(() -> {
            var plan = plan(increment("g").transferToDevice(FIRST, a).transferToHost(DEMAND, a));
            plan.execute();
            TornadoExecutionResult result = plan.execute();
            assertEquals(0f, a.get(0));
            result.transferToHost(a);
            assertEquals(2f, a.get(0));
            plan.execute();
            assertEquals(2f, a.get(0));
            plan.close();
        });
    }

    @Test
    void aRangeIsFetchedWithoutTheRest() throws Exception {
        Mode.STRICT.run(() -> {
            var plan = plan(increment("g").transferToDevice(FIRST, a).persistOnDevice(a));
            plan.execute().transferToHost(new DataRange(a).withOffset(2).withSize(3));
            for (int i = 0; i < N; i++) { assertEquals(i >= 2 && i < 5 ? 1f : 0f, a.get(i)); }
        });
    }

    @Test
    void anOutputThatNothingWroteIsNotANumber() throws Exception {
        Mode.STRICT.run(() -> {
            IntArray numbers = new IntArray(N);
            TaskGraph graph = new TaskGraph("g").transferToDevice(EVERY, a)
                    .task("t", ProbeKernels::kScale, context, a, b, 2f, N / 2).transferToHost(EVERY, b, numbers);
            plan(graph).execute();
            assertEquals(0f, b.get(0));
            assertTrue(Float.isNaN(b.get(N - 1)));
            assertEquals(0x7FEEDDEE, numbers.get(0));
        });
    }

    @Test
    void twoGraphsThatBothTransferAnArrayHaveSeparateCopies() throws Exception {
        Mode.STRICT.run(() -> {
            var plan = plan(increment("g").transferToDevice(FIRST, a).persistOnDevice(a),
                    increment("h").transferToDevice(FIRST, a).persistOnDevice(a));
            plan.withGraph(0).execute();
            refused("a copy of its own", () -> plan.withGraph(1).execute());
            plan.withGraph(0).execute().transferToHost(a);
            TornadoExecutionResult result = plan.withGraph(1).execute();
            plan.withAllGraphs();
            refused("different copies", () -> result.transferToHost(a));
        });
    }

    @Test
    void aHostWriteThatWouldNeverReachTheDeviceIsRefused() throws Exception {
        Mode.STRICT.run(() -> {
            var plan = plan(increment("g").transferToDevice(FIRST, a).transferToHost(DEMAND, a));
            plan.execute();
            a.set(3, 9f);
            refused("first execution only", plan::execute);
        });
    }

    @Test
    void freedMemoryIsUploadedAgain() throws Exception {
        Mode.STRICT.run(() -> {
            var plan = plan(increment("g").transferToDevice(FIRST, a).transferToHost(EVERY, a));
            plan.execute();
            plan.freeDeviceMemory();
            a.init(10f);
            assertEquals(0, plan.getCurrentDeviceMemoryUsage());
            plan.execute();
            assertEquals(11f, a.get(0));
        });
    }

    @Test
    void aResultThatTheNextUploadWouldOverwriteIsRefused() throws Exception {
        Mode.STRICT.run(() -> {
            var plan = plan(increment("g").transferToDevice(EVERY, a).transferToHost(DEMAND, a));
            plan.execute();
            refused("stale values", plan::execute);
            var every = plan(increment("g").transferToDevice(EVERY, b, a).transferToHost(EVERY, a));
            every.execute();
            every.execute();
            assertEquals(2f, a.get(0));
        });
    }

    @Test
    void weightsThatAreUploadedBeforeEveryStepAreRefused() throws Exception {
        Mode.STRICT.run(() -> {
            TaskGraph forward = new TaskGraph("forward").transferToDevice(EVERY, a, b)
                    .task("touch", ProbeKernels::kTouch, context, a, b).persistOnDevice(a);
            TaskGraph update = increment("update").consumeFromDevice("forward", a);
            var plan = Plans.of(Plans.grids(N, N, "forward.touch", "update.t"), forward, update);
            refused("what other graphs computed", () -> {
                for (int step = 0; step < 4; step++) {
                    b.set(0, step);
                    plan.withGraph(0).execute();
                    plan.withGraph(1).execute();
                }
            });
        });
    }

    @Test
    void aResultThatNobodyFetchesOrKeepsIsRefused() throws Exception {
        Mode.STRICT.run(() -> refused("neither transfers it to the host nor persists it",
                () -> plan(increment("g").transferToDevice(EVERY, a)).execute()));
    }

    @Test
    void anUploadedArrayThatATaskWritesInPartWithoutReadingItIsRefused() throws Exception {
        Mode.STRICT.run(() -> {
            TaskGraph part = new TaskGraph("g").transferToDevice(EVERY, a, b)
                    .task("t", ProbeKernels::kScale, context, a, b, 2f, N / 2).transferToHost(EVERY, b);
            refused("the other elements are undefined", () -> plan(part).execute());
            TaskGraph whole = new TaskGraph("g").transferToDevice(EVERY, a, b)
                    .task("t", ProbeKernels::kScale, context, a, b, 2f, N).transferToHost(EVERY, b);
            plan(whole).execute();
            TaskGraph update = new TaskGraph("g").transferToDevice(EVERY, a)
                    .task("t", ProbeKernels::kIncrement, context, a, N / 2).transferToHost(EVERY, a);
            plan(update).execute();
            assertEquals(0f, a.get(N - 1));
        });
    }

    @Test
    void twoArraysOfOneHashCodeAreRefused() throws Exception {
        // Identity hashes have 31 bits: among 200,000 objects two are almost certainly equal.
        Map<Integer, IntArray> byHash = new HashMap<>();
        IntArray first = null;
        IntArray second = null;
        while (first == null) {
            second = new IntArray(1);
            first = byHash.put(second.hashCode(), second);
        }
        TaskGraph graph = new TaskGraph("g").transferToDevice(EVERY, first, second)
                .task("t", ProbeKernels::kCountEven, context, first, second, 1).transferToHost(EVERY, second);
        Mode.STRICT.run(() -> refused("the same hash code", () -> plan(graph)));
    }

    @Test
    void anArrayThatNoGraphMentionsIsRefused() throws Exception {
        Mode.STRICT.run(() -> {
            refused("neither transfers nor consumes", () -> plan(increment("g")));
            refused("no graph of the plan", () -> plan(increment("g").consumeFromDevice("f", a)));
            refused("two modes", () -> plan(increment("g").transferToDevice(FIRST, a).transferToDevice(EVERY, a)));
        });
    }

    @Test
    void aGraphCannotConsumeAnArrayAndOwnItToo() throws Exception {
        Mode.STRICT.run(() -> refused("freed twice", () -> plan(
                increment("g").transferToDevice(FIRST, a).persistOnDevice(a),
                increment("h").consumeFromDevice("g", a).persistOnDevice(a))));
    }

    @Test
    void arraysAreTakenOverOnlyFromTheGraphExecutedJustBefore() throws Exception {
        Mode.STRICT.run(() -> {
            var plan = plan(increment("g").transferToDevice(FIRST, a).persistOnDevice(a),
                    increment("h").consumeFromDevice("g", a),
                    new TaskGraph("other").transferToDevice(EVERY, b)
                            .task("t", ProbeKernels::kIncrement, context, b, N).transferToHost(EVERY, b));
            refused("no graph has been executed", () -> plan.withGraph(1).execute());
            plan.withGraph(0).execute();
            plan.withGraph(2).execute();
            refused("does not hold it", () -> plan.withGraph(1).execute());
            plan.withGraph(0).execute();
            plan.withGraph(1).execute().transferToHost(a);
            assertEquals(3f, a.get(0));
            refused("one graph at a time", () -> plan.withAllGraphs().execute());
        });
    }

    @Test
    void aPlanIsClosedWithAllItsGraphsSelected() throws Exception {
        Mode.STRICT.run(() -> {
            var plan = plan(increment("g").transferToDevice(FIRST, a).persistOnDevice(a),
                    increment("h").consumeFromDevice("g", a));
            plan.withGraph(0).execute();
            plan.withGraph(1).execute();
            refused("withAllGraphs", plan::close);
            plan.withAllGraphs().close();
            refused("no graph has been executed before it", () -> plan.withGraph(1).execute());
        });
    }

    @Test
    void anArrayThatTheSelectedGraphDoesNotHoldCannotBeFetched() throws Exception {
        Mode.STRICT.run(() -> {
            var plan = plan(increment("g").transferToDevice(FIRST, a).persistOnDevice(a));
            refused("None of the selected graphs", () -> plan.execute().transferToHost(b));
        });
    }

    @Test
    void memoryBeyondTheLimitOrTheBudgetIsRefused() throws Exception {
        FloatArray big = new FloatArray(1 << 19);
        for (Mode mode : Mode.values()) {
            mode.run(() -> {
                TaskGraph graph = new TaskGraph("g").transferToDevice(FIRST, big)
                        .task("t", ProbeKernels::kIncrement, context, big, N).persistOnDevice(big);
                var plan = plan(graph).withMemoryLimit("1MB");
                assertThrows(TornadoMemoryException.class, plan::execute);
                plan.withoutMemoryLimit().execute();
            });
        }
        System.setProperty("tornado.device.memory", "1MB");
        try {
            Mode.STRICT.run(() -> {
                var plan = plan(new TaskGraph("g").transferToDevice(FIRST, big)
                        .task("t", ProbeKernels::kIncrement, context, big, N).persistOnDevice(big));
                assertThrows(TornadoOutOfMemoryException.class, plan::execute);
            });
        } finally {
            System.clearProperty("tornado.device.memory");
        }
    }

    private TaskGraph increment(String name) {
        return new TaskGraph(name).task("t", ProbeKernels::kIncrement, context, a, N);
    }

    private TornadoExecutionPlan plan(TaskGraph... graphs) {
        String[] tasks = new String[graphs.length];
        for (int g = 0; g < graphs.length; g++) { tasks[g] = graphs[g].getTaskGraphName() + ".t"; }
        return Plans.of(Plans.grids(N, N, tasks), graphs);
    }

    private static void refused(String part, Executable body) {
        String message = assertThrows(IllegalStateException.class, body).getMessage();
        assertTrue(message.contains(part), message);
    }
}
