package org.llmrlpt.device;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Records a program: its inputs, its activations and its operations in order. */
public final class ProgramBuilder {
    private final Session session;
    private final String name;
    private final List<Operation> operations = new ArrayList<>();
    private final Set<Tensor> inputs = new LinkedHashSet<>();

    ProgramBuilder(Session session, String name) {
        this.session = session;
        this.name = name;
    }

    /** A tensor that lives from the operation that first writes it to the last one that uses it. */
    public Tensor activation(String tensorName, int rows, int columns) {
        return Tensor.unplaced(tensorName, ArenaKind.ACTIVATIONS, rows, columns);
    }

    /** Integers [1, n] that the host sets before each run. */
    public Tensor integerInput(String tensorName, int n) {
        return input(session.persistent(ArenaKind.INTEGERS, name + "." + tensorName, 1, n));
    }

    /** Floats [1, n] that the host sets before each run. */
    public Tensor scalarInput(String tensorName, int n) {
        return input(session.persistent(ArenaKind.SCALARS, name + "." + tensorName, 1, n));
    }

    private Tensor input(Tensor tensor) {
        inputs.add(tensor);
        return tensor;
    }

    /** Floats [rows, columns] that the host may read after each run. */
    public Tensor output(String tensorName, int rows, int columns) {
        return session.persistent(ArenaKind.OUTPUTS, name + "." + tensorName, rows, columns);
    }

    /**
     * Elements [1, n] that a task has for itself while it runs: declared as read, since nobody reads what it leaves.
     */
    public Tensor workspace(int n) {
        return session.workspace(n);
    }

    /** How many operations there are: the place of the next one. */
    public int place() {
        return operations.size();
    }

    /** Whether an operation appended since {@code place} writes memory of the tensor. */
    public boolean writtenSince(int place, Tensor tensor) {
        return operations.subList(place, operations.size()).stream().flatMap(op -> op.writes().stream())
            .anyMatch(t -> t.base() == tensor.base());
    }

    /** Takes back the operations appended since {@code place}, for others that do the same in fewer tasks. */
    public void dropFrom(int place) {
        operations.subList(place, operations.size()).clear();
    }

    /** Appends an operation; its name appears in profiles and, numbered, as the task's name. */
    public Operation operation(String operationName) {
        Operation op = new Operation(operationName);
        operations.add(op);
        return op;
    }

    /** Ends the recording. The program can run once the session has started. */
    public Program build() {
        return session.add(new Program(name, session, withoutUnused(), List.copyOf(inputs)));
    }

    /**
     * Leaves out operations whose results nobody reads, such as the last product of a layer that is computed again for
     * its gradients.
     */
    private List<Operation> withoutUnused() {
        Set<Tensor> read = Collections.newSetFromMap(new IdentityHashMap<>());
        List<Operation> used = new ArrayList<>();
        for (Operation op : operations.reversed()) {
            if (op.writes().stream().map(Tensor::base).anyMatch(t -> !t.isActivation() || read.contains(t))) {
                used.addFirst(op);
                op.reads().forEach(t -> read.add(t.base()));
            }
        }
        return List.copyOf(used);
    }
}
