package org.llmrlpt.data.shards;

import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;
import org.llmrlpt.config.FileProblem;
import org.llmrlpt.config.UserError;

/** One file of tokens, mapped into memory for as long as it is in use. */
public final class Shard implements TokenSource {
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final int CHECK_BYTES = 1 << 24;

    private final Path file;
    private final ShardHeader header;
    private final MemorySegment payload;

    private Shard(Path file, ShardHeader header, MemorySegment payload) {
        this.file = file;
        this.header = header;
        this.payload = payload;
    }

    /**
     * Opens a shard and checks its header and length.
     *
     * @throws UserError when the file is missing, damaged or cut short
     */
    public static Shard open(Path file) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            ByteBuffer first = ByteBuffer.allocate(ShardHeader.BYTES);
            while (first.hasRemaining()) {
                if (channel.read(first) < 0) {
                    throw new EOFException();
                }
            }
            ShardHeader header = ShardHeader.read(first.flip(), file, channel.size());
            MemorySegment all = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), Arena.ofAuto());
            return new Shard(file, header, all.asSlice(ShardHeader.BYTES));
        } catch (NoSuchFileException e) {
            throw ShardHeader.damaged(file, "is missing");
        } catch (EOFException e) {
            throw ShardHeader.damaged(file, "is cut short");
        } catch (IOException e) {
            throw FileProblem.reading("the token shard " + file, e);
        }
    }

    @Override
    public long size() {
        return header.count();
    }

    public int vocabularySize() {
        return header.vocabularySize();
    }

    /** CRC-32C of the payload, as the header says. */
    public int checksum() {
        return header.checksum();
    }

    /** Reads the whole payload and compares its checksum with the header's. */
    public void verify() {
        CRC32C crc = new CRC32C();
        for (long at = 0; at < payload.byteSize(); at += CHECK_BYTES) {
            long length = Math.min(CHECK_BYTES, payload.byteSize() - at);
            crc.update(payload.asSlice(at, length).asByteBuffer());
        }
        if ((int) crc.getValue() != header.checksum()) {
            throw ShardHeader.damaged(file, "has a wrong checksum");
        }
    }

    @Override
    public void copy(long from, int[] to, int at, int length) {
        if (from < 0 || length < 0 || from + length > size()) {
            throw new IndexOutOfBoundsException("tokens " + from + " to " + (from + length) + " of " + size());
        }
        if (header.width() == 2) {
            for (int i = 0; i < length; i++) {
                to[at + i] = payload.get(SHORT, (from + i) * 2) & 0xFFFF;
            }
        } else {
            MemorySegment.copy(payload, INT, from * 4, to, at, length);
        }
    }
}
