package uk.ac.manchester.tornado.api.types.arrays;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import uk.ac.manchester.tornado.api.fallback.ArrayWatch;

/** An off-heap array of bytes; new arrays are zero. */
public final class ByteArray extends TornadoNativeArray {
    /** Allocates {@code size} zeros. */
    public ByteArray(int size) {
        super(size, 1);
    }

    private ByteArray(MemorySegment withHeader, ArrayWatch watch) {
        super(withHeader, 1, watch);
    }

    /** Copies a heap array. */
    public static ByteArray fromArray(byte[] values) {
        ByteArray array = new ByteArray(values.length);
        MemorySegment.copy(values, 0, array.payload, ValueLayout.JAVA_BYTE, 0, values.length);
        return array;
    }

    /** Copies the given values. */
    public static ByteArray fromElements(byte... values) {
        return fromArray(values);
    }

    /** Copies a segment that holds elements only, no header. */
    public static ByteArray fromSegment(MemorySegment segment) {
        ByteArray array = new ByteArray(elements(segment.byteSize(), 1));
        array.payload.copyFrom(segment);
        return array;
    }

    /** Shares a segment whose first 16 bytes are the header. */
    public static ByteArray fromSegmentShallow(MemorySegment segment) {
        return new ByteArray(segment, null);
    }

    /** Joins arrays into a new one. */
    public static ByteArray concat(ByteArray... arrays) {
        int size = 0;
        for (ByteArray array : arrays) { size = Math.addExact(size, array.getSize()); }
        ByteArray joined = new ByteArray(size);
        long at = 0;
        for (ByteArray array : arrays) {
            MemorySegment.copy(array.payload, 0, joined.payload, at, array.payload.byteSize());
            at += array.payload.byteSize();
        }
        return joined;
    }

    /** Sets every element of an array. */
    public static void initialize(ByteArray array, byte value) {
        array.init(value);
    }

    /** Returns a heap copy. */
    public byte[] toHeapArray() {
        return payload.toArray(ValueLayout.JAVA_BYTE);
    }

    /** Sets one element; an index outside the array throws IndexOutOfBoundsException. */
    public void set(int index, byte value) {
        payload.set(ValueLayout.JAVA_BYTE, index, value);
        if (watch != null) { watch.written(index); }
    }

    /** Returns one element; an index outside the array throws IndexOutOfBoundsException. */
    public byte get(int index) {
        byte value = payload.get(ValueLayout.JAVA_BYTE, index);
        if (watch != null) { watch.read(index); }
        return value;
    }

    @Override
    public void clear() {
        payload.fill((byte) 0);
    }

    /** Sets every element. */
    public void init(byte value) {
        for (int i = 0; i < getSize(); i++) { payload.set(ValueLayout.JAVA_BYTE, i, value); }
    }

    @Override
    ByteArray watchedBy(ArrayWatch newWatch) {
        return new ByteArray(withHeader, newWatch);
    }

    @Override
    public int getElementSize() {
        return 1;
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
    public ByteArray slice(int offset, int length) {
        return fromSegment(part(offset, length));
    }
}
