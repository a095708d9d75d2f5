package org.llmrlpt.files;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.llmrlpt.config.FileProblem;
import org.llmrlpt.config.UserError;

/**
 * The list {@code trainer/checksums.json} of a checkpoint: the size and CRC-32C of each of its files. It guards
 * against damage (bad disks, broken copies), not against malice; CRC-32C is checked faster than a disk reads.
 */
public final class Checksums {
    /** Where the list lies in a folder. */
    public static final String FILE = "trainer/checksums.json";
    private static final int BUFFER_BYTES = 1 << 20;

    private Checksums() { }

    /** Lists every file that {@code folder} holds now. */
    public static void write(Path folder) throws IOException {
        ObjectNode root = JsonNodeFactory.instance.objectNode().put("algorithm", "crc32c");
        ObjectNode files = root.putObject("files");
        List<Path> paths;
        try (Stream<Path> tree = Files.walk(folder)) {
            paths = tree.filter(Files::isRegularFile).sorted().toList();
        }
        for (Path path : paths) {
            String name = folder.relativize(path).toString().replace('\\', '/');
            if (!name.equals(FILE)) {
                files.putObject(name).put("bytes", Files.size(path)).put("crc32c", crc32c(path));
            }
        }
        JsonFile.write(folder.resolve(FILE), root);
    }

    /** Checks every listed file; the first that is missing or differs is a {@link UserError}. */
    public static void verify(Path folder) {
        Path list = folder.resolve(FILE);
        JsonNode files = JsonFile.readObject(list).path("files");
        if (!files.isObject() || files.isEmpty()) {
            throw new UserError(list + " lists no files.");
        }
        for (Map.Entry<String, JsonNode> entry : files.properties()) {
            Path file = folder.resolve(entry.getKey()).normalize();
            if (!file.startsWith(folder.normalize())) {
                throw new UserError(list + " names " + entry.getKey() + ", which is not in its folder.");
            }
            verify(file, entry.getValue());
        }
    }

    private static void verify(Path file, JsonNode listed) {
        if (!Files.isRegularFile(file)) {
            throw new UserError(file + " is missing.");
        }
        try {
            long bytes = Files.size(file);
            if (bytes != listed.path("bytes").asLong(-1)) {
                throw new UserError(file + " has " + bytes + " bytes but was written with " + listed.path("bytes")
                    + ".");
            }
            if (!crc32c(file).equals(listed.path("crc32c").asText())) {
                throw new UserError(file + " has other content than was written (its checksum differs).");
            }
        } catch (IOException e) {
            throw FileProblem.reading(file, e);
        }
    }

    /** CRC-32C (Castagnoli) of a file as eight hexadecimal digits. */
    static String crc32c(Path file) throws IOException {
        CRC32C crc = new CRC32C();
        ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            while (channel.read(buffer) >= 0) {
                crc.update(buffer.flip());
                buffer.clear();
            }
        }
        return String.format("%08x", crc.getValue());
    }
}
