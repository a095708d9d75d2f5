package uk.ac.manchester.tornado.api.types.arrays;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import uk.ac.manchester.tornado.api.fallback.ArrayWatch;

/** An off-heap array of 16-bit integers; new arrays are zero. */
public final class ShortArray extends TornadoNativeArray {
    /** Allocates {@code size} zeros. */
    public ShortArray(int size) {
        super(size, 2);
    }

    private ShortArray(MemorySegment withHeader, ArrayWatch watch) {
        super(withHeader, 2, watch);
    }

    /** Copies a heap array. */
    public static ShortArray fromArray(short[] values) {
        ShortArray array = new ShortArray(values.length);
        MemorySegment.copy(values, 0, array.payload, ValueLayout.JAVA_SHORT, 0, values.length);
        return array;
    }

    /** Copies the given values. */
    public static ShortArray fromElements(short... values) {
        return fromArray(values);
    }

    /** Copies a segment that holds elements only, no header. */
    public static ShortArray fromSegment(MemorySegment segment) {
        ShortArray array = new ShortArray(elements(segment.byteSize(), 2));
        array.payload.copyFrom(segment);
        return array;
    }

    /** Shares a segment whose first 16 bytes are the header. */
    public static ShortArray fromSegmentShallow(MemorySegment segment) {
        return new ShortArray(segment, null);
    }

    /** Joins arrays into a new one. */
    public static ShortArray concat(ShortArray... arrays) {
        int size = 0;
        for (ShortArray array : arrays) { size = Math.addExact(size, array.getSize()); }
        ShortArray joined = new ShortArray(size);
        long at = 0;
        for (ShortArray array : arrays) {
            MemorySegment.copy(array.payload, 0, joined.payload, at, array.payload.byteSize());
            at += array.payload.byteSize();
        }
        return joined;
    }

    /** Sets every element of an array. */
    public static void initialize(ShortArray array, short value) {
        array.init(value);
    }

    /** Returns a heap copy. */
    public short[] toHeapArray() {
        return payload.toArray(ValueLayout.JAVA_SHORT);
    }

    /** Sets one element; an index outside the array throws IndexOutOfBoundsException. */
    public void set(int index, short value) {
        payload.setAtIndex(ValueLayout.JAVA_SHORT, index, value);
        if (watch != null) { watch.written(index); }
    }

    /** Returns one element; an index outside the array throws IndexOutOfBoundsException. */
    public short get(int index) {
        short value = payload.getAtIndex(ValueLayout.JAVA_SHORT, index);
        if (watch != null) { watch.read(index); }
        return value;
    }

    @Override
    public void clear() {
        payload.fill((byte) 0);
    }

    /** Sets every element. */
    public void init(short value) {
        for (int i = 0; i < getSize(); i++) { payload.setAtIndex(ValueLayout.JAVA_SHORT, i, value); }
    }

    @Override
    ShortArray watchedBy(ArrayWatch newWatch) {
        return new ShortArray(withHeader, newWatch);
    }

    @Override
    public int getElementSize() {
        return 2;
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
    public ShortArray slice(int offset, int length) {
        return fromSegment(part(offset, length));
    }
}
