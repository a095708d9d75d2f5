package org.llmrlpt.device;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.llmrlpt.config.DeviceSettings;
import uk.ac.manchester.tornado.api.DataRange;
import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.ImmutableTaskGraph;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.TornadoExecutionPlan;
import uk.ac.manchester.tornado.api.TornadoExecutionResult;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.exceptions.TornadoExecutionPlanException;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/**
 * The arenas and the programs that share them, in one TornadoVM execution plan. Order of use: reserve persistent
 * tensors and record programs; {@link #start()}; fill host memory and {@link #upload()}; run programs; {@link #fetch}
 * what the host wants to see.
 */
public final class Session implements AutoCloseable {
    /** Name of the graph that owns every arena; all other graphs consume from it. */
    static final String OWNER = "load";
    /** Device memory beside the arenas: the inputs' staging arrays and array headers. */
    private static final long STAGING_ROOM = 256L << 20;

    /** Hears of the first run of each task graph, in which TornadoVM compiles its kernels: seconds to minutes. */
    @FunctionalInterface
    public interface FirstRuns {
        /** {@code kernels} of the program's {@code of} kernels are compiled; the latest graph took {@code seconds}. */
        void compiled(String program, int kernels, int of, double seconds);
    }

    private final Arenas arenas = new Arenas();
    private final Map<String, Program> programs = new LinkedHashMap<>();
    private final Set<Integer> compiled = new HashSet<>();
    private final boolean cudaGraphs;
    private FirstRuns firstRuns = (program, kernels, of, seconds) -> { };
    private TornadoExecutionPlan plan;
    private TornadoExecutionResult last;
    private Profile profile;

    /** A session with the defaults of a device. */
    public Session() {
        cudaGraphs = false;
    }

    /** A session as the settings of the device ask for it. */
    public Session(DeviceSettings settings) {
        cudaGraphs = settings.cudaGraphs();
    }

    /** A tensor [rows, columns] that keeps its values between runs. */
    public Tensor persistent(ArenaKind kind, String name, int rows, int columns) {
        Tensor tensor = Tensor.unplaced(name, kind, rows, columns);
        arenas.reserve(tensor);
        return tensor;
    }

    /**
     * A tensor [rows, columns] that one program hands on to the next, in the arena of activations. It keeps its values
     * until a program runs that does not use it. A program that uses it uses all of it, and has the memory of each part
     * for activations until its first use: so that is a write.
     */
    public Tensor handedOn(String name, int rows, int columns) {
        return persistent(ArenaKind.ACTIVATIONS, name, rows, columns);
    }

    /** Elements [1, n] that a task has for itself while it runs; all tasks have the same ones. */
    Tensor workspace(int n) {
        Tensor tensor = Tensor.unplaced("workspace", ArenaKind.WORKSPACE, 1, n);
        arenas.requireSize(ArenaKind.WORKSPACE, n);
        tensor.place(0);
        return tensor;
    }

    /** Begins the recording of a program. */
    public ProgramBuilder program(String name) {
        if (programs.containsKey(name)) {
            throw new IllegalArgumentException("there is a program " + name + " already");
        }
        return new ProgramBuilder(this, name);
    }

    Program add(Program program) {
        if (plan != null) {
            throw new IllegalStateException("programs are recorded before the session starts: " + program.name());
        }
        program.layOut();
        arenas.requireSize(ArenaKind.ACTIVATIONS, program.activationElements());
        programs.put(program.name(), program);
        return program;
    }

    /** Bytes of each arena and program, known before anything is allocated. */
    public MemoryPlan memoryPlan() {
        return MemoryPlan.of(arenas, programs.values());
    }

    /** Allocates the arenas and writes all programs into task graphs. */
    public void start() {
        // TornadoVM reads its limit when its classes load, which the first task graph makes them do.
        long needed = arenas.totalBytes() + STAGING_ROOM;
        TornadoSettings.deviceMemory(needed);
        TornadoSettings.verify(needed);
        arenas.allocate();
        GridScheduler grids = new GridScheduler();
        Placement placement = new Placement(arenas, new KernelContext());
        List<ImmutableTaskGraph> graphs = new ArrayList<>();
        graphs.add(ownerGraph().snapshot());
        for (Program program : programs.values()) {
            ProgramGraphs emitted = new ProgramGraphs(program, arenas, placement, grids);
            emitted.firstIndex(graphs.size());
            emitted.graphs().forEach(g -> graphs.add(g.snapshot()));
            program.become(emitted);
        }
        plan = new TornadoExecutionPlan(graphs.toArray(ImmutableTaskGraph[]::new));
        // TornadoVM refuses a scheduler that names no task, which is what cpu kernels leave.
        if (!grids.keySet().isEmpty()) {
            plan.withGridScheduler(grids);
        }
        if (cudaGraphs) {
            plan.withCUDAGraph();
        }
    }

