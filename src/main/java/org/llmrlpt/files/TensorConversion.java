package org.llmrlpt.files;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Conversions between the little-endian, unaligned numbers of a file and the numbers of this machine. */
final class TensorConversion {
    private static final ValueLayout.OfByte FILE_8 = ValueLayout.JAVA_BYTE;
    private static final ValueLayout.OfShort FILE_16 = little(ValueLayout.JAVA_SHORT_UNALIGNED);
    private static final ValueLayout.OfInt FILE_32 = little(ValueLayout.JAVA_INT_UNALIGNED);
    private static final ValueLayout.OfLong FILE_64 = little(ValueLayout.JAVA_LONG_UNALIGNED);
    private static final ValueLayout.OfDouble FILE_DOUBLE =
        ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;

    private TensorConversion() { }

    private static ValueLayout.OfShort little(ValueLayout.OfShort layout) {
        return layout.withOrder(ByteOrder.LITTLE_ENDIAN);
    }

    private static ValueLayout.OfInt little(ValueLayout.OfInt layout) {
        return layout.withOrder(ByteOrder.LITTLE_ENDIAN);
    }

    private static ValueLayout.OfLong little(ValueLayout.OfLong layout) {
        return layout.withOrder(ByteOrder.LITTLE_ENDIAN);
    }

    /** Reads {@code count} numbers of the file into memory, same type on both sides. */
    static void copy(TensorType type, MemorySegment file, MemorySegment memory, long memoryOffset, long count) {
        copy(type, file, true, 0, memory, false, memoryOffset, count);
    }

    /** Writes {@code count} numbers of memory to the beginning of {@code file}, same type on both sides. */
    static void copyOut(TensorType type, MemorySegment memory, long memoryOffset, MemorySegment file, long count) {
        copy(type, memory, false, memoryOffset, file, true, 0, count);
    }

    private static void copy(TensorType type, MemorySegment from, boolean fromFile, long fromOffset, MemorySegment to,
                             boolean toFile, long toOffset, long count) {
        long size = type.bytes();
        MemorySegment.copy(from, layout(type, fromFile), fromOffset * size, to, layout(type, toFile), toOffset * size,
            count);
    }

    private static ValueLayout layout(TensorType type, boolean file) {
        ValueLayout layout = switch (type.bytes()) {
            case 1 -> FILE_8;
            case 2 -> FILE_16;
            case 4 -> FILE_32;
            default -> FILE_64;
        };
        return file ? layout : layout.withOrder(ByteOrder.nativeOrder());
    }

    static void f16ToF32(MemorySegment file, MemorySegment memory, long offset, long count) {
        MemorySegment to = slice(memory, offset, count);
        for (long i = 0; i < count; i++) {
            to.set(FLOAT, i * 4, Float.float16ToFloat(file.get(FILE_16, i * 2)));
        }
    }

    static void bf16ToF32(MemorySegment file, MemorySegment memory, long offset, long count) {
        MemorySegment to = slice(memory, offset, count);
        for (long i = 0; i < count; i++) {
            to.set(INT, i * 4, file.get(FILE_16, i * 2) << 16);
        }
    }

    static void f64ToF32(MemorySegment file, MemorySegment memory, long offset, long count) {
        MemorySegment to = slice(memory, offset, count);
        for (long i = 0; i < count; i++) {
            to.set(FLOAT, i * 4, (float) file.get(FILE_DOUBLE, i * 8));
        }
    }

    /** Writes floats as F32, F16 or BF16, rounded to nearest, ties to even. */
    static void floatsTo(TensorType type, float[] from, int count, MemorySegment file) {
        switch (type) {
            case F32 -> copyOut(type, MemorySegment.ofArray(from), 0, file, count);
            case F16 -> {
                for (int i = 0; i < count; i++) { file.set(FILE_16, i * 2L, Float.floatToFloat16(from[i])); }
            }
            case BF16 -> {
                for (int i = 0; i < count; i++) { file.set(FILE_16, i * 2L, bfloat16(from[i])); }
            }
            default -> throw new IllegalArgumentException("floats are not written as " + type);
        }
    }

    private static short bfloat16(float value) {
        int bits = Float.floatToRawIntBits(value);
        if (Float.isNaN(value)) {
            return (short) ((bits >>> 16) | 0x40); // stays a NaN even if all its set bits were in the lower half
        }
        return (short) ((bits + 0x7FFF + ((bits >>> 16) & 1)) >>> 16);
    }

    private static MemorySegment slice(MemorySegment memory, long offset, long count) {
        return memory.asSlice(offset * 4, count * 4);
    }
}
