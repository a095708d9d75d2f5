package uk.ac.manchester.tornado.api.types.arrays;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import uk.ac.manchester.tornado.api.fallback.ArrayViews;
import uk.ac.manchester.tornado.api.fallback.ArrayWatch;

/**
 * An array in native memory: a 16-byte header, then the elements, aligned to 64 bytes. The memory is freed when the
 * array is garbage.
 */
public abstract class TornadoNativeArray {
    /** Bytes of the header. */
    public static final long ARRAY_HEADER = 16;
    private static final long ALIGNMENT = 64;

    static {
        ArrayViews.setMaker(TornadoNativeArray::watchedBy);
    }

    final MemorySegment withHeader;
    final MemorySegment payload;
    final int size;
    /** Learns of every get and set; null except while the strict fallback runs a task. */
    final ArrayWatch watch;

    TornadoNativeArray(int size, int elementSize) {
        this(allocate(size, elementSize), elementSize, null);
    }

    TornadoNativeArray(MemorySegment withHeader, int elementSize, ArrayWatch watch) {
        if (withHeader.byteSize() < ARRAY_HEADER) {
            throw new IllegalArgumentException("A segment of " + withHeader.byteSize()
                    + " bytes has no room for the header of 16 bytes");
        }
        this.withHeader = withHeader;
        this.watch = watch;
        payload = withHeader.asSlice(ARRAY_HEADER);
        size = elements(payload.byteSize(), elementSize);
        withHeader.set(ValueLayout.JAVA_INT_UNALIGNED, 0, size);
    }

    private static MemorySegment allocate(int size, int elementSize) {
        if (size < 0) { throw new IllegalArgumentException("An array cannot have " + size + " elements"); }
        long bytes = ALIGNMENT + (long) size * elementSize;
        return NativeMemory.allocate(bytes, ALIGNMENT).asSlice(ALIGNMENT - ARRAY_HEADER);
    }

    static int elements(long bytes, int elementSize) {
        if (bytes % elementSize != 0) {
            throw new IllegalArgumentException(bytes + " bytes are no whole number of elements of " + elementSize
                    + " bytes");
        }
        return Math.toIntExact(bytes / elementSize);
    }

    MemorySegment part(int offset, int length) {
        if (offset < 0 || length < 0 || (long) offset + length > size) {
            throw new IllegalArgumentException("Elements " + offset + " to " + ((long) offset + length)
                    + " do not lie within the array of " + size);
        }
        return payload.asSlice((long) offset * getElementSize(), (long) length * getElementSize());
    }

    /** Returns an array of the same memory whose gets and sets are reported. */
    abstract TornadoNativeArray watchedBy(ArrayWatch newWatch);

    /** Returns the number of elements. */
    public abstract int getSize();

    /** Returns the elements' memory, without the header. */
    public abstract MemorySegment getSegment();

    /** Returns the memory, header included. */
    public abstract MemorySegment getSegmentWithHeader();

    /** Returns the number of bytes, header included. */
    public abstract long getNumBytesOfSegmentWithHeader();

    /** Returns the number of bytes of the elements. */
    public abstract long getNumBytesOfSegment();

    /** Sets every element to zero. */
    protected abstract void clear();

    /** Returns the bytes of one element. */
    public abstract int getElementSize();
}
