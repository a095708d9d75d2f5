package uk.ac.manchester.tornado.api.types.arrays;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import uk.ac.manchester.tornado.api.fallback.ArrayWatch;

/** An off-heap array of 64-bit integers; new arrays are zero. */
public final class LongArray extends TornadoNativeArray {
    /** Allocates {@code size} zeros. */
    public LongArray(int size) {
        super(size, 8);
    }

    private LongArray(MemorySegment withHeader, ArrayWatch watch) {
        super(withHeader, 8, watch);
    }

    /** Copies a heap array. */
    public static LongArray fromArray(long[] values) {
        LongArray array = new LongArray(values.length);
        MemorySegment.copy(values, 0, array.payload, ValueLayout.JAVA_LONG, 0, values.length);
        return array;
    }

    /** Copies the given values. */
    public static LongArray fromElements(long... values) {
        return fromArray(values);
    }

    /** Copies a segment that holds elements only, no header. */
    public static LongArray fromSegment(MemorySegment segment) {
        LongArray array = new LongArray(elements(segment.byteSize(), 8));
        array.payload.copyFrom(segment);
        return array;
    }

    /** Shares a segment whose first 16 bytes are the header. */
    public static LongArray fromSegmentShallow(MemorySegment segment) {
        return new LongArray(segment, null);
    }

    /** Joins arrays into a new one. */
    public static LongArray concat(LongArray... arrays) {
        int size = 0;
        for (LongArray array : arrays) { size = Math.addExact(size, array.getSize()); }
        LongArray joined = new LongArray(size);
        long at = 0;
        for (LongArray array : arrays) {
            MemorySegment.copy(array.payload, 0, joined.payload, at, array.payload.byteSize());
            at += array.payload.byteSize();
        }
        return joined;
    }

    /** Sets every element of an array. */
    public static void initialize(LongArray array, long value) {
        array.init(value);
    }

    /** Returns a heap copy. */
    public long[] toHeapArray() {
        return payload.toArray(ValueLayout.JAVA_LONG);
    }

    /** Sets one element; an index outside the array throws IndexOutOfBoundsException. */
    public void set(int index, long value) {
        payload.setAtIndex(ValueLayout.JAVA_LONG, index, value);
        if (watch != null) { watch.written(index); }
    }

    /** Returns one element; an index outside the array throws IndexOutOfBoundsException. */
    public long get(int index) {
        long value = payload.getAtIndex(ValueLayout.JAVA_LONG, index);
        if (watch != null) { watch.read(index); }
        return value;
    }

    @Override
    public void clear() {
        payload.fill((byte) 0);
    }

    /** Sets every element. */
    public void init(long value) {
        for (int i = 0; i < getSize(); i++) { payload.setAtIndex(ValueLayout.JAVA_LONG, i, value); }
    }

    @Override
    LongArray watchedBy(ArrayWatch newWatch) {
        return new LongArray(withHeader, newWatch);
    }

    @Override
    public int getElementSize() {
        return 8;
    }

    @Override
    public int getSize() {
        return size;
    }

    @Override
    public MemorySegment getSegment() {
        return payload;
    }

    @Override
    public MemorySegment getSegmentWithHeader() {
        return withHeader;
    }

    @Override
    public long getNumBytesOfSegmentWithHeader() {
        return withHeader.byteSize();
    }

    @Override
    public long getNumBytesOfSegment() {
        return payload.byteSize();
    }

    /** Copies a part into a new array. */
    public LongArray slice(int offset, int length) {
        return fromSegment(part(offset, length));
    }
}
