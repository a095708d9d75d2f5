package org.llmrlpt.device;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import uk.ac.manchester.tornado.api.TaskGraph;

/** One task of a program: what it reads and writes, its grid, and how it is written into a task graph. */
public final class Operation {
    /** Writes the task into a graph; called once, when all tensors have their places. */
    @FunctionalInterface
    public interface Emitter {
        void emit(TaskGraph graph, String id, Placement at);
    }

    private final String name;
    private final List<Tensor> reads = new ArrayList<>();
    private final List<Tensor> writes = new ArrayList<>();
    private Grid grid;
    private long flops;
    private long bytes = -1;
    private Emitter emitter;

    Operation(String name) {
        this.name = name;
    }

    /** Tensors whose values the task needs (those it updates in place too). */
    public Operation reads(Tensor... tensors) {
        for (Tensor t : tensors) {
            reads.add(Objects.requireNonNull(t, name));
        }
        return this;
    }

    /** Tensors that the task writes. */
    public Operation writes(Tensor... tensors) {
        for (Tensor t : tensors) {
            writes.add(Objects.requireNonNull(t, name));
        }
        return this;
    }

    /** The grid of a KernelContext kernel; kernels that are called once have none. */
    public Operation grid(Grid threads) {
        grid = threads;
        return this;
    }

    /** Floating-point operations of the task, for profiles; left out where memory is what it costs. */
    public Operation flops(long count) {
        flops = count;
        return this;
    }

    /** Bytes that the task must move, for profiles, where it does not touch all of the tensors it declares. */
    public Operation bytes(long count) {
        bytes = count;
        return this;
    }

    /** How the task is written into a graph: ends the description. */
    public void task(Emitter how) {
        emitter = how;
    }

    long flops() {
        return flops;
    }

    /** Bytes moved once: those said, or all that is read and all that is written. */
    long bytes() {
        return bytes >= 0 ? bytes : 4 * (reads.stream().mapToLong(Tensor::size).sum()
            + writes.stream().mapToLong(Tensor::size).sum());
    }

    String name() {
        return name;
    }

    List<Tensor> reads() {
        return reads;
    }

    List<Tensor> writes() {
        return writes;
    }

    /** All that it touches. */
    List<Tensor> tensors() {
        return Stream.concat(reads.stream(), writes.stream()).toList();
    }

    Grid grid() {
        return grid;
    }

    Emitter emitter() {
        if (emitter == null) {
            throw new IllegalStateException("operation " + name + " was begun without a task");
        }
        return emitter;
    }

    boolean uses(Tensor tensor) {
        return contains(reads, tensor) || contains(writes, tensor);
    }

    private static boolean contains(List<Tensor> list, Tensor tensor) {
        for (Tensor t : list) {
            if (t.base() == tensor.base()) {
                return true;
            }
        }
        return false;
    }
}
