package org.llmrlpt.device;

import java.util.List;

/**
 * A recorded sequence of operations, executed many times: set its inputs, {@link #run()}, read its outputs through the
 * session. Inside it is one or more task graphs.
 */
public final class Program {
    private final String name;
    private final Session session;
    private final List<Operation> operations;
    private final List<Tensor> inputs;
    private LifetimePlan plan;
    private ProgramGraphs graphs;

    Program(String name, Session session, List<Operation> operations, List<Tensor> inputs) {
        if (operations.isEmpty()) {
            throw new IllegalStateException("program " + name + " has no operation");
        }
        this.name = name;
        this.session = session;
        this.operations = operations;
        this.inputs = inputs;
    }

    public String name() {
        return name;
    }

    /** Elements of activations that the program needs, with memory shared by lifetime. */
    public long activationElements() {
        return plan.elements();
    }

    /** Elements its activations would need without sharing. */
    public long unsharedActivationElements() {
        return plan.unsharedElements();
    }

    /** Sets an integer input for the next run. */
    public void set(Tensor input, int[] values) {
        graphs.stage(input, values);
    }

    /** Sets a floating-point input for the next run. */
    public void set(Tensor input, float... values) {
        graphs.stage(input, values);
    }

    /** Executes the program; returns when the device has finished. */
    public void run() {
        session.run(this);
    }

    List<Operation> operations() {
        return operations;
    }

    List<Tensor> inputs() {
        return inputs;
    }

    void layOut() {
        plan = LifetimePlan.of(name, operations);
    }

    void become(ProgramGraphs emitted) {
        graphs = emitted;
    }

    ProgramGraphs graphs() {
        if (graphs == null) {
            throw new IllegalStateException("program " + name + " cannot run before its session has started");
        }
        return graphs;
    }
}
