package uk.ac.manchester.tornado.runtime.library.spi;

import uk.ac.manchester.tornado.runtime.common.TornadoXPUDevice;

/** One execution of a library task. */
public final class LibraryInvocation {
    private final long[] devicePointers;
    private final LibraryContext context;
    private final Object tuning;

    /** What a provider needs of an execution. */
    public LibraryInvocation(Object[] arguments, long[] devicePointers, boolean[] isReference, TornadoXPUDevice device,
            long executionPlanId, LibraryContext context, Object tuning) {
        this.devicePointers = devicePointers;
        this.context = context;
        this.tuning = tuning;
    }

    /** Returns the address on the device of an array's first element. */
    public long getDevicePointer(int index) {
        return devicePointers[index];
    }

    /** Returns what the provider made for the execution plan. */
    public LibraryContext getContext() {
        return context;
    }

    /** Returns what the task's descriptor has as its tuning. */
    public Object getTuning() {
        return tuning;
    }
}
