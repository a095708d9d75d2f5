package org.llmrlpt.fallback;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.TornadoExecutionPlan;
import uk.ac.manchester.tornado.api.WorkerGrid1D;
import uk.ac.manchester.tornado.api.common.TornadoFunctions.Task2;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.exceptions.TornadoBailoutRuntimeException;
import uk.ac.manchester.tornado.api.exceptions.TornadoRuntimeException;
import uk.ac.manchester.tornado.api.exceptions.TornadoTaskRuntimeException;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/** Grids, barriers, local memory and the sizes of graphs: what TornadoVM gets wrong late or silently is refused. */
@Tag("fallback")
class KernelRulesTest {
    private static final int EVERY = DataTransferMode.EVERY_EXECUTION;
    private final KernelContext context = new KernelContext();
    private final FloatArray out = new FloatArray(256);

    static void kBarrierInBranch(KernelContext c, FloatArray out) {
        if (c.localIdx < 3) { c.localBarrier(); }
        out.set(c.globalIdx, 1f);
    }

    static void kBarrierInLaterThreads(KernelContext c, FloatArray out) {
        if (c.localIdx > 3) { c.localBarrier(); }
        out.set(c.globalIdx, 1f);
    }

    static void kBarriersPerThread(KernelContext c, FloatArray out) {
        for (int i = 0; i <= c.localIdx / 32; i++) { c.localBarrier(); }
        out.set(c.globalIdx, 1f);
    }

    static void kDifferentBarriers(KernelContext c, FloatArray out) {
        if (c.localIdx == 5) {
            c.globalBarrier();
        } else {
            c.localBarrier();
        }
        out.set(c.globalIdx, 1f);
    }

    static void kBarriersInOddGroups(KernelContext c, FloatArray out) {
        float[] shared = c.allocateFloatLocalArray(64);
        shared[c.localIdx] = 1f;
        if (c.groupIdx % 2 == 1) {
            c.localBarrier();
            shared[c.localIdx] += shared[63 - c.localIdx] * 0f + 1f;
            c.localBarrier();
        }
        out.set(c.globalIdx, shared[c.localIdx]);
    }

    static void kLocalSizesDiffer(KernelContext c, FloatArray out) {
        float[] shared = c.allocateFloatLocalArray(c.localIdx == 7 ? 8 : 9);
        out.set(c.globalIdx, shared.length);
    }

    static void kTooMuchLocalMemory(KernelContext c, FloatArray out) {
        float[] first = c.allocateFloatLocalArray(6 * 1024);
        double[] second = c.allocateDoubleLocalArray(3 * 1024 + 1);
        out.set(c.globalIdx, first.length + second.length);
    }

    static void kUninitialised(KernelContext c, FloatArray out) {
        float[] shared = c.allocateFloatLocalArray(64);
        out.set(c.globalIdx, shared[c.localIdx]);
        shared[c.localIdx] = 1f;
    }

    static void kBarrierMissing(KernelContext c, FloatArray out) {
        float[] shared = c.allocateFloatLocalArray(64);
        shared[c.localIdx] = c.localIdx;
        for (int stride = 32; stride > 0; stride = stride / 2) {
            if (c.localIdx < stride) { shared[c.localIdx] += shared[c.localIdx + stride]; }
            if (stride > 16) { c.localBarrier(); }
        }
        out.set(c.globalIdx, shared[0]);
    }

    static void kGroupsInOrder(KernelContext c, FloatArray out) {
        if (c.localIdx == 0) { out.set(c.groupIdx, c.groupIdx == 0 ? 1f : out.get(c.groupIdx - 1) + 1f); }
    }

    static void kShift(KernelContext c, FloatArray out) {
        int i = c.globalIdx;
        if (i < 255) { out.set(i, out.get(i + 1)); }
    }

    static void kAllWriteOne(KernelContext c, FloatArray out) {
        out.set(0, c.globalIdx);
    }

    static void kReversedInGroups(KernelContext c, FloatArray out) {
        out.set(c.globalIdx, c.globalIdx);
        c.globalBarrier();
        float mirrored = out.get(c.groupIdx * 64 + 63 - c.localIdx);
        c.globalBarrier();
        out.set(c.globalIdx, mirrored);
    }

