package uk.ac.manchester.tornado.api.fallback;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.exceptions.TornadoRuntimeException;

/** Runs the graphs of one plan. */
public abstract class Engine {
    final List<GraphSpec> graphs;
    final GridScheduler[] grids;
    final boolean[] selected;
    private final ProfileLog[] logs;
    private boolean profiling;
    private long nanos;

    Engine(List<GraphSpec> graphs) {
        this.graphs = graphs;
        grids = new GridScheduler[graphs.size()];
        selected = new boolean[graphs.size()];
        Arrays.fill(selected, true);
        logs = graphs.stream().map(ProfileLog::new).toArray(ProfileLog[]::new);
        Set<String> names = new HashSet<>();
        for (GraphSpec graph : graphs) {
            if (!names.add(graph.name())) {
                throw new RuleViolation("Two graphs of the plan are named " + graph.name()
                        + "; graph names are unique within a plan");
            }
        }
    }

    /** Returns an engine of the current mode; the function makes each thread's context. */
    public static Engine create(List<GraphSpec> graphs, Function<WorkItem, KernelContext> contexts) {
        if (graphs.isEmpty()) { throw new TornadoRuntimeException("A plan needs at least one graph"); }
        return switch (FallbackRuntime.mode()) {
            case FAST -> new FastEngine(graphs, contexts);
            case STRICT -> new StrictEngine(graphs, contexts);
        };
    }

    /** Selects one graph. */
    public final void select(int index) {
        if (index < 0 || index >= selected.length) {
            throw new TornadoRuntimeException("The plan has graphs 0 to " + (selected.length - 1) + ", not " + index);
        }
        Arrays.fill(selected, false);
        selected[index] = true;
    }

    /** Selects all graphs. */
    public final void selectAll() {
        Arrays.fill(selected, true);
    }

    /** Sets the grids of the selected graphs' kernels. */
    public void setGrids(GridScheduler scheduler) {
        boolean known = scheduler == null;
        for (int g = 0; g < selected.length; g++) {
            if (!selected[g]) { continue; }
            grids[g] = scheduler;
            GraphSpec graph = graphs.get(g);
            known |= graph.tasks().stream().anyMatch(t -> scheduler.get(t.qualifiedName()) != null);
        }
        if (!known) {
            throw new TornadoRuntimeException("The grid scheduler names no task of the selected graphs, but "
                    + scheduler.keySet());
        }
    }

    /** Runs the selected graphs in order. */
    public final void execute() {
        long start = System.nanoTime();
        prepare();
        for (int g = 0; g < selected.length; g++) {
            if (selected[g]) { run(g); }
        }
        nanos = System.nanoTime() - start;
    }

    /** From now on notes the time of every task, or no more. */
    public final void profile(boolean on) {
        profiling = on;
    }

    /** Returns what the profiler noted of the selected graphs. */
    public final String profileLog() {
        StringBuilder all = new StringBuilder();
        for (int g = 0; g < selected.length; g++) {
            if (selected[g]) { all.append(logs[g].text()); }
        }
        return all.toString();
    }

    /** Where the times of a graph's tasks go; null when nobody wants them. */
    final ProfileLog log(int graph) {
        return profiling ? logs[graph] : null;
    }

    /** Returns the duration of the latest execution. */
    public final long lastNanos() {
        return nanos;
    }

    /** Checks the selection before anything runs. */
    abstract void prepare();

    /** Runs one graph. */
    abstract void run(int graph);

    /** Copies an array from the device. */
    public abstract void transferToHost(Object array);

    /** Copies a part of an array from the device; offset and length in bytes of the elements. */
    public abstract void transferToHost(Object array, long offset, long bytes);

    /** Sets the memory limit, for example "2GB"; null lifts it. */
    public abstract void setMemoryLimit(String limit);

    /** Frees the selected graphs' device memory. */
    public abstract void free();

    /** Frees the selected graphs' device memory at the end. */
    public abstract void close();

    /** Returns the bytes of device memory that the selected graphs hold. */
    public abstract long deviceBytes();
}
