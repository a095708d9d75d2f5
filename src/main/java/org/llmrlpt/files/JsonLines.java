package org.llmrlpt.files;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.llmrlpt.config.FileProblem;
import org.llmrlpt.config.UserError;

/**
 * A growing file of JSON objects, one per line. A line reaches the operating system in one piece before
 * {@link #write} returns, so it survives a kill; a line that was torn all the same is cut off when the file is opened
 * again. NaN and infinities, for which JSON has no word, are written as null.
 *
 * <p>A checkpoint saves {@link #sync()}; resuming from it calls {@link #truncateTo} with that position, so lines that
 * were written after the checkpoint do not appear twice. Not for use by several threads at once.
 */
public final class JsonLines implements AutoCloseable {
    private final Path file;
    private final FileChannel channel;
    private long position;

    private JsonLines(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /** Opens {@code file} to write at its end, creating it if need be. */
    public static JsonLines open(Path file) {
        FileChannel channel = null;
        try {
            channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ,
                StandardOpenOption.WRITE);
            JsonLines lines = new JsonLines(file, channel);
            lines.cutTo(endOfLastLine(channel));
            return lines;
        } catch (IOException e) {
            closeAfterFailure(channel, e);
            throw FileProblem.writing(file, e);
        }
    }

    /** All objects of a file; a torn last line is left out, any other fault is a {@link UserError}. */
    public static List<JsonNode> read(Path file) {
        List<JsonNode> objects = new ArrayList<>();
        try {
            byte[] bytes = Files.readAllBytes(file);
            int begin = 0;
            for (int end = 0; end < bytes.length; end++) {
                if (bytes[end] == '\n') {
                    objects.add(JsonFile.STRICT.readTree(new String(bytes, begin, end - begin,
                        StandardCharsets.UTF_8)));
                    begin = end + 1;
                }
            }
            return objects;
        } catch (JsonProcessingException e) {
            throw new UserError(file + ", line " + (objects.size() + 1) + ", is not valid JSON: "
                + FileProblem.reason(e) + ".", e);
        } catch (IOException e) {
            throw FileProblem.reading(file, e);
        }
    }

    /** Appends one object. When it cannot be written whole, nothing of it stays, and that is a {@link UserError}. */
    public void write(Map<String, ?> object) {
        ByteArrayOutputStream line = new ByteArrayOutputStream(256);
        try {
            JsonFile.print(line, object, false);
            line.write('\n');
            ByteBuffer bytes = ByteBuffer.wrap(line.toByteArray());
            long at = position;
            while (bytes.hasRemaining()) { at += channel.write(bytes, at); }
            position = at;
        } catch (IOException e) {
            try {
                cutTo(position);
            } catch (IOException second) {
                e.addSuppressed(second);
            }
            throw failure(e);
        }
    }

    /** Bytes written so far. */
    public long position() {
        return position;
    }

    /** Forces all lines to the disk and returns {@link #position()}: what a checkpoint should remember. */
    public long sync() {
        try {
            channel.force(false);
            return position;
        } catch (IOException e) {
            throw failure(e);
        }
    }

    /**
     * Drops the lines after a remembered position. A file that has become shorter, or has no line ending there, is not
     * the one that was remembered: a {@link UserError}. An empty one is accepted, and simply begins anew.
     */
    public void truncateTo(long remembered) {
        try {
            if (position == 0) { return; }
            if (remembered > position || remembered < 0 || !endsLine(remembered)) {
                throw new UserError(file + " is not as the checkpoint remembers it: no line of it ends at byte "
                    + remembered + "; put the right file back, or delete it to begin a new one.");
            }
            cutTo(remembered);
        } catch (IOException e) {
            throw failure(e);
        }
    }

    private boolean endsLine(long at) throws IOException {
        ByteBuffer last = ByteBuffer.allocate(1);
        return at == 0 || channel.read(last, at - 1) == 1 && last.get(0) == '\n';
    }

    private void cutTo(long length) throws IOException {
        channel.truncate(length);
        position = length;
    }

    private static long endOfLastLine(FileChannel channel) throws IOException {
        ByteBuffer block = ByteBuffer.allocate(8192);
        for (long end = channel.size(); end > 0; ) {
            long begin = Math.max(0, end - block.capacity());
            block.clear().limit((int) (end - begin));
            while (block.hasRemaining() && channel.read(block, begin + block.position()) > 0) { }
            String text = new String(block.array(), 0, block.position(), StandardCharsets.ISO_8859_1);
            int feed = text.lastIndexOf('\n');
            if (feed >= 0) { return begin + feed + 1; }
            end = begin;
        }
        return 0;
    }

    private UserError failure(IOException e) {
        return new UserError("Cannot write " + file + ": "
            + FileProblem.reason(e) + "; the lines before are intact.", e);
    }

    private static void closeAfterFailure(FileChannel channel, IOException failure) {
        if (channel == null) { return; }
        try {
            channel.close();
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw failure(e);
        }
    }
}
