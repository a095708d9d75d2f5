package uk.ac.manchester.tornado.api.fallback;

import java.util.ArrayList;
import java.util.List;
import uk.ac.manchester.tornado.api.exceptions.TornadoRuntimeException;
import uk.ac.manchester.tornado.api.exceptions.TornadoTaskRuntimeException;

/** What a task graph consists of. */
public final class GraphSpec {
    /** An array and when it travels. */
    record Transfer(int mode, Object array) { }

    private final String name;
    private final List<TaskSpec> tasks = new ArrayList<>();
    private final List<Transfer> toDevice = new ArrayList<>();
    private final List<Transfer> toHost = new ArrayList<>();
    private final List<Object> consumed = new ArrayList<>();

    /** An empty graph. */
    public GraphSpec(String name) {
        this.name = name;
    }

    /** Returns the graph's name. */
    public String name() {
        return name;
    }

    /** Returns a copy that later changes do not reach. */
    public GraphSpec copy() {
        GraphSpec copy = new GraphSpec(name);
        copy.tasks.addAll(tasks);
        copy.toDevice.addAll(toDevice);
        copy.toHost.addAll(toHost);
        copy.consumed.addAll(consumed);
        return copy;
    }

    /** Adds a task. */
    public void addTask(String id, TaskCode code, Object... arguments) {
        if (tasks.stream().anyMatch(t -> t.id().equals(id))) {
            throw new TornadoTaskRuntimeException("Graph " + name + " already has a task named " + id
                    + "; task names are unique within a graph");
        }
        for (int i = 0; i < arguments.length; i++) {
            if (arguments[i] == null) {
                throw new TornadoTaskRuntimeException("Argument " + i + " of task " + name + "." + id + " is null");
            }
        }
        tasks.add(new TaskSpec(name, id, code, arguments));
    }

    /** Adds an array that travels to the device. */
    public void addToDevice(int mode, Object array) {
        toDevice.add(new Transfer(mode, notNull(array)));
    }

    /** Adds an array that travels to the host. */
    public void addToHost(int mode, Object array) {
        toHost.add(new Transfer(mode, notNull(array)));
    }

    /** Adds an array taken over from the graph executed before. */
    public void addConsumed(Object array) {
        consumed.add(notNull(array));
    }

    private Object notNull(Object array) {
        if (array == null) { throw new TornadoRuntimeException("Graph " + name + " is given null as an array"); }
        return array;
    }

    List<TaskSpec> tasks() {
        return tasks;
    }

    List<Transfer> toDevice() {
        return toDevice;
    }

    List<Transfer> toHost() {
        return toHost;
    }

    List<Object> consumed() {
        return consumed;
    }
}
