package org.llmrlpt.kernels.cublas;

import org.llmrlpt.config.UserError;
import org.llmrlpt.device.Devices;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.common.Access;
import uk.ac.manchester.tornado.api.common.LibraryTaskDescriptor;
import uk.ac.manchester.tornado.api.enums.TornadoVMBackendType;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/** How a product becomes a task of a graph. */
@FunctionalInterface
public interface GemmTask {
    /** The task's parameters, by number. */
    int A = 0;
    int B = 1;
    int WORKSPACE = 2;
    int C = 3;

    /** Adds the task; A, B and C lie in these arrays, and cuBLAS has the workspace for itself meanwhile. */
    void addTo(TaskGraph graph, String id, Gemm gemm, FloatArray a, FloatArray b, FloatArray workspace, FloatArray c);

    /**
     * A library task. Its parameters are the arrays alone: what else there is to say travels as its tuning, which
     * TornadoVM hands to {@link CublasProvider} as it is.
     *
     * @throws UserError if the device is not one of TornadoVM's CUDA backend
     */
    static void library(TaskGraph graph, String id, Gemm gemm, FloatArray a, FloatArray b, FloatArray workspace,
        FloatArray c) {
        TornadoVMBackendType backend = Devices.chosen().getTornadoVMBackend();
        if (backend != TornadoVMBackendType.CUDA) {
            throw new UserError("setting 'device.matmul' asks for cuBLAS, which only TornadoVM's CUDA backend has, but "
                + "the device is one of its " + backend + " backend: choose another by device=BACKEND:DEVICE, or "
                + "device.matmul=auto");
        }
        graph.libraryTask(id, (w, x, y, z) -> new LibraryTaskDescriptor().withLibrary(CublasProvider.LIBRARY)
            .withFunction(CublasProvider.GEMM).withParameters(new Object[] {w, x, y, z})
            // C is part of an array: all else in it must stay, so it is never only written.
            .withAccess(new Access[] {Access.READ_ONLY, Access.READ_ONLY, Access.READ_WRITE, Access.READ_WRITE})
            .withTuning(gemm), a, b, workspace, c);
    }
}
