package org.llmrlpt.data.shards;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;
import org.llmrlpt.config.FileProblem;

/** Writes one shard: the header's place, the payload as it comes, then the header, when everything else is there. */
public final class ShardWriter implements AutoCloseable {
    private static final int BUFFER_BYTES = 1 << 20;

    private final Path file;
    private final int vocabularySize;
    private final int width;
    private final FileChannel channel;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    private final CRC32C crc = new CRC32C();
    private long count;

    /** Begins a shard of tokens below {@code vocabularySize}; an existing file is replaced. */
    public ShardWriter(Path file, int vocabularySize) {
        this.file = file;
        this.vocabularySize = vocabularySize;
        this.width = ShardHeader.widthFor(vocabularySize);
        try {
            channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING,
                    StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw FileProblem.writing("the token shard " + file, e);
        }
        buffer.put(new byte[ShardHeader.BYTES]);
        buffer.flip();
        write();
    }

    /** Appends tokens[from..to). */
    public void add(int[] tokens, int from, int to) {
        for (int i = from; i < to; i++) {
            if (tokens[i] < 0 || tokens[i] >= vocabularySize) {
                throw new IllegalArgumentException("token " + tokens[i] + " is outside of 0.." + (vocabularySize - 1));
            }
            if (buffer.remaining() < width) {
                flush();
            }
            if (width == 2) {
                buffer.putShort((short) tokens[i]);
            } else {
                buffer.putInt(tokens[i]);
            }
        }
        count += to - from;
    }

    public long count() {
        return count;
    }

    /** Writes what is left and the header, and forces the file to the disk. Gives the payload's checksum. */
    public int finish() {
        flush();
        int checksum = (int) crc.getValue();
        try {
            channel.position(0);
            ByteBuffer header = new ShardHeader(width, count, vocabularySize, checksum).write();
            while (header.hasRemaining()) {
                channel.write(header);
            }
            channel.force(true);
        } catch (IOException e) {
            throw FileProblem.writing("the token shard " + file, e);
        }
        return checksum;
    }

    /** Closes the file; without {@link #finish} it stays a file that no reader accepts. */
    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw FileProblem.writing("the token shard " + file, e);
        }
    }

    private void flush() {
        buffer.flip();
        crc.update(buffer);
        buffer.rewind();
        write();
    }

    private void write() {
        try {
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
        } catch (IOException e) {
            throw FileProblem.writing("the token shard " + file, e);
        }
        buffer.clear();
    }
}
