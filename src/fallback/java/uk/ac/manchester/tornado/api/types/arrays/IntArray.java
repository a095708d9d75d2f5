package uk.ac.manchester.tornado.api.types.arrays;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import uk.ac.manchester.tornado.api.fallback.ArrayWatch;

/** An off-heap array of 32-bit integers; new arrays are zero. */
public final class IntArray extends TornadoNativeArray {
    /** Allocates {@code size} zeros. */
    public IntArray(int size) {
        super(size, 4);
    }

    private IntArray(MemorySegment withHeader, ArrayWatch watch) {
        super(withHeader, 4, watch);
    }

    /** Copies a heap array. */
    public static IntArray fromArray(int[] values) {
        IntArray array = new IntArray(values.length);
        MemorySegment.copy(values, 0, array.payload, ValueLayout.JAVA_INT, 0, values.length);
        return array;
    }

    /** Copies the given values. */
    public static IntArray fromElements(int... values) {
        return fromArray(values);
    }

    /** Copies a segment that holds elements only, no header. */
    public static IntArray fromSegment(MemorySegment segment) {
        IntArray array = new IntArray(elements(segment.byteSize(), 4));
        array.payload.copyFrom(segment);
        return array;
    }

    /** Shares a segment whose first 16 bytes are the header. */
    public static IntArray fromSegmentShallow(MemorySegment segment) {
        return new IntArray(segment, null);
    }

    /** Joins arrays into a new one. */
    public static IntArray concat(IntArray... arrays) {
        int size = 0;
        for (IntArray array : arrays) { size = Math.addExact(size, array.getSize()); }
        IntArray joined = new IntArray(size);
        long at = 0;
        for (IntArray array : arrays) {
            MemorySegment.copy(array.payload, 0, joined.payload, at, array.payload.byteSize());
            at += array.payload.byteSize();
        }
        return joined;
    }

    /** Sets every element of an array. */
    public static void initialize(IntArray array, int value) {
        array.init(value);
    }

    /** Returns a heap copy. */
    public int[] toHeapArray() {
        return payload.toArray(ValueLayout.JAVA_INT);
    }

    /** Sets one element; an index outside the array throws IndexOutOfBoundsException. */
    public void set(int index, int value) {
        payload.setAtIndex(ValueLayout.JAVA_INT, index, value);
        if (watch != null) { watch.written(index); }
    }

    /** Returns one element; an index outside the array throws IndexOutOfBoundsException. */
    public int get(int index) {
        int value = payload.getAtIndex(ValueLayout.JAVA_INT, index);
        if (watch != null) { watch.read(index); }
        return value;
    }

    @Override
    public void clear() {
        payload.fill((byte) 0);
    }

    /** Sets every element. */
    public void init(int value) {
        for (int i = 0; i < getSize(); i++) { payload.setAtIndex(ValueLayout.JAVA_INT, i, value); }
    }

    @Override
    IntArray watchedBy(ArrayWatch newWatch) {
        return new IntArray(withHeader, newWatch);
    }

    @Override
    public int getElementSize() {
        return 4;
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
    public IntArray slice(int offset, int length) {
        return fromSegment(part(offset, length));
    }
}
