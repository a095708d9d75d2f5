package org.llmrlpt.files;

/** The number formats a safetensors file may name. All are read past; {@link TensorSource} says which are converted. */
public enum TensorType {
    F64(8), I64(8), U64(8), C64(8),
    F32(4), I32(4), U32(4),
    F16(2), BF16(2), I16(2), U16(2),
    I8(1), U8(1), BOOL(1), F8_E4M3(1), F8_E5M2(1), F8_E8M0(1);

    private final int bytes;

    TensorType(int bytes) {
        this.bytes = bytes;
    }

    /** Bytes of one element. */
    public int bytes() {
        return bytes;
    }

    /** The type of that name, or null where safetensors has none. */
    static TensorType named(String name) {
        for (TensorType type : values()) {
            if (type.name().equals(name)) { return type; }
        }
        return null;
    }
}
