package uk.ac.manchester.tornado.api.types.arrays;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.NoSuchElementException;
import java.util.concurrent.atomic.AtomicLong;
import uk.ac.manchester.tornado.api.exceptions.TornadoOutOfMemoryException;

/** Zeroed native memory that is freed when it is garbage. */
final class NativeMemory {
    /**
     * Arrays larger than this are cleared in slices of this size. Java clears new memory in one go, which for gigabytes
     * takes seconds, and no other thread can have code compiled anew, load some classes or collect garbage meanwhile.
     */
    private static final long SLICE = 4L << 20;

    /** Bytes from the C library that are not freed yet. */
    private static final AtomicLong LIVE = new AtomicLong();

    private NativeMemory() { }

    /**
     * Allocates memory: small arrays with Java's own means, as long as they reach (-XX:MaxDirectMemorySize, the size of
     * the heap by default), and others from the C library, where this program may call it.
     */
    static MemorySegment allocate(long bytes, long alignment) {
        if (bytes > SLICE && NativeMemory.class.getModule().isNativeAccessEnabled()) {
            MemorySegment memory = callocate(bytes, alignment);
            if (memory != null) {
                touch(memory);
                return memory;
            }
        }
        try {
            return Arena.ofAuto().allocate(bytes, alignment);
        } catch (OutOfMemoryError limit) {
            MemorySegment memory = callocate(bytes, alignment);
            if (memory != null) { return memory; }
            throw (TornadoOutOfMemoryException) new TornadoOutOfMemoryException("No native memory for an array of "
                    + bytes + " bytes").initCause(limit);
        }
    }

    /** Has the system back all pages now; whoever computes with them need not wait for them. */
    private static void touch(MemorySegment memory) {
        for (long at = 0; at < memory.byteSize(); at += SLICE) {
            memory.asSlice(at, Math.min(SLICE, memory.byteSize() - at)).fill((byte) 0);
        }
    }

    private static MemorySegment callocate(long bytes, long alignment) {
        Linker linker = Linker.nativeLinker();
        try {
            MethodHandle calloc = linker.downcallHandle(linker.defaultLookup().findOrThrow("calloc"),
                    FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG));
            MethodHandle free = linker.downcallHandle(linker.defaultLookup().findOrThrow("free"),
                    FunctionDescriptor.ofVoid(ValueLayout.ADDRESS));
            // The heap stays small however much hangs on it: nothing else would have garbage collected.
            if (LIVE.get() + bytes > Runtime.getRuntime().maxMemory()) { System.gc(); }
            MemorySegment raw = (MemorySegment) calloc.invokeExact(bytes + alignment, 1L);
            if (raw.address() == 0) { return null; }
            LIVE.addAndGet(bytes);
            MemorySegment owned = raw.reinterpret(bytes + alignment, Arena.ofAuto(), start -> {
                free(free, start);
                LIVE.addAndGet(-bytes);
            });
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