    private TaskGraph ownerGraph() {
        Object[] all = arenas.all().toArray();
        TaskGraph graph = new TaskGraph(OWNER).transferToDevice(DataTransferMode.EVERY_EXECUTION, all);
        for (int i = 0; i < all.length; i++) {
            if (all[i] instanceof FloatArray floats) {
                graph.task("touch_" + i, TransferKernels::touchFloats, floats);
            } else {
                graph.task("touch_" + i, TransferKernels::touchInts, (IntArray) all[i]);
            }
        }
        return graph.persistOnDevice(all);
    }

    /** From the next run on, notes the time of every task; before or after {@link #start()}. */
    public Profile profile() {
        if (profile == null) {
            profile = new Profile();
        }
        return profile;
    }

    /** Copies all arenas from the host to the device: after {@link #start()}, and whenever the host changed weights. */
    public void upload() {
        last = plan.withGraph(0).execute();
    }

    /** From now on {@code listener} hears when a graph ran for the first time. */
    public void onFirstRuns(FirstRuns listener) {
        firstRuns = listener;
    }

    void run(Program program) {
        ProgramGraphs graphs = program.graphs();
        boolean profiled = profile != null && profile.wantsMore();
        try (ProgramRun _ = new ProgramRun(program.name(), program.operations().size())) {
            for (int i = 0; i < graphs.graphs().size(); i++) {
                int index = graphs.firstIndex() + i;
                boolean first = compiled.add(index);
                long begin = System.nanoTime();
                TornadoExecutionPlan graph = plan.withGraph(index);
                if (profile != null) {
                    profile.switchOn(graph, profiled);
                }
                last = graph.execute();
                if (profiled) {
                    profile.add(program.name(), graphs, i, last.getProfilerResult().getProfileLog());
                }
                if (first) {
                    int tasks = graphs.taskCount();
                    firstRuns.compiled(program.name(), Math.min(tasks, (i + 1) * ProgramGraphs.TASKS_PER_GRAPH), tasks,
                        (System.nanoTime() - begin) / 1e9);
                }
            }
        }
    }

    /** Copies one arena from the device to the host, where {@link #floats} shows it. */
    public void fetch(ArenaKind kind) {
        last.transferToHost(kind.isInteger() ? arenas.integers() : arenas.floats(kind));
    }

    /** Copies one contiguous tensor from the device to the host. */
    public void fetch(Tensor tensor) {
        if (!tensor.isContiguous()) {
            throw new IllegalArgumentException("not contiguous: " + tensor);
        }
        TornadoNativeArray array = tensor.arena().isInteger() ? arenas.integers() : arenas.floats(tensor.arena());
        last.transferToHost(new DataRange(array).withOffset(tensor.offset()).withSize(tensor.size()));
    }

    /** A floating-point tensor's arena on the host. */
    public FloatArray floats(Tensor tensor) {
        return arenas.floats(tensor.arena());
    }

    /** An integer tensor's values on the host: read it after {@link #fetch}. */
    public int[] integers(Tensor tensor) {
        MemorySegment all = arenas.integers().getSegment();
        return all.asSlice(4L * tensor.offset(), 4 * tensor.size()).toArray(ValueLayout.JAVA_INT);
    }

    /**
     * Host memory of a contiguous floating-point tensor: read it after {@link #fetch}, write before {@link #upload}.
     */
    public MemorySegment segment(Tensor tensor) {
        if (!tensor.isContiguous()) {
            throw new IllegalArgumentException("not contiguous: " + tensor);
        }
        return arenas.floats(tensor.arena()).getSegment().asSlice(4L * tensor.offset(), 4 * tensor.size());
    }

    @Override
    public void close() {
        if (plan != null) {
            try {
                plan.withAllGraphs().close();
            } catch (TornadoExecutionPlanException e) {
                throw new IllegalStateException("TornadoVM could not free its device memory", e);
            }
        }
    }
}
