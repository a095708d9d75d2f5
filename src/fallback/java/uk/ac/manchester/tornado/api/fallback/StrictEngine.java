package uk.ac.manchester.tornado.api.fallback;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.IntPredicate;
import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.exceptions.TornadoMemoryException;
import uk.ac.manchester.tornado.api.exceptions.TornadoOutOfMemoryException;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/**
 * Arrays have device copies that travel exactly when the real TornadoVM moves them, and whatever goes wrong there late
 * or without a word is an exception here.
 */
final class StrictEngine extends Engine {
    private static final String BUDGET_PROPERTY = "tornado.device.memory";
    private static final String BUDGET_DEFAULT = "4GB";

    private final List<List<KernelTask>> kernels = new ArrayList<>();
    private final List<Map<Object, DeviceBuffer>> held = new ArrayList<>();
    private final Set<Object> consumedSomewhere = Collections.newSetFromMap(new IdentityHashMap<>());
    private int previous = -1;
    private long limit = Long.MAX_VALUE;

    StrictEngine(List<GraphSpec> graphs, Function<WorkItem, KernelContext> contexts) {
        super(graphs);
        StrictRules.check(graphs);
        for (GraphSpec graph : graphs) {
            held.add(new IdentityHashMap<>());
            consumedSomewhere.addAll(graph.consumed());
            List<KernelTask> tasks = new ArrayList<>();
            for (TaskSpec task : graph.tasks()) {
                tasks.add(task.isKernel() ? new KernelTask(task, contexts, true) : null);
            }
            kernels.add(tasks);
        }
    }

    @Override
    public void setGrids(GridScheduler scheduler) {
        super.setGrids(scheduler);
        if (scheduler == null) { return; }
        for (String name : scheduler.keySet()) {
            for (GraphSpec graph : graphs) {
                if (name.startsWith(graph.name() + ".")
                        && graph.tasks().stream().noneMatch(t -> t.qualifiedName().equals(name))) {
                    throw new RuleViolation("The grid scheduler names " + name + ", but graph " + graph.name()
                            + " has no such task");
                }
            }
        }
    }

    @Override
    void prepare() {
        int count = 0;
        boolean consumes = false;
        for (int g = 0; g < selected.length; g++) {
            if (!selected[g]) { continue; }
            count++;
            consumes |= !graphs.get(g).consumed().isEmpty();
        }
        if (count > 1 && consumes) {
            throw new RuleViolation("A bare execute() over several graphs hands nothing over between them; call "
                    + "withGraph(i).execute() for one graph at a time");
        }
    }

    @Override
    void run(int index) {
        GraphSpec graph = graphs.get(index);
        takeOver(index);
        for (Object array : StrictRules.owned(graph)) { allocate(index, array); }
        upload(index);
        Map<Object, DeviceBuffer> buffers = held.get(index);
        ProfileLog log = log(index);
        if (log != null) { log.begin(); }
        for (int t = 0; t < graph.tasks().size(); t++) {
            TaskSpec task = graph.tasks().get(t);
            Object[] arguments = onDevice(buffers, task.arguments());
            if (task.isKernel()) {
                kernels.get(index).get(t).run(arguments, grids[index]);
            } else {
                task.code().run(arguments);
            }
            if (log != null) { log.ended(task); }
        }
        if (log != null) { log.end(); }
        for (GraphSpec.Transfer transfer : graph.toDevice()) { buffers.get(transfer.array()).noteOwnResult(); }
        for (GraphSpec.Transfer transfer : graph.toHost()) {
            if (transfer.mode() != DataTransferMode.UNDER_DEMAND) { buffers.get(transfer.array()).download(); }
        }
        previous = index;
    }

    private void upload(int index) {
        List<GraphSpec.Transfer> transfers = graphs.get(index).toDevice();
        Map<Object, DeviceBuffer> buffers = held.get(index);
        boolean reload = transfers.stream().anyMatch(t ->
                consumedSomewhere.contains(t.array()) && buffers.get(t.array()).hostChanged());
        for (GraphSpec.Transfer transfer : transfers) {
            DeviceBuffer buffer = buffers.get(transfer.array());
            if (transfer.mode() == DataTransferMode.EVERY_EXECUTION) {
                uploadAgain(index, buffer, reload);
            } else {
                uploadOnce(index, buffer);
            }
        }
    }

    private void takeOver(int index) {
        GraphSpec graph = graphs.get(index);
        for (Object array : graph.consumed()) {
            if (previous < 0) {
                throw new RuleViolation("Graph " + graph.name() + " consumes " + name(array)
                        + ", but no graph has been executed before it since the plan's memory was allocated");
            }
            DeviceBuffer buffer = held.get(previous).get(array);
            if (buffer == null || buffer.freed) {
                throw new RuleViolation("Graph " + graph.name() + " consumes " + name(array) + ", but graph "
                        + graphs.get(previous).name() + ", executed just before, "
                        + (buffer == null ? "does not hold it; let it consume the array too" : "holds it no longer"));
            }
            held.get(index).put(array, buffer);
        }
    }

