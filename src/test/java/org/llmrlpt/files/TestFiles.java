package org.llmrlpt.files;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Small helpers of this package's tests. */
final class TestFiles {
    private TestFiles() { }

    /** A file or folder of src/test/resources. */
    static Path resource(String name) {
        return Path.of("src/test/resources").resolve(name);
    }

    /** A safetensors file of this header text and these data bytes. */
    static byte[] safetensors(String header, byte... data) {
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(8 + json.length + data.length).order(ByteOrder.LITTLE_ENDIAN)
            .putLong(json.length).put(json).put(data).array();
    }

    static Path write(Path file, byte[] bytes) {
        try {
            return Files.write(file, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static float[] floats(TensorSource source, String name) {
        float[] values = new float[(int) source.info(name).elements()];
        source.copyFloats(name, MemorySegment.ofArray(values), 0);
        return values;
    }
}
