package org.llmrlpt.kernels.cublas;

import uk.ac.manchester.tornado.runtime.common.TornadoXPUDevice;
import uk.ac.manchester.tornado.runtime.library.spi.LibraryContext;
import uk.ac.manchester.tornado.runtime.library.spi.LibraryInvocation;
import uk.ac.manchester.tornado.runtime.library.spi.TornadoLibraryProvider;
import uk.ac.manchester.tornado.runtime.library.spi.TornadoNativeStreamSupport;

/**
 * Runs the library tasks of {@link GemmTask}. TornadoVM finds it by its name in META-INF/services, makes a context
 * before the first task and ends it with the execution plan; all of it on threads on which the device's CUDA context is
 * current, as it has worked with the device before.
 */
public final class CublasProvider implements TornadoLibraryProvider {
    /** The library's name for TornadoVM: not nvidia/cublas, which is TornadoVM's own. */
    static final String LIBRARY = "llm-rlpt/cublas";
    static final String GEMM = "gemm";

    /** cuBLAS for one execution plan. */
    private static final class Context implements LibraryContext {
        private final long handle;
        private long workspace;

        Context(long handle) {
            this.handle = handle;
        }
    }

    /** For ServiceLoader. */
    public CublasProvider() {
        // The library is looked for when a task needs it.
    }

    @Override
    public String libraryName() {
        return LIBRARY;
    }

    @Override
    public boolean canHandle(TornadoXPUDevice device) {
        return device instanceof TornadoNativeStreamSupport;
    }

    @Override
    public LibraryContext createContext(TornadoXPUDevice device, long executionPlanId) {
        long stream = ((TornadoNativeStreamSupport) device).getNativeStream(executionPlanId);
        return new Context(Cublas.library().create(stream));
    }

    @Override
    public void dispatch(String functionName, LibraryInvocation invocation) {
        Context context = (Context) invocation.getContext();
        long workspace = invocation.getDevicePointer(GemmTask.WORKSPACE);
        if (workspace != context.workspace) {
            Cublas.library().setWorkspace(context.handle, workspace);
            context.workspace = workspace;
        }
        Cublas.library().gemm(context.handle, (Gemm) invocation.getTuning(), invocation.getDevicePointer(GemmTask.A),
            invocation.getDevicePointer(GemmTask.B), invocation.getDevicePointer(GemmTask.C));
    }

    @Override
    public void destroyContext(LibraryContext context) {
        Cublas.library().destroy(((Context) context).handle);
    }
}
