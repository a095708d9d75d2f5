package uk.ac.manchester.tornado.api;

import uk.ac.manchester.tornado.api.exceptions.TornadoRuntimeException;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/** A part of an array to copy from the device; offset and size count elements. */
public class DataRange {
    private final TornadoNativeArray array;
    private long offset;
    private long size;
    private boolean materialized;

    /** The whole of an array. */
    public DataRange(TornadoNativeArray array) {
        this.array = array;
        size = array.getSize();
    }

    /** Starts at this element. */
    public DataRange withOffset(long elements) {
        offset = elements;
        return this;
    }

    /** Ends after that many elements. */
    public DataRange withSize(long elements) {
        size = elements;
        return this;
    }

    /** Checks the range; call it before asking for bytes. */
    public void materialize() {
        if (offset < 0 || size < 0 || offset + size > array.getSize()) {
            throw new TornadoRuntimeException("The range of " + size + " elements from element " + offset
                    + " does not lie within the array of " + array.getSize());
        }
        materialized = true;
    }

    /** Returns the first byte, counted from the start of the header. */
    public long getOffset() {
        requireMaterialized();
        return TornadoNativeArray.ARRAY_HEADER + offset * array.getElementSize();
    }

    /** Returns the number of bytes. */
    public long getPartialSize() {
        requireMaterialized();
        return size * array.getElementSize();
    }

    /** Returns the array. */
    public TornadoNativeArray getArray() {
        return array;
    }

    private void requireMaterialized() {
        if (!materialized) { throw new TornadoRuntimeException("Call materialize() before asking for the range"); }
    }
}
