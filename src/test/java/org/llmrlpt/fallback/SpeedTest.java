package org.llmrlpt.fallback;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.TornadoExecutionPlan;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/** The fallback is fast enough to train with; the bounds leave room for slow and busy machines. */
@Tag("fallback")
class SpeedTest {
    static void addOne(FloatArray a, int n) {
        for (int i = 0; i < n; i++) { a.set(i, a.get(i) + 1f); }
    }

    static void kBarriers(KernelContext c, FloatArray out, int count) {
        for (int i = 0; i < count; i++) { c.localBarrier(); }
        out.set(c.globalIdx, count);
    }

    @Test
    void executingAGraphOfPlainTasksAllocatesAlmostNothing() throws Exception {
        Mode.FAST.run(() -> {
            FloatArray a = new FloatArray(4);
            TaskGraph graph = new TaskGraph("g").transferToDevice(DataTransferMode.EVERY_EXECUTION, a);
            for (int t = 0; t < 100; t++) { graph.task("t" + t, SpeedTest::addOne, a, 4); }
            try (var plan = new TornadoExecutionPlan(
                    graph.transferToHost(DataTransferMode.EVERY_EXECUTION, a).snapshot())) {
                for (int i = 0; i < 2000; i++) { plan.withGraph(0).execute(); }
                long start = System.nanoTime();
                long before = allocatedBytes();
                for (int i = 0; i < 5000; i++) { plan.withGraph(0).execute(); }
                long bytes = allocatedBytes() - before;
                double seconds = (System.nanoTime() - start) / 1e9;
                assertEquals(700_000f, a.get(3));
                assertTrue(bytes / 5000 < 64, bytes / 5000 + " bytes per execution");
                assertTrue(5000 / seconds > 1000, 5000 / seconds + " executions per second");
            }
        });
    }

    @Test
    void threadsOfWorkGroupsMeetAtBarriersQuickly() throws Exception {
        Mode.FAST.run(() -> {
            int threads = 64 * 256;
            int barriers = 10;
            FloatArray out = new FloatArray(threads);
            TaskGraph graph = new TaskGraph("g").task("t", SpeedTest::kBarriers, new KernelContext(), out, barriers)
                    .transferToHost(DataTransferMode.EVERY_EXECUTION, out);
            try (var plan = Plans.of(Plans.grids(threads, 256, "g.t"), graph)) {
                double best = 0;
                for (int i = 0; i < 5; i++) {
                    best = Math.max(best, (double) threads * barriers / plan.execute().getProfilerResult()
                            .getTotalTime() * 1e9);
                }
                assertEquals(barriers, out.get(threads - 1));
                assertTrue(best > 100_000, best + " arrivals per second");
            }
        });
    }

    private static long allocatedBytes() {
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        return threads.getCurrentThreadAllocatedBytes();
    }
}
