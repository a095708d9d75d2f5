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
    private int firstIndex;

    /** Writes {@code program} into task graphs that consume all arenas from the graph that owns them. */
    ProgramGraphs(Program program, Arenas arenas, Placement placement, GridScheduler grids) {
        TaskGraph graph = next(program, arenas);
        emitInputs(program, arenas, graph);
        int tasks = program.inputs().size();
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

    private void emitInputs(Program program, Arenas arenas, TaskGraph graph) {
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
        int number = 0;
        for (Tensor input : program.inputs()) {
            String id = "input_" + number++;
            int from = stagingOffsets.get(input);
            int n = Math.toIntExact(input.size());
            if (input.arena().isInteger()) {
                graph.task(id, TransferKernels::copyInts, stagedInts, from, arenas.integers(), input.offset(), n);
            } else {
                graph.task(id, TransferKernels::copyFloats, stagedFloats, from, arenas.floats(input.arena()),
                    input.offset(), n);
            }
        }
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

    /** Index in the execution plan of the program's first graph. */
    int firstIndex() {
        return firstIndex;
    }

    void firstIndex(int index) {
        firstIndex = index;
    }
}
