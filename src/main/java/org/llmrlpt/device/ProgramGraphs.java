package org.llmrlpt.device;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * A program's task graphs. The first one brings the inputs: they travel in a staging array of the program's own
 * (exactly one graph may transfer an array) and a task copies them into the arenas, where all graphs see them.
 */
final class ProgramGraphs {
    /**
     * Tasks in a graph: a graph describes its tasks in 8192 bytes, 15 + 5 for each parameter, and a task has at most
     * 20 parameters, so 64 tasks always fit.
     */
    static final int TASKS_PER_GRAPH = 64;

    private final List<TaskGraph> graphs = new ArrayList<>();
    private final Map<Tensor, Integer> stagingOffsets = new IdentityHashMap<>();
    private final Map<String, Operation> operations = new HashMap<>();
    private IntArray stagedInts;
    private FloatArray stagedFloats;
    private final int taskCount;
    private int firstIndex;

    /** Writes {@code program} into task graphs that consume all arenas from the graph that owns them. */
    ProgramGraphs(Program program, Arenas arenas, Placement placement, GridScheduler grids) {
        TaskGraph graph = next(program, arenas);
        int tasks = emitInputs(program, arenas, graph);
        taskCount = tasks + program.operations().size();
        int number = 0;
        for (Operation op : program.operations()) {
            if (tasks == TASKS_PER_GRAPH) {
                graph = next(program, arenas);
                tasks = 0;
            }
            String id = op.name() + "_" + number++;
            placement.of(op);
            op.emitter().emit(graph, id, placement);
            String qualified = graph.getTaskGraphName() + "." + id;
            operations.put(qualified, op);
            if (op.grid() != null) {
                grids.addWorkerGrid(qualified, op.grid().toWorkerGrid());
            }
            tasks++;
        }
    }

    private TaskGraph next(Program program, Arenas arenas) {
        TaskGraph graph = new TaskGraph(program.name() + graphs.size());
        graph.consumeFromDevice(Session.OWNER, arenas.all().toArray());
        graphs.add(graph);
        return graph;
    }

    /** Returns the number of its tasks. */
    private int emitInputs(Program program, Arenas arenas, TaskGraph graph) {
        int ints = 0;
        int floats = 0;
        for (Tensor input : program.inputs()) {
            int n = Math.toIntExact(Arenas.aligned(input.size()));
            if (input.arena().isInteger()) {
                stagingOffsets.put(input, ints);
                ints += n;
            } else {
                stagingOffsets.put(input, floats);
                floats += n;
            }
        }
        if (ints > 0) {
            stagedInts = new IntArray(ints);
            graph.transferToDevice(DataTransferMode.EVERY_EXECUTION, stagedInts);
        }
        if (floats > 0) {
            stagedFloats = new FloatArray(floats);
            graph.transferToDevice(DataTransferMode.EVERY_EXECUTION, stagedFloats);
        }
        List<Run> runs = runs(program.inputs());
        for (Run run : runs) {
            String id = "input_" + runs.indexOf(run);
            if (run.arena.isInteger()) {
                graph.task(id, TransferKernels::copyInts, stagedInts, run.from, arenas.integers(), run.to, run.n);
            } else {
                graph.task(id, TransferKernels::copyFloats, stagedFloats, run.from, arenas.floats(run.arena), run.to,
                    run.n);
            }
        }
        return runs.size();
    }

    /** Inputs that lie one behind the other in their arena as they do in the staging array: one task copies them. */
    private record Run(ArenaKind arena, int from, int to, int n) {
        boolean goesOn(Run next) {
            return arena == next.arena && next.from - from == next.to - to && next.from - from == Arenas.aligned(n);
        }
    }

    private List<Run> runs(List<Tensor> inputs) {
        List<Run> runs = new ArrayList<>();
        for (Tensor input : inputs) {
            Run run = new Run(input.arena(), stagingOffsets.get(input), input.offset(),
                Math.toIntExact(input.size()));
            if (!runs.isEmpty() && runs.getLast().goesOn(run)) {
                Run before = runs.removeLast();
                run = new Run(before.arena, before.from, before.to, run.from + run.n - before.from);
            }
            runs.add(run);
        }
        return runs;
    }

    void stage(Tensor input, int[] values) {
        int at = checkedOffset(input, values.length);
        for (int i = 0; i < values.length; i++) {
            stagedInts.set(at + i, values[i]);
        }
    }

    void stage(Tensor input, float[] values) {
        int at = checkedOffset(input, values.length);
        for (int i = 0; i < values.length; i++) {
            stagedFloats.set(at + i, values[i]);
        }
    }

    private int checkedOffset(Tensor input, int length) {
        Integer at = stagingOffsets.get(input);
        if (at == null || length != input.size()) {
            throw new IllegalArgumentException(length + " values do not fit the input " + input);
        }
        return at;
    }

    /** The operation behind a task, by the name "graph.task"; null for the tasks that bring the inputs. */
    Operation operation(String qualifiedTask) {
        return operations.get(qualifiedTask);
    }

    List<TaskGraph> graphs() {
        return graphs;
    }

    /** Tasks of all graphs together. */
    int taskCount() {
        return taskCount;
    }

    /** Index in the execution plan of the program's first graph. */
    int firstIndex() {
        return firstIndex;
    }

    void firstIndex(int index) {
        firstIndex = index;
    }
}
