package uk.ac.manchester.tornado.api.fallback;

import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/** The rules of the real TornadoVM that a plan's graphs can be checked for before anything runs. */
final class StrictRules {
    /** Tasks that fit into a graph. */
    static final int MAX_TASKS = 256;
    /** Bytes in which a graph describes its tasks. */
    static final int DESCRIPTION_BYTES = 8192;
    /** Bytes that every task takes of the description. */
    static final int TASK_BYTES = 15;
    /** Bytes that every parameter takes of the description. */
    static final int PARAMETER_BYTES = 5;

    /** Bytes of TornadoVM's code that launching a task takes, without what its parameters take. */
    static final int LAUNCH_BYTES = 33;
    private static final String CODE_PROPERTY = "tornado.tvm.maxbytecodesize";
    private static final int CODE_DEFAULT = 4096;

    private StrictRules() { }

    static void check(List<GraphSpec> graphs) {
        Set<Object> ownedSomewhere = identitySet();
        graphs.forEach(graph -> ownedSomewhere.addAll(owned(graph)));
        checkHashes(graphs);
        for (GraphSpec graph : graphs) {
            checkSize(graph);
            Set<Object> owned = owned(graph);
            for (Object array : graph.consumed()) {
                if (owned.contains(array)) {
                    throw new RuleViolation("Graph " + graph.name() + " consumes " + name(graphs, array)
                            + " and also transfers or persists it; one graph owns a buffer and the others only consume "
                            + "it, or it is freed twice");
                }
                if (!ownedSomewhere.contains(array)) {
                    throw new RuleViolation("Graph " + graph.name() + " consumes " + name(graphs, array)
                            + ", which no graph of the plan transfers or persists");
                }
            }
            checkModes(graphs, graph);
            checkArguments(graphs, graph, owned);
        }
    }

    private static void checkSize(GraphSpec graph) {
        if (graph.tasks().size() > MAX_TASKS) {
            throw new RuleViolation("Graph " + graph.name() + " has " + graph.tasks().size() + " tasks; at most "
                    + MAX_TASKS + " are possible, so split it");
        }
        int bytes = 0;
        for (TaskSpec task : graph.tasks()) { bytes += TASK_BYTES + PARAMETER_BYTES * task.arguments().length; }
        if (bytes > DESCRIPTION_BYTES) {
            throw new RuleViolation("The tasks of graph " + graph.name() + " take " + bytes + " bytes of description ("
                    + TASK_BYTES + " each and " + PARAMETER_BYTES + " per parameter); there are " + DESCRIPTION_BYTES
                    + ", so split it");
        }
        int room = Integer.getInteger(CODE_PROPERTY, CODE_DEFAULT);
        int code = bytes + (LAUNCH_BYTES - TASK_BYTES) * graph.tasks().size();
        if (code > room) {
            throw new RuleViolation("The tasks of graph " + graph.name() + " take at least " + code
                    + " bytes of TornadoVM's code, and " + CODE_PROPERTY + " is " + room
                    + "; by default TornadoVM then runs sequential Java without a word");
        }
    }

    /** TornadoVM finds arrays by their hash code. */
    private static void checkHashes(List<GraphSpec> graphs) {
        Map<Integer, Object> byHash = new HashMap<>();
        for (GraphSpec graph : graphs) {
            for (TaskSpec task : graph.tasks()) {
                for (Object argument : task.arguments()) {
                    if (!(argument instanceof TornadoNativeArray)) { continue; }
                    Object other = byHash.putIfAbsent(argument.hashCode(), argument);
                    if (other != null && other != argument) {
                        throw new RuleViolation("Two arrays have the same hash code, by which TornadoVM tells them "
                                + "apart: " + name(graphs, other) + " and " + name(graphs, argument)
                                + "; allocate one of them anew");
                    }
                }
            }
        }
    }

    private static void checkModes(List<GraphSpec> graphs, GraphSpec graph) {
        Set<Object> every = identitySet();
        Set<Object> once = identitySet();
        for (GraphSpec.Transfer transfer : graph.toDevice()) {
            (transfer.mode() == DataTransferMode.EVERY_EXECUTION ? every : once).add(transfer.array());
        }
        for (Object array : every) {
            if (once.contains(array)) {
                throw new RuleViolation("Graph " + graph.name() + " transfers " + name(graphs, array)
                        + " to the device in two modes; choose one");
            }
        }
    }

    private static void checkArguments(List<GraphSpec> graphs, GraphSpec graph, Set<Object> owned) {
        Set<Object> known = identitySet();
        known.addAll(owned);
        known.addAll(graph.consumed());
        for (Object array : known) {
            if (!(array instanceof TornadoNativeArray)) {
                throw new RuleViolation("Graph " + graph.name() + " transfers a " + array.getClass().getSimpleName()
                        + "; only TornadoVM's off-heap arrays can be transferred here");
            }
        }
        for (TaskSpec task : graph.tasks()) {
            Object[] arguments = task.arguments();
            for (int i = 0; i < arguments.length; i++) {
                Object argument = arguments[i];
                if (argument instanceof TornadoNativeArray) {
                    if (!known.contains(argument)) {
                        throw new RuleViolation("Argument " + i + " of task " + task.qualifiedName()
                                + " is an array that graph " + graph.name() + " neither transfers nor consumes; it "
                                + "would be copied once and never again");
                    }
                } else if (!(argument instanceof Number || argument instanceof Boolean
                        || argument instanceof KernelContext)) {
                    throw new RuleViolation("Argument " + i + " of task " + task.qualifiedName() + " is a "
                            + argument.getClass().getSimpleName()
                            + "; tasks take off-heap arrays, numbers and a KernelContext");
                }
            }
        }
    }

    /** Returns the arrays that a graph transfers or persists. */
    static Set<Object> owned(GraphSpec graph) {
        Set<Object> owned = identitySet();
        graph.toDevice().forEach(transfer -> owned.add(transfer.array()));
        graph.toHost().forEach(transfer -> owned.add(transfer.array()));
        return owned;
    }

    /** Returns words by which a reader finds the array in the program. */
    static String name(List<GraphSpec> graphs, Object array) {
        String what = array.getClass().getSimpleName()
                + (array instanceof TornadoNativeArray a ? " of " + a.getSize() + " elements" : "");
        for (GraphSpec graph : graphs) {
            for (TaskSpec task : graph.tasks()) {
                for (int i = 0; i < task.arguments().length; i++) {
                    if (task.arguments()[i] == array) {
                        return "the " + what + " (argument " + i + " of task " + task.qualifiedName() + ")";
                    }
                }
            }
        }
        return "a " + what + " that no task takes";
    }

    private static Set<Object> identitySet() {
        return Collections.newSetFromMap(new IdentityHashMap<>());
    }
}
