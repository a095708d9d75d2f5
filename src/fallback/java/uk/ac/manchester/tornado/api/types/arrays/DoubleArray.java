package uk.ac.manchester.tornado.api.types.arrays;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import uk.ac.manchester.tornado.api.fallback.ArrayWatch;

/** An off-heap array of 64-bit floats; new arrays are zero. */
public final class DoubleArray extends TornadoNativeArray {
    /** Allocates {@code size} zeros. */
    public DoubleArray(int size) {
        super(size, 8);
    }

    private DoubleArray(MemorySegment withHeader, ArrayWatch watch) {
        super(withHeader, 8, watch);
    }

    /** Copies a heap array. */
    public static DoubleArray fromArray(double[] values) {
        DoubleArray array = new DoubleArray(values.length);
        MemorySegment.copy(values, 0, array.payload, ValueLayout.JAVA_DOUBLE, 0, values.length);
        return array;
    }

    /** Copies the given values. */
    public static DoubleArray fromElements(double... values) {
        return fromArray(values);
    }

    /** Copies a segment that holds elements only, no header. */
    public static DoubleArray fromSegment(MemorySegment segment) {
        DoubleArray array = new DoubleArray(elements(segment.byteSize(), 8));
        array.payload.copyFrom(segment);
        return array;
    }

    /** Shares a segment whose first 16 bytes are the header. */
    public static DoubleArray fromSegmentShallow(MemorySegment segment) {
        return new DoubleArray(segment, null);
    }

    /** Joins arrays into a new one. */
    public static DoubleArray concat(DoubleArray... arrays) {
        int size = 0;
        for (DoubleArray array : arrays) { size = Math.addExact(size, array.getSize()); }
        DoubleArray joined = new DoubleArray(size);
        long at = 0;
        for (DoubleArray array : arrays) {
            MemorySegment.copy(array.payload, 0, joined.payload, at, array.payload.byteSize());
            at += array.payload.byteSize();
        }
        return joined;
    }

    /** Sets every element of an array. */
    public static void initialize(DoubleArray array, double value) {
        array.init(value);
    }

    /** Returns a heap copy. */
    public double[] toHeapArray() {
        return payload.toArray(ValueLayout.JAVA_DOUBLE);
    }

    /** Sets one element; an index outside the array throws IndexOutOfBoundsException. */
    public void set(int index, double value) {
        payload.setAtIndex(ValueLayout.JAVA_DOUBLE, index, value);
        if (watch != null) { watch.written(index); }
    }

    /** Returns one element; an index outside the array throws IndexOutOfBoundsException. */
    public double get(int index) {
        double value = payload.getAtIndex(ValueLayout.JAVA_DOUBLE, index);
        if (watch != null) { watch.read(index); }
        return value;
    }

    @Override
    public void clear() {
        payload.fill((byte) 0);
    }

    /** Sets every element. */
    public void init(double value) {
        for (int i = 0; i < getSize(); i++) { payload.setAtIndex(ValueLayout.JAVA_DOUBLE, i, value); }
    }

    @Override
    DoubleArray watchedBy(ArrayWatch newWatch) {
        return new DoubleArray(withHeader, newWatch);
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
    public DoubleArray slice(int offset, int length) {
        return fromSegment(part(offset, length));
    }
}
