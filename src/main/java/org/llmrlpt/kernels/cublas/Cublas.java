package org.llmrlpt.kernels.cublas;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.List;
import org.llmrlpt.config.UserError;

/** The five functions of libcublas that are used. Addresses on the device and handles are plain numbers here. */
public final class Cublas {
    /** What NVIDIA recommends for Hopper; older cards use less. */
    private static final int WORKSPACE_BYTES = 32 << 20;
    /** Workspaces begin at a multiple of this, which an array of TornadoVM does not. */
    private static final int WORKSPACE_ALIGNMENT = 256;
    /** Elements [1, n] of a task's workspace. */
    public static final int WORKSPACE_ELEMENTS = (WORKSPACE_BYTES + WORKSPACE_ALIGNMENT) / Float.BYTES;
    private static final List<String> NAMES = List.of("libcublas.so.13", "libcublas.so.12", "libcublas.so");
    private static final int NOT_TRANSPOSED = 0;
    private static final int TRANSPOSED = 1;
    private static final int FP32 = 0;
    private static final int DEFAULT_ALGORITHM = -1;

    private static final MemorySegment ZERO = Arena.global().allocateFrom(JAVA_FLOAT, 0f);
    private static final MemorySegment ONE = Arena.global().allocateFrom(JAVA_FLOAT, 1f);

    private static Cublas loaded;

    private final String name;
    private final MethodHandle create;
    private final MethodHandle destroy;
    private final MethodHandle setStream;
    private final MethodHandle setWorkspace;
    private final MethodHandle gemmEx;

    private Cublas(String name, SymbolLookup symbols) {
        this.name = name;
        create = function(symbols, "cublasCreate_v2", ADDRESS);
        destroy = function(symbols, "cublasDestroy_v2", JAVA_LONG);
        setStream = function(symbols, "cublasSetStream_v2", JAVA_LONG, JAVA_LONG);
        setWorkspace = function(symbols, "cublasSetWorkspace_v2", JAVA_LONG, JAVA_LONG, JAVA_LONG);
        // handle, op(A), op(B), m, n, k, alpha, A with type and leading dimension, B, beta, C, how to compute
        gemmEx = function(symbols, "cublasGemmEx", JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS,
            JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT, JAVA_INT,
            JAVA_INT, JAVA_INT);
    }

    /**
     * The library, loaded when first asked for.
     *
     * @throws UserError if there is none
     */
    public static synchronized Cublas library() {
        if (loaded == null) {
            loaded = load();
        }
        return loaded;
    }

    /** Whether {@link #library} would find one. */
    public static boolean isThere() {
        try {
            library();
            return true;
        } catch (UserError e) {
            return false;
        }
    }

    private static Cublas load() {
        for (String name : NAMES) {
            SymbolLookup symbols;
            try {
                symbols = SymbolLookup.libraryLookup(name, Arena.global());
            } catch (IllegalArgumentException e) {
                continue; // The next name, then.
            }
            return new Cublas(name, symbols);
        }
        throw new UserError("cuBLAS was not found (tried " + String.join(", ", NAMES) + "): it is in CUDA's toolkit; "
            + "start with LD_LIBRARY_PATH=/usr/local/cuda/lib64 or wherever it is, or use device.matmul=auto");
    }

    private static MethodHandle function(SymbolLookup symbols, String name, MemoryLayout... arguments) {
        MemorySegment address = symbols.find(name).orElseThrow(() -> new UserError("this cuBLAS has no function " + name
            + ": install CUDA 12 or 13"));
        return Linker.nativeLinker().downcallHandle(address, FunctionDescriptor.of(JAVA_INT, arguments));
    }

    /** The name of the file that was found. */
    public String name() {
        return name;
    }

    /** A handle that works on a CUDA stream. */
    long create(long stream) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment handle = arena.allocate(JAVA_LONG);
            check("cublasCreate", (int) create.invokeExact(handle));
            long made = handle.get(JAVA_LONG, 0);
            int status = (int) setStream.invokeExact(made, stream);
            if (status != 0) {
                destroy(made);
                check("cublasSetStream", status);
            }
            return made;
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    /** Gives a handle {@link #WORKSPACE_ELEMENTS} elements to work with, instead of memory that it would allocate. */
    void setWorkspace(long handle, long elements) {
        long begin = (elements + WORKSPACE_ALIGNMENT - 1) / WORKSPACE_ALIGNMENT * WORKSPACE_ALIGNMENT;
        try {
            check("cublasSetWorkspace", (int) setWorkspace.invokeExact(handle, begin, (long) WORKSPACE_BYTES));
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    /** Enqueues a product of matrices in arrays that begin at these addresses. */
    void gemm(long handle, Gemm g, long a, long b, long c) {
        // invokeExact takes the type of a conditional for that of the argument, and it would be Object.
        MemorySegment beta = g.accumulate() ? ONE : ZERO;
        try {
            int status = (int) gemmEx.invokeExact(handle, g.transposeA() ? TRANSPOSED : NOT_TRANSPOSED,
                g.transposeB() ? TRANSPOSED : NOT_TRANSPOSED, g.m(), g.n(), g.k(), ONE, a + 4L * g.offsetA(), FP32,
                g.leadingA(), b + 4L * g.offsetB(), FP32, g.leadingB(), beta, c + 4L * g.offsetC(), FP32,
                g.leadingC(), g.compute().type(), DEFAULT_ALGORITHM);
            if (status != 0) {
                check("cublasGemmEx of " + g, status);
            }
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    /** At the end, when a refusal would only hide how the run went: its status says nothing that matters any more. */
    void destroy(long handle) {
        try {
            int _ = (int) destroy.invokeExact(handle);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    private static void check(String call, int status) {
        if (status != 0) {
            throw new UserError("cuBLAS refused " + call + " with status " + status + " (" + meaning(status)
                + "): use device.matmul=fp32, and check driver and library with 'nvidia-smi'");
        }
    }

    private static String meaning(int status) {
        return switch (status) {
            case 1 -> "not initialized";
            case 3 -> "out of memory";
            case 7 -> "invalid value";
            case 8 -> "the card is too old";
            case 13 -> "the device failed";
            case 14 -> "internal error";
            case 15 -> "not supported";
            default -> "see cublasStatus_t";
        };
    }

    private static RuntimeException unexpected(Throwable t) {
        return t instanceof RuntimeException e ? e : new IllegalStateException("cannot call cuBLAS", t);
    }
}
