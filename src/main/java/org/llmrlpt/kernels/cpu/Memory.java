package org.llmrlpt.kernels.cpu;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Off-heap memory by address. Offsets into {@link #ALL} are addresses in bytes: being one constant, it needs no check
 * that it is alive, and no other code's arenas can spoil the type profile of its accesses. Nobody checks bounds here:
 * whoever takes an address from an array vouches for the range that a kernel touches, and for the array: an address
 * does not keep its owner from being collected.
 *
 * <p>Vector loads and stores are written out in hot loops ({@code fromMemorySegment(S, ALL, address, ORDER)}) instead
 * of being methods of this class: the compiler may refuse to inline such a method, and then each vector is an object.
 * Those of tiles are in {@link Simd}.
 */
public final class Memory {
    /** All of memory. */
    public static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);
    /** The byte order of every vector load and store. */
    public static final ByteOrder ORDER = ByteOrder.nativeOrder();
    /** The layout of every scalar load and store of a float. */
    public static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;
    /** Alignment of scratch memory in bytes: a cache line, which is also the widest vector. */
    public static final long ALIGNMENT = 64;

    /** Address of so many zeros as the widest tile has columns: 32. */
    static final long ZEROS = Arena.global().allocate(4 * 32, ALIGNMENT).address();

    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;

    private Memory() {
    }

    /** Address of element {@code index} of 4-byte elements that begin at {@code base}. */
    public static long at(long base, long index) {
        return base + 4 * index;
    }

    public static float getFloat(long address) {
        return ALL.get(FLOAT, address);
    }

    public static void setFloat(long address, float value) {
        ALL.set(FLOAT, address, value);
    }

    public static int getInt(long address) {
        return ALL.get(INT, address);
    }

    public static void setInt(long address, int value) {
        ALL.set(INT, address, value);
    }

    /** Copies {@code count} 4-byte elements. */
    public static void copy(long from, long to, long count) {
        MemorySegment.copy(ALL, from, ALL, to, 4 * count);
    }

    /** Sets {@code count} 4-byte elements to zero. */
    public static void clear(long address, long count) {
        ALL.asSlice(address, 4 * count).fill((byte) 0);
    }

    /** Zeroed memory for {@code count} floats, freed when the returned segment is no longer reachable. */
    public static MemorySegment allocate(long count) {
        return Arena.ofAuto().allocate(4 * count, ALIGNMENT);
    }
}
