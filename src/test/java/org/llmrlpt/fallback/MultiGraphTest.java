package org.llmrlpt.fallback;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.TornadoExecutionPlan;
import uk.ac.manchester.tornado.api.TornadoExecutionResult;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/** The way LLM-RLPT uses graphs: one loads and owns the arenas, the others consume them and run in any order. */
class MultiGraphTest {
    private static final int N = 16;
    private final KernelContext context = new KernelContext();
    private final FloatArray weights = new FloatArray(N * N);
    private final FloatArray outputs = new FloatArray(N);
    private final FloatArray inputs = new FloatArray(N);
    private final FloatArray scalars = new FloatArray(1);

    @ParameterizedTest
    @EnumSource(Mode.class)
    void weightsStayOnTheDeviceAndGraphsRunInAnyOrder(Mode mode) throws Exception {
        mode.run(() -> {
            for (int i = 0; i < N * N; i++) { weights.set(i, (float) Math.cos(i) * 0.1f); }
            float[] reference = weights.toHeapArray();
            TornadoExecutionPlan plan = plan();
            plan.withGraph(0).execute();
            TornadoExecutionResult result = null;
            for (int step = 0; step < 30; step++) {
                for (int i = 0; i < N; i++) { inputs.set(i, (float) Math.sin(step * 5 + i)); }
                plan.withGraph(1).execute();
                if (step % 4 == 1) { plan.withGraph(1).execute(); }
                scalars.set(0, 0.1f / (1 + step));
                result = plan.withGraph(2).execute();
                advance(reference, inputs.toHeapArray(), scalars.get(0));
            }
            result.transferToHost(weights);
            for (int i = 0; i < N * N; i++) { assertEquals(reference[i], weights.get(i), 1e-5f); }
            plan.withAllGraphs().close();
        });
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void newWeightsTakeEffectWhenTheLoadingGraphRunsAgain(Mode mode) throws Exception {
        mode.run(() -> {
            weights.init(1f);
            TornadoExecutionPlan plan = plan();
            for (int round = 1; round <= 3; round++) {
                weights.init(round);
                inputs.init(0.5f);
                scalars.set(0, 0.01f);
                plan.withGraph(0).execute();
                TornadoExecutionResult result = plan.withGraph(1).execute();
                result.transferToHost(outputs);
                for (int i = 0; i < N; i++) { assertEquals(round * 0.5f * N, outputs.get(i), 1e-4f); }
                plan.withGraph(2).execute();
            }
            plan.withAllGraphs().close();
        });
    }

    private TornadoExecutionPlan plan() {
        TaskGraph load = new TaskGraph("load").transferToDevice(DataTransferMode.EVERY_EXECUTION, weights, outputs)
                .task("touch", ProbeKernels::kTouch, context, weights, outputs).persistOnDevice(weights, outputs);
        TaskGraph forward = new TaskGraph("forward").consumeFromDevice("load", weights, outputs)
                .transferToDevice(DataTransferMode.EVERY_EXECUTION, inputs)
                .task("mv", ProbeKernels::kMatVec, context, weights, inputs, outputs, N)
                .transferToHost(DataTransferMode.UNDER_DEMAND, inputs);
        FloatArray same = new FloatArray(N);
        same.init(1f);
        TaskGraph update = new TaskGraph("update").consumeFromDevice("load", weights, outputs)
                .transferToDevice(DataTransferMode.EVERY_EXECUTION, scalars)
                .transferToDevice(DataTransferMode.FIRST_EXECUTION, same)
                .task("sgd", ProbeKernels::kUpdate, context, weights, outputs, same, scalars, N);
        GridScheduler grids = Plans.grids(N, N, "load.touch", "forward.mv");
        Plans.add(grids, N * N, 64, "update.sgd");
        return Plans.of(grids, load, forward, update);
    }

    private static void advance(float[] w, float[] x, float rate) {
        for (int i = 0; i < N; i++) {
            float y = 0;
            for (int j = 0; j < N; j++) { y += w[i * N + j] * x[j]; }
            for (int j = 0; j < N; j++) { w[i * N + j] -= rate * y; }
        }
    }
}
