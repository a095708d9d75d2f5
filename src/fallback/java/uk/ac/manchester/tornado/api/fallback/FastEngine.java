package uk.ac.manchester.tornado.api.fallback;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.exceptions.TornadoMemoryException;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/** Device memory is host memory: transfers do nothing, and a task is a call with the arguments it was given. */
final class FastEngine extends Engine {
    private final KernelTask[][] kernels;
    private final TaskSpec[][] tasks;
    private long limit = Long.MAX_VALUE;

    FastEngine(List<GraphSpec> graphs, Function<WorkItem, KernelContext> contexts) {
        super(graphs);
        kernels = new KernelTask[graphs.size()][];
        tasks = new TaskSpec[graphs.size()][];
        for (int g = 0; g < kernels.length; g++) {
            tasks[g] = graphs.get(g).tasks().toArray(new TaskSpec[0]);
            kernels[g] = new KernelTask[tasks[g].length];
            for (int t = 0; t < tasks[g].length; t++) {
                if (tasks[g][t].isKernel()) { kernels[g][t] = new KernelTask(tasks[g][t], contexts, false); }
            }
        }
    }

    @Override
    void prepare() {
        if (limit < Long.MAX_VALUE && deviceBytes() > limit) {
            throw new TornadoMemoryException("The selected graphs need " + deviceBytes()
                    + " bytes of device memory and the limit is " + limit);
        }
    }

    @Override
    void run(int graph) {
        ProfileLog log = log(graph);
        if (log != null) { log.begin(); }
        for (int t = 0; t < tasks[graph].length; t++) {
            TaskSpec task = tasks[graph][t];
            KernelTask kernel = kernels[graph][t];
            if (kernel == null) {
                task.code().run(task.arguments());
            } else {
                kernel.run(task.arguments(), grids[graph]);
            }
            if (log != null) { log.ended(task); }
        }
        if (log != null) { log.end(); }
    }

    @Override
    public void transferToHost(Object array) {
        // Host memory is device memory: the values are there already.
    }

    @Override
    public void transferToHost(Object array, long offset, long bytes) {
        // Host memory is device memory: the values are there already.
    }

    @Override
    public void setMemoryLimit(String text) {
        limit = text == null ? Long.MAX_VALUE : MemorySize.parse(text);
    }

    @Override
    public void free() {
        // There is nothing of its own to free.
    }

    @Override
    public void close() {
        // There is nothing of its own to free.
    }

    @Override
    public long deviceBytes() {
        Set<Object> arrays = Collections.newSetFromMap(new IdentityHashMap<>());
        for (int g = 0; g < selected.length; g++) {
            if (!selected[g]) { continue; }
            for (TaskSpec task : tasks[g]) { Collections.addAll(arrays, task.arguments()); }
        }
        long bytes = 0;
        for (Object array : arrays) {
            if (array instanceof TornadoNativeArray a) { bytes += a.getNumBytesOfSegmentWithHeader(); }
        }
        return bytes;
    }
}
