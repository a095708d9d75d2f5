package org.llmrlpt.fallback;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import uk.ac.manchester.tornado.api.types.arrays.ByteArray;
import uk.ac.manchester.tornado.api.types.arrays.DoubleArray;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;
import uk.ac.manchester.tornado.api.types.arrays.ShortArray;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

class NativeArraysTest {
    @Test
    void newArraysAreZeroAndKeepWhatIsSet() {
        FloatArray floats = new FloatArray(5);
        assertArrayEquals(new float[5], floats.toHeapArray());
        floats.set(4, 1.5f);
        assertEquals(1.5f, floats.get(4));
        floats.init(2f);
        assertArrayEquals(new float[] {2, 2, 2, 2, 2}, floats.toHeapArray());
        floats.clear();
        assertEquals(0f, floats.get(3));
        assertThrows(IndexOutOfBoundsException.class, () -> floats.get(5));
    }

    @Test
    void everyElementTypeGoesThroughHeapArraysUnchanged() {
        assertArrayEquals(new int[] {1, -2, 3}, IntArray.fromElements(1, -2, 3).toHeapArray());
        assertArrayEquals(new long[] {1L << 40, -2}, LongArray.fromArray(new long[] {1L << 40, -2}).toHeapArray());
        assertArrayEquals(new double[] {1e300, -2}, DoubleArray.fromElements(1e300, -2).toHeapArray());
        assertArrayEquals(new short[] {-1, 2}, ShortArray.fromElements((short) -1, (short) 2).toHeapArray());
        assertArrayEquals(new byte[] {-1, 2}, ByteArray.fromElements((byte) -1, (byte) 2).toHeapArray());
        ByteArray bytes = new ByteArray(3);
        bytes.set(1, (byte) 7);
        assertEquals(7, bytes.get(1));
        assertEquals(7, bytes.getSegment().get(ValueLayout.JAVA_BYTE, 1));
    }

    @Test
    void theSegmentHoldsElementsOnlyAndIsAlignedTo64Bytes() {
        for (TornadoNativeArray array : new TornadoNativeArray[] {new FloatArray(7), new ShortArray(7)}) {
            int bytes = 7 * array.getElementSize();
            assertEquals(bytes, array.getSegment().byteSize());
            assertEquals(bytes, array.getNumBytesOfSegment());
            assertEquals(bytes + 16, array.getSegmentWithHeader().byteSize());
            assertEquals(bytes + 16, array.getNumBytesOfSegmentWithHeader());
            assertEquals(array.getSegmentWithHeader().address() + 16, array.getSegment().address());
        }
    }

    @Test
    @Tag("fallback")
    void theFirstElementIsAlignedTo64Bytes() {
        for (int size = 1; size < 100; size += 13) {
            assertEquals(0, new FloatArray(size).getSegment().address() % 64);
        }
    }

    @Test
    void fromSegmentCopiesAndFromSegmentShallowShares() {
        MemorySegment memory = Arena.ofAuto().allocate(16 + 12, 16);
        FloatArray shared = FloatArray.fromSegmentShallow(memory);
        assertEquals(3, shared.getSize());
        shared.set(2, 4f);
        assertEquals(4f, memory.get(ValueLayout.JAVA_FLOAT, 16 + 8));
        FloatArray copy = FloatArray.fromSegment(shared.getSegment());
        shared.set(2, 5f);
        assertEquals(4f, copy.get(2));
    }

    @Test
    void slicesAndJoinsAreCopies() {
        IntArray numbers = IntArray.fromElements(1, 2, 3, 4);
        IntArray slice = numbers.slice(1, 2);
        numbers.set(1, 9);
        assertArrayEquals(new int[] {2, 3}, slice.toHeapArray());
        assertArrayEquals(new int[] {2, 3, 1, 9, 3, 4}, IntArray.concat(slice, numbers).toHeapArray());
        assertThrows(IllegalArgumentException.class, () -> numbers.slice(3, 2));
    }

    @Test
    @Tag("fallback")
    void anIndexBelowZeroDoesNotReachTheHeader() {
        FloatArray floats = new FloatArray(3);
        assertThrows(IndexOutOfBoundsException.class, () -> floats.get(-1));
        assertThrows(IndexOutOfBoundsException.class, () -> floats.set(-1, 1f));
        assertThrows(IllegalArgumentException.class, () -> new FloatArray(-1));
    }

    @Test
    @Tag("fallback")
    void anArrayLargerThanTheHeapCanBeAddressed() {
        int size = Math.toIntExact(Runtime.getRuntime().maxMemory() / 4 + 100_000_000);
        for (int round = 0; round < 2; round++) {
            FloatArray floats = new FloatArray(size);
            assertEquals(0, floats.getSegment().address() % 64);
            floats.set(size - 1, 3f);
            assertEquals(3f, floats.get(size - 1));
            assertEquals(0f, floats.get(size / 2));
        }
    }
}
