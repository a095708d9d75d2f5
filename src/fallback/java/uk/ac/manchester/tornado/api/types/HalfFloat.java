package uk.ac.manchester.tornado.api.types;

/** A float of 16 bits, IEEE binary16. */
public class HalfFloat {
    private final short bits;

    /** Rounds to the nearest, ties to even; what is too large becomes infinite. */
    public HalfFloat(float value) {
        bits = Float.floatToFloat16(value);
    }

    /** From its bits. */
    public HalfFloat(short bits) {
        this.bits = bits;
    }

    /** Returns the bits. */
    public short getHalfFloatValue() {
        return bits;
    }

    /** Returns the value. */
    public float getFloat32() {
        return Float.float16ToFloat(bits);
    }
}
