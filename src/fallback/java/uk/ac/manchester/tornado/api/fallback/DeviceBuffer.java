package uk.ac.manchester.tornado.api.fallback;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.zip.CRC32C;
import uk.ac.manchester.tornado.api.types.arrays.ByteArray;
import uk.ac.manchester.tornado.api.types.arrays.DoubleArray;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;
import uk.ac.manchester.tornado.api.types.arrays.ShortArray;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/** The device copy of a host array, owned by one graph; what nobody has written yet is NaN or garbage. */
final class DeviceBuffer {
    private static final int GARBAGE = 0x7FEEDDEE;
    private static final long CHUNK = 1 << 30;

    final TornadoNativeArray host;
    final TornadoNativeArray device;
    final int owner;
    final AccessLog log;
    boolean freed;
    /** Whether the host's values have been uploaded. */
    boolean uploaded;
    /** The host's contents when host and device were last equal. */
    long hostSum;
    /** Whether the owner's tasks changed it since host and device were last equal. */
    boolean ownResult;
    /** How many times in a row an upload threw away what other graphs had computed. */
    int lostUpdates;

    DeviceBuffer(TornadoNativeArray host, int owner) {
        this.host = host;
        this.owner = owner;
        device = poisonedLike(host);
        log = new AccessLog(host.getSize());
    }

    private static TornadoNativeArray poisonedLike(TornadoNativeArray host) {
        int size = host.getSize();
        TornadoNativeArray device = switch (host) {
            case FloatArray a -> new FloatArray(size);
            case IntArray a -> new IntArray(size);
            case LongArray a -> new LongArray(size);
            case DoubleArray a -> new DoubleArray(size);
            case ShortArray a -> new ShortArray(size);
            case ByteArray a -> new ByteArray(size);
            default -> throw new IllegalArgumentException("No device copies of " + host.getClass());
        };
        switch (device) {
            case FloatArray a -> a.init(Float.NaN);
            case DoubleArray a -> a.init(Double.NaN);
            default -> {
                MemorySegment bytes = device.getSegment();
                for (long i = 0; i < bytes.byteSize(); i++) {
                    bytes.set(ValueLayout.JAVA_BYTE, i, (byte) (GARBAGE >> (int) (i % 4) * 8));
                }
            }
        }
        return device;
    }

    void upload() {
        device.getSegment().copyFrom(host.getSegment());
        uploaded = true;
        ownResult = false;
        hostSum = sum(host);
    }

    /** Called when the owner's tasks are done, on arrays that the owner uploads. */
    void noteOwnResult() {
        ownResult = sum(device) != hostSum;
    }

    void download() {
        download(0, host.getNumBytesOfSegment());
    }

    void download(long offset, long bytes) {
        MemorySegment.copy(device.getSegment(), offset, host.getSegment(), offset, bytes);
        ownResult &= bytes < host.getNumBytesOfSegment();
        hostSum = sum(host);
    }

    boolean hostChanged() {
        return sum(host) != hostSum;
    }

    boolean sameAsHost() {
        return device.getSegment().mismatch(host.getSegment()) < 0;
    }

    private static long sum(TornadoNativeArray array) {
        MemorySegment bytes = array.getSegment();
        CRC32C crc = new CRC32C();
        for (long at = 0; at < bytes.byteSize(); at += CHUNK) {
            crc.update(bytes.asSlice(at, Math.min(CHUNK, bytes.byteSize() - at)).asByteBuffer());
        }
        return crc.getValue();
    }

    long bytes() {
        return host.getNumBytesOfSegmentWithHeader();
    }
}