    private void allocate(int index, Object array) {
        Map<Object, DeviceBuffer> buffers = held.get(index);
        if (buffers.containsKey(array)) { return; }
        TornadoNativeArray host = (TornadoNativeArray) array;
        long total = bytes(g -> true) + host.getNumBytesOfSegmentWithHeader();
        if (total > limit) {
            throw new TornadoMemoryException("Graph " + graphs.get(index).name() + " brings the device memory to "
                    + total + " bytes and the plan's limit is " + limit);
        }
        String budget = System.getProperty(BUDGET_PROPERTY, BUDGET_DEFAULT);
        if (total > MemorySize.parse(budget)) {
            throw new TornadoOutOfMemoryException("Graph " + graphs.get(index).name() + " brings the device memory to "
                    + total + " bytes and " + BUDGET_PROPERTY + " is " + budget);
        }
        buffers.put(array, new DeviceBuffer(host, index));
    }

    private void uploadOnce(int index, DeviceBuffer buffer) {
        if (!buffer.uploaded) {
            buffer.upload();
        } else if (buffer.hostChanged()) {
            throw new RuleViolation("The program wrote to " + name(buffer.host) + ", which graph "
                    + graphs.get(index).name() + " transfers at its first execution only; the new values would never "
                    + "reach the device");
        }
    }

    private void uploadAgain(int index, DeviceBuffer buffer, boolean reload) {
        boolean overwrites = buffer.uploaded && !buffer.hostChanged() && !buffer.sameAsHost();
        if (overwrites && buffer.ownResult) {
            throw new RuleViolation("Graph " + graphs.get(index).name() + " computes " + name(buffer.host)
                    + " and transfers the host's stale values over it at every execution; transfer it at the first "
                    + "execution only, or back to the host at every execution");
        }
        // Resetting device memory once, or along with new values for other arrays, is what a program may want.
        buffer.lostUpdates = overwrites && !reload ? buffer.lostUpdates + 1 : 0;
        if (buffer.lostUpdates > 1) {
            throw new RuleViolation("Graph " + graphs.get(index).name() + " again transfers the host's stale values "
                    + "over what other graphs computed in " + name(buffer.host)
                    + "; transfer it at the first execution only");
        }
        buffer.upload();
    }

    private static Object[] onDevice(Map<Object, DeviceBuffer> buffers, Object[] arguments) {
        Object[] copy = arguments.clone();
        for (int i = 0; i < copy.length; i++) {
            if (copy[i] instanceof TornadoNativeArray) { copy[i] = buffers.get(copy[i]).device; }
        }
        return copy;
    }

    @Override
    public void transferToHost(Object array) {
        transferToHost(array, 0, ((TornadoNativeArray) array).getNumBytesOfSegment());
    }

    @Override
    public void transferToHost(Object array, long offset, long bytes) {
        DeviceBuffer found = null;
        for (int g = 0; g < selected.length; g++) {
            DeviceBuffer buffer = selected[g] ? held.get(g).get(array) : null;
            if (buffer == null || buffer == found) { continue; }
            if (found != null) {
                throw new RuleViolation("The selected graphs hold different copies of " + name(array)
                        + "; select one graph before fetching it");
            }
            found = buffer;
        }
        if (found == null || found.freed) {
            throw new RuleViolation("None of the selected graphs holds " + name(array) + ", so it cannot be fetched");
        }
        found.download(offset, bytes);
    }

    @Override
    public void setMemoryLimit(String text) {
        limit = text == null ? Long.MAX_VALUE : MemorySize.parse(text);
    }

    @Override
    public void free() {
        for (int g = 0; g < selected.length; g++) {
            if (!selected[g]) { continue; }
            for (DeviceBuffer buffer : held.get(g).values()) { buffer.freed |= buffer.owner == g; }
            held.get(g).clear();
            if (previous == g) { previous = -1; }
        }
    }

    @Override
    public void close() {
        free();
        for (int g = 0; g < selected.length; g++) {
            int owner = g;
            if (held.get(g).values().stream().anyMatch(b -> b.owner == owner)) {
                throw new RuleViolation("The plan was closed while graph " + graphs.get(g).name()
                        + ", which holds device memory, was not selected; call withAllGraphs() before close()");
            }
        }
    }

    @Override
    public long deviceBytes() {
        return bytes(g -> selected[g]);
    }

    private long bytes(IntPredicate graph) {
        long bytes = 0;
        for (int g = 0; g < selected.length; g++) {
            if (!graph.test(g)) { continue; }
            for (DeviceBuffer buffer : held.get(g).values()) { bytes += buffer.owner == g ? buffer.bytes() : 0; }
        }
        return bytes;
    }

    private String name(Object array) {
        return StrictRules.name(graphs, array);
    }
}
