package org.llmrlpt.data.shards;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.llmrlpt.config.UserError;

/**
 * The first 64 bytes of a shard, little-endian: magic (8 bytes), version, token width, token count (8 bytes),
 * vocabulary size, CRC-32C of the payload, zeros, and in the last 4 bytes the CRC-32C of the 60 before.
 *
 * @param width bytes per token: 2 (unsigned) or 4
 * @param count the number of tokens that follow
 * @param vocabularySize every token is below it
 * @param checksum CRC-32C of the payload
 */
record ShardHeader(int width, long count, int vocabularySize, int checksum) {
    static final int BYTES = 64;
    private static final byte[] MAGIC = "LLMTOKEN".getBytes(StandardCharsets.US_ASCII);
    private static final int VERSION = 1;
    private static final int COVERED = BYTES - Integer.BYTES;

    static int widthFor(int vocabularySize) {
        return vocabularySize <= 1 << 16 ? 2 : 4;
    }

    ByteBuffer write() {
        ByteBuffer header = ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN);
        header.put(MAGIC).putInt(VERSION).putInt(width).putLong(count).putInt(vocabularySize).putInt(checksum);
        return header.putInt(COVERED, checksum(header)).rewind();
    }

    /** Reads and checks a header; {@code fileBytes} is the length of the whole file. */
    static ShardHeader read(ByteBuffer bytes, Path file, long fileBytes) {
        ByteBuffer header = bytes.order(ByteOrder.LITTLE_ENDIAN);
        byte[] magic = new byte[MAGIC.length];
        header.get(magic);
        if (!Arrays.equals(magic, MAGIC)) {
            throw damaged(file, "does not begin like a token shard");
        }
        int version = header.getInt();
        ShardHeader read = new ShardHeader(header.getInt(), header.getLong(), header.getInt(), header.getInt());
        if (header.getInt(COVERED) != checksum(header)) {
            throw damaged(file, "has a damaged header");
        }
        if (version != VERSION) {
            throw damaged(file, "has version " + version + " instead of " + VERSION);
        }
        long expected = BYTES + read.count * read.width;
        if (fileBytes != expected) {
            throw damaged(file, "has " + fileBytes + " bytes instead of " + expected);
        }
        return read;
    }

    private static int checksum(ByteBuffer header) {
        CRC32C crc = new CRC32C();
        crc.update(header.array(), 0, COVERED);
        return (int) crc.getValue();
    }

    static UserError damaged(Path file, String how) {
        return new UserError("The token shard " + file + " " + how + "; prepare the data again.");
    }
}
