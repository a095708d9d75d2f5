package uk.ac.manchester.tornado.api;

import java.util.ArrayList;
import java.util.List;
import uk.ac.manchester.tornado.api.common.TornadoDevice;
import uk.ac.manchester.tornado.api.enums.ProfilerMode;
import uk.ac.manchester.tornado.api.exceptions.TornadoExecutionPlanException;
import uk.ac.manchester.tornado.api.fallback.CpuDevice;
import uk.ac.manchester.tornado.api.fallback.Engine;
import uk.ac.manchester.tornado.api.fallback.GraphSpec;
import uk.ac.manchester.tornado.api.runtime.TornadoRuntimeProvider;

/** Graphs of one device that may hand arrays to each other; use one {@code withGraph(i).execute()} at a time. */
public class TornadoExecutionPlan implements AutoCloseable {
    private final Engine engine;
    private final TornadoExecutionResult result;

    /** A plan of at least one graph; all are selected. */
    public TornadoExecutionPlan(ImmutableTaskGraph... graphs) {
        List<GraphSpec> specs = new ArrayList<>();
        for (ImmutableTaskGraph graph : graphs) { specs.add(graph.spec()); }
        engine = Engine.create(specs, KernelContext::new);
        result = new TornadoExecutionResult(engine, new TornadoProfilerResult(engine));
    }

    /** Runs the selected graphs in order and waits for them. */
    public TornadoExecutionResult execute() {
        engine.execute();
        return result;
    }

    /** Selects one graph. */
    public TornadoExecutionPlan withGraph(int index) {
        engine.select(index);
        return this;
    }

    /** Selects all graphs. */
    public TornadoExecutionPlan withAllGraphs() {
        engine.selectAll();
        return this;
    }

    /** Sets the grids of the selected graphs' kernels. */
    public TornadoExecutionPlan withGridScheduler(GridScheduler grids) {
        engine.setGrids(grids);
        return this;
    }

    /** Notes the time of every task from now on, in silence whatever the mode. */
    public TornadoExecutionPlan withProfiler(ProfilerMode mode) {
        engine.profile(true);
        return this;
    }

    /** Notes no times any more. */
    public TornadoExecutionPlan withoutProfiler() {
        engine.profile(false);
        return this;
    }

    /** Does nothing: there are no CUDA graphs on a CPU. */
    public TornadoExecutionPlan withCUDAGraph() {
        return this;
    }

    /** Refuses executions whose arrays take more than this, for example "512MB" or "2GB". */
    public TornadoExecutionPlan withMemoryLimit(String limit) {
        engine.setMemoryLimit(limit);
        return this;
    }

    /** Lifts the limit. */
    public TornadoExecutionPlan withoutMemoryLimit() {
        engine.setMemoryLimit(null);
        return this;
    }

    /** Frees the selected graphs' device memory; they upload again when executed next. */
    public TornadoExecutionPlan freeDeviceMemory() {
        engine.free();
        return this;
    }

    /** Frees the selected graphs' device memory, so select all graphs first. */
    @Override
    public void close() throws TornadoExecutionPlanException {
        engine.close();
    }

    /** Returns the bytes that the selected graphs hold on the device. */
    public long getCurrentDeviceMemoryUsage() {
        return engine.deviceBytes();
    }

    /** Returns the device of a graph. */
    public TornadoDevice getDevice(int graphIndex) {
        return CpuDevice.INSTANCE;
    }

    /** Returns a device of a backend. */
    public static TornadoDevice getDevice(int backend, int device) {
        return TornadoRuntimeProvider.getTornadoRuntime().getBackend(backend).getDevice(device);
    }
}
