package uk.ac.manchester.tornado.runtime.library.spi;

import uk.ac.manchester.tornado.runtime.common.TornadoXPUDevice;

/** Runs the library tasks of one library; TornadoVM finds it as a service. */
public interface TornadoLibraryProvider {
    /** Returns the name that tasks give as their library. */
    String libraryName();

    /** Whether it can run on a device. */
    boolean canHandle(TornadoXPUDevice device);

    /** Returns what the tasks of an execution plan share on a device. */
    LibraryContext createContext(TornadoXPUDevice device, long executionPlanId);

    /** Runs a task. */
    void dispatch(String functionName, LibraryInvocation invocation);

    /** Frees what {@link #createContext} made. */
    void destroyContext(LibraryContext context);
}