    static void kReversedAcrossGroups(KernelContext c, FloatArray out) {
        out.set(c.globalIdx, c.globalIdx);
        c.globalBarrier();
        float mirrored = out.get(255 - c.globalIdx);
        c.globalBarrier();
        out.set(c.globalIdx, mirrored);
    }

    static void kFails(KernelContext c, FloatArray out) {
        c.localBarrier();
        if (c.globalIdx == 70) { out.set(256, 1f); }
        c.localBarrier();
    }

    static void kFloatAtomic(KernelContext c, FloatArray out) {
        c.atomicAdd(out, 0, 1f);
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void aBarrierThatOnlySomeThreadsReachIsRefused(Mode mode) throws Exception {
        mode.run(() -> {
            refused("by all threads of a work-group or by none", () -> run(KernelRulesTest::kBarrierInBranch));
            refused("by all threads of a work-group or by none", () -> run(KernelRulesTest::kBarrierInLaterThreads));
            refused("by all threads of a work-group or by none", () -> run(KernelRulesTest::kBarriersPerThread));
            refused("comes to globalBarrier", () -> run(KernelRulesTest::kDifferentBarriers));
        });
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void aWholeWorkGroupMaySkipABarrier(Mode mode) throws Exception {
        mode.run(() -> {
            run(KernelRulesTest::kBarriersInOddGroups);
            for (int i = 0; i < 256; i++) { assertEquals(i / 64 % 2 == 1 ? 2f : 1f, out.get(i)); }
        });
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void localArraysAreTheSameForAllThreadsAndFitInto48Kibibytes(Mode mode) throws Exception {
        mode.run(() -> {
            refused("disagree about local array 0", () -> run(KernelRulesTest::kLocalSizesDiffer));
            refused("49160 bytes of local memory", () -> run(KernelRulesTest::kTooMuchLocalMemory));
        });
    }

    @Test
    void localMemoryIsNotANumberUntilWrittenInEveryWorkGroup() throws Exception {
        Mode.STRICT.run(() -> {
            run(KernelRulesTest::kUninitialised);
            for (int i = 0; i < 256; i++) { assertTrue(Float.isNaN(out.get(i))); }
        });
    }

    @Test
    void aKernelThatLacksABarrierGetsWrongNumbers() throws Exception {
        Mode.STRICT.run(() -> {
            run(KernelRulesTest::kBarrierMissing);
            assertNotEquals(63 * 32f, out.get(0));
        });
    }

    @Test
    void aKernelThatReliesOnTheOrderOfWorkGroupsIsRefused() throws Exception {
        Mode.STRICT.run(() -> refused("either may come first", () -> run(KernelRulesTest::kGroupsInOrder)));
    }

    @Test
    void anArrayGivenAgainAfterAParameterThatIsWrittenIsRefused() throws Exception {
        Mode.STRICT.run(() -> {
            TaskGraph twice = new TaskGraph("g").transferToDevice(EVERY, out)
                    .task("t", ProbeKernels::kAdd, context, out, out, 256).transferToHost(EVERY, out);
            refused("never finishes ordering the graph", () -> Plans.of(Plans.grids(256, 64, "g.t"), twice).execute());
            TaskGraph last = new TaskGraph("g").transferToDevice(EVERY, out)
                    .task("t", ProbeKernels::kScale, context, out, out, 2f, 256).transferToHost(EVERY, out);
            out.init(3f);
            Plans.of(Plans.grids(256, 64, "g.t"), last).execute();
            assertEquals(6f, out.get(255));
        });
    }

    @Test
    void threadsThatMeetAtAnElementWithoutABarrierAreRefused() throws Exception {
        Mode.STRICT.run(() -> {
            refused("either may come first", () -> run(KernelRulesTest::kShift));
            refused("either may come first", () -> run(KernelRulesTest::kAllWriteOne));
            refused("either may come first", () -> run(KernelRulesTest::kReversedAcrossGroups));
            run(KernelRulesTest::kReversedInGroups);
            assertEquals(63f, out.get(0));
            assertEquals(192f, out.get(255));
        });
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void aFailureNamesTheTaskAndTheThread(Mode mode) throws Exception {
        mode.run(() -> {
            refused("Task g.t failed in thread (70, 0, 0): java.lang.IndexOutOfBoundsException",
                    () -> run(KernelRulesTest::kFails));
            IllegalStateException e = assertThrows(IllegalStateException.class,
                    () -> run(KernelRulesTest::kFloatAtomic));
            assertEquals(TornadoBailoutRuntimeException.class, e.getCause().getClass());
        });
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void aKernelNeedsAGridWhoseSizeIsAMultipleOfItsWorkGroups(Mode mode) throws Exception {
        mode.run(() -> {
            WorkerGrid1D grid = new WorkerGrid1D(256);
            TaskGraph graph = graph(KernelRulesTest::kGroupsInOrder);
            refused("has no WorkerGrid", () -> new TornadoExecutionPlan(graph.snapshot()).execute());
            TornadoExecutionPlan plan = Plans.of(new GridScheduler("g.t", grid), graph);
            refused("has no local size", plan::execute);
            grid.setLocalWork(100, 1, 1);
            refused("no multiple of the local size 100", plan::execute);
            grid.setGlobalWork(4096, 1, 1);
            grid.setLocalWork(2048, 1, 1);
            refused("at most 1024", plan::execute);
            assertThrows(TornadoRuntimeException.class, () -> plan.withGridScheduler(new GridScheduler("x.y", grid)));
        });
    }

    @Test
    void aGridForATaskThatDoesNotExistIsRefused() throws Exception {
        Mode.STRICT.run(() -> refused("has no such task",
                () -> Plans.of(Plans.grids(256, 64, "g.t", "g.u"), graph(KernelRulesTest::kGroupsInOrder))));
    }

    @Test
    void aGraphHasAtMost256TasksAnd8192BytesOfDescription() throws Exception {
        Mode.STRICT.run(() -> {
            new TornadoExecutionPlan(increments(256, 3).snapshot());
            refused("at most 256", () -> new TornadoExecutionPlan(increments(257, 3).snapshot()));
            new TornadoExecutionPlan(increments(234, 4).snapshot());
            refused("8225 bytes", () -> new TornadoExecutionPlan(increments(235, 4).snapshot()));
        });
    }

    @Test
    void aGraphWhoseCodeIsLargerThanItsPropertyAllowsIsRefused() throws Exception {
        String before = System.clearProperty("tornado.tvm.maxbytecodesize");
        try {
            Mode.STRICT.run(() -> refused("at least 5300 bytes of TornadoVM's code, and tornado.tvm.maxbytecodesize is "
                    + "4096", () -> new TornadoExecutionPlan(increments(100, 4).snapshot())));
        } finally {
            System.setProperty("tornado.tvm.maxbytecodesize", before);
        }
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void namesAreUniqueWithinAGraphAndWithinAPlan(Mode mode) throws Exception {
        mode.run(() -> {
            TaskGraph graph = increments(1, 3);
            assertThrows(TornadoTaskRuntimeException.class,
                    () -> graph.task("t0", ProbeKernels::kIncrement, context, out, 1));
            refused("unique within a plan", () -> new TornadoExecutionPlan(graph.snapshot(), graph.snapshot()));
        });
    }

    @Test
    void onlyOffHeapArraysAndNumbersAreArguments() throws Exception {
        Mode.STRICT.run(() -> refused("is a String", () -> new TornadoExecutionPlan(
                new TaskGraph("g").task("t", (String s, FloatArray a) -> a.set(0, s.length()), "x", out)
                        .transferToHost(EVERY, out).snapshot())));
    }

    private TaskGraph increments(int count, int parameters) {
        TaskGraph graph = new TaskGraph("g").transferToDevice(EVERY, out).transferToHost(EVERY, out);
        for (int i = 0; i < count; i++) {
            if (parameters == 3) {
                graph.task("t" + i, ProbeKernels::kIncrement, context, out, 256);
            } else {
                graph.task("t" + i, ProbeKernels::kAdd, context, out, out, 256);
            }
        }
        return graph;
    }

    private TaskGraph graph(Task2<KernelContext, FloatArray> kernel) {
        return new TaskGraph("g").transferToDevice(EVERY, out).task("t", kernel, context, out)
                .transferToHost(EVERY, out);
    }

    private void run(Task2<KernelContext, FloatArray> kernel) {
        out.clear();
        Plans.of(Plans.grids(256, 64, "g.t"), graph(kernel)).execute();
    }

    private static void refused(String part, Executable body) {
        String message = assertThrows(IllegalStateException.class, body).getMessage();
        assertTrue(message.contains(part), message);
    }
}
