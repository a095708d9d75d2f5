package org.llmrlpt.files;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes a safetensors file. Tensors are named first and read only while the file is being written, a few megabytes
 * at a time, so nothing is held twice. They are laid out in the order they were named, but wider types first, so that
 * every tensor is aligned to its element: PyTorch's reader needs that.
 */
public final class SafetensorsWriter {
    private static final int CHUNK_ELEMENTS = 1 << 20;

    private final Map<String, String> metadata = new LinkedHashMap<>();
    private final Map<String, Entry> entries = new LinkedHashMap<>();
    private float[] scratch = {};

    /** Numbers that are made while they are written, for instance a slice of a larger tensor. */
    @FunctionalInterface
    public interface FloatSource {
        /** Puts elements [from, from + count) into the first {@code count} places of {@code into}. */
        void read(long from, float[] into, int count);
    }

    /** Encodes elements [from, from + count) as the file wants them. */
    @FunctionalInterface
    private interface Encoder {
        void encode(long from, int count, MemorySegment file);
    }

    private record Entry(TensorInfo info, Encoder encoder) { }

    /** A writer with the metadata that Hugging Face libraries ask for, format → pt. */
    public SafetensorsWriter() {
        metadata.put("format", "pt");
    }

    /** Adds 32-bit floats from memory, beginning at an element, to be written as F32, F16 or BF16. */
    public SafetensorsWriter floats(String name, TensorType type, MemorySegment data, long elementOffset,
                                    long... shape) {
        if (type == TensorType.F32) { return stored(name, type, data, elementOffset, shape); }
        return floats(name, type, (from, into, count) -> MemorySegment.copy(data, ValueLayout.JAVA_FLOAT_UNALIGNED,
            (elementOffset + from) * Float.BYTES, into, 0, count), shape);
    }

    /** Adds floats that a function supplies, to be written as F32, F16 or BF16. */
    public SafetensorsWriter floats(String name, TensorType type, FloatSource source, long... shape) {
        return add(name, type, (from, count, file) -> {
            float[] values = scratch(count);
            source.read(from, values, count);
            TensorConversion.floatsTo(type, values, count, file);
        }, shape);
    }

    /** Adds 64-bit integers from memory, beginning at an element. */
    public SafetensorsWriter longs(String name, MemorySegment data, long elementOffset, long... shape) {
        return stored(name, TensorType.I64, data, elementOffset, shape);
    }

    private float[] scratch(int count) {
        if (scratch.length < count) { scratch = new float[count]; }
        return scratch;
    }

    private SafetensorsWriter stored(String name, TensorType type, MemorySegment data, long elementOffset,
                                     long... shape) {
        return add(name, type, (from, count, file) ->
            TensorConversion.copyOut(type, data, elementOffset + from, file, count), shape);
    }

    private SafetensorsWriter add(String name, TensorType type, Encoder encoder, long... shape) {
        if (name.equals(SafetensorsHeader.METADATA) || entries.containsKey(name)) {
            throw new IllegalArgumentException("the tensor name " + name + " is taken");
        }
        entries.put(name, new Entry(new TensorInfo(name, type, boxed(shape)), encoder));
        return this;
    }

    /** Creates {@code file}, which must not exist yet; not atomic, so meant for a folder or file that will be. */
    public void write(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            writeTo(channel);
        } catch (FileSystemException e) {
            throw e;
        } catch (IOException e) {
            // A full disk is reported without the file's name.
            FileSystemException named = new FileSystemException(file.toString(), null, e.getMessage());
            named.initCause(e);
            throw named;
        }
    }

    /** Writes the whole file to a channel. */
    public void writeTo(WritableByteChannel channel) throws IOException {
        List<Entry> laidOut = new ArrayList<>(entries.values());
        laidOut.sort(Comparator.comparingInt(entry -> -entry.info.type().bytes()));
        writeFully(channel, header(laidOut));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment chunk = arena.allocate(CHUNK_ELEMENTS * 8L, 8);
            for (Entry entry : laidOut) {
                long elements = entry.info.elements();
                for (long from = 0; from < elements; from += CHUNK_ELEMENTS) {
                    int count = (int) Math.min(CHUNK_ELEMENTS, elements - from);
                    entry.encoder.encode(from, count, chunk);
                    writeFully(channel, chunk.asSlice(0, (long) count * entry.info.type().bytes()).asByteBuffer());
                }
            }
        }
    }

    /** Length and JSON, padded with spaces so that the data begin at a multiple of 8. */
    private ByteBuffer header(List<Entry> laidOut) {
        ObjectNode root = JsonNodeFactory.instance.objectNode();
        ObjectNode texts = root.putObject(SafetensorsHeader.METADATA);
        metadata.forEach(texts::put);
        long at = 0;
        for (Entry entry : laidOut) {
            ObjectNode tensor = root.putObject(entry.info.name());
            tensor.put("dtype", entry.info.type().name());
            entry.info.shape().forEach(tensor.putArray("shape")::add);
            long end = Math.addExact(at, Math.multiplyExact(entry.info.elements(), (long) entry.info.type().bytes()));
            tensor.putArray("data_offsets").add(at).add(end);
            at = end;
        }
        byte[] json = root.toString().getBytes(StandardCharsets.UTF_8);
        int padded = Math.ceilDiv(json.length, 8) * 8;
        ByteBuffer buffer = ByteBuffer.allocate(8 + padded).order(ByteOrder.LITTLE_ENDIAN);
        buffer.putLong(padded).put(json);
        while (buffer.hasRemaining()) { buffer.put((byte) ' '); }
        return buffer.flip();
    }

    private static void writeFully(WritableByteChannel channel, ByteBuffer buffer) throws IOException {
        while (buffer.hasRemaining()) { channel.write(buffer); }
    }

    private static List<Long> boxed(long... shape) {
        return Arrays.stream(shape).boxed().toList();
    }
}
