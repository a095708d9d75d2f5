package uk.ac.manchester.tornado.api.types.arrays;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.NoSuchElementException;
import uk.ac.manchester.tornado.api.exceptions.TornadoOutOfMemoryException;

/** Zeroed native memory that is freed when it is garbage. */
final class NativeMemory {
    private NativeMemory() { }

    /**
     * Allocates memory. Java's own allocation comes first, because it collects garbage before it gives up; but it gives
     * up at the size of the heap (-XX:MaxDirectMemorySize), where the C library still has memory.
     */
    static MemorySegment allocate(long bytes, long alignment) {
        try {
            return Arena.ofAuto().allocate(bytes, alignment);
        } catch (OutOfMemoryError limit) {
            MemorySegment memory = callocate(bytes, alignment);
            if (memory != null) { return memory; }
            throw (TornadoOutOfMemoryException) new TornadoOutOfMemoryException("No native memory for an array of "
                    + bytes + " bytes").initCause(limit);
        }
    }

    private static MemorySegment callocate(long bytes, long alignment) {
        Linker linker = Linker.nativeLinker();
        try {
            MethodHandle calloc = linker.downcallHandle(linker.defaultLookup().findOrThrow("calloc"),
                    FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG));
            MethodHandle free = linker.downcallHandle(linker.defaultLookup().findOrThrow("free"),
                    FunctionDescriptor.ofVoid(ValueLayout.ADDRESS));
            MemorySegment raw = (MemorySegment) calloc.invokeExact(bytes + alignment, 1L);
            if (raw.address() == 0) { return null; }
            MemorySegment owned = raw.reinterpret(bytes + alignment, Arena.ofAuto(), start -> free(free, start));
            return owned.asSlice(-owned.address() & alignment - 1, bytes);
        } catch (NoSuchElementException | UnsupportedOperationException absent) {
            return null;
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    private static void free(MethodHandle free, MemorySegment start) {
        try {
            free.invokeExact(start);
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }
}
