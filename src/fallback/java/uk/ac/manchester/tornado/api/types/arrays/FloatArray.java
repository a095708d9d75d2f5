package uk.ac.manchester.tornado.api.types.arrays;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import uk.ac.manchester.tornado.api.fallback.ArrayWatch;

/** An off-heap array of 32-bit floats; new arrays are zero. */
public final class FloatArray extends TornadoNativeArray {
    /** Allocates {@code size} zeros. */
    public FloatArray(int size) {
        super(size, 4);
    }

    private FloatArray(MemorySegment withHeader, ArrayWatch watch) {
        super(withHeader, 4, watch);
    }

    /** Copies a heap array. */
    public static FloatArray fromArray(float[] values) {
        FloatArray array = new FloatArray(values.length);
        MemorySegment.copy(values, 0, array.payload, ValueLayout.JAVA_FLOAT, 0, values.length);
        return array;
    }

    /** Copies the given values. */
    public static FloatArray fromElements(float... values) {
        return fromArray(values);
    }

    /** Copies a segment that holds elements only, no header. */
    public static FloatArray fromSegment(MemorySegment segment) {
        FloatArray array = new FloatArray(elements(segment.byteSize(), 4));
        array.payload.copyFrom(segment);
        return array;
    }

    /** Shares a segment whose first 16 bytes are the header. */
    public static FloatArray fromSegmentShallow(MemorySegment segment) {
        return new FloatArray(segment, null);
    }

    /** Joins arrays into a new one. */
    public static FloatArray concat(FloatArray... arrays) {
        int size = 0;
        for (FloatArray array : arrays) { size = Math.addExact(size, array.getSize()); }
        FloatArray joined = new FloatArray(size);
        long at = 0;
        for (FloatArray array : arrays) {
            MemorySegment.copy(array.payload, 0, joined.payload, at, array.payload.byteSize());
            at += array.payload.byteSize();
        }
        return joined;
    }

    /** Sets every element of an array. */
    public static void initialize(FloatArray array, float value) {
        array.init(value);
    }

    /** Returns a heap copy. */
    public float[] toHeapArray() {
        return payload.toArray(ValueLayout.JAVA_FLOAT);
    }

    /** Sets one element; an index outside the array throws IndexOutOfBoundsException. */
    public void set(int index, float value) {
        payload.setAtIndex(ValueLayout.JAVA_FLOAT, index, value);
        if (watch != null) { watch.written(index); }
    }

    /** Returns one element; an index outside the array throws IndexOutOfBoundsException. */
    public float get(int index) {
        float value = payload.getAtIndex(ValueLayout.JAVA_FLOAT, index);
        if (watch != null) { watch.read(index); }
        return value;
    }

    @Override
    public void clear() {
        payload.fill((byte) 0);
    }

    /** Sets every element. */
    public void init(float value) {
        for (int i = 0; i < getSize(); i++) { payload.setAtIndex(ValueLayout.JAVA_FLOAT, i, value); }
    }

    @Override
    FloatArray watchedBy(ArrayWatch newWatch) {
        return new FloatArray(withHeader, newWatch);
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
    public FloatArray slice(int offset, int length) {
        return fromSegment(part(offset, length));
    }
}
