package org.llmrlpt.files;

import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.zip.GZIPInputStream;

/** Files of text, plain or, by their name, .gz. */
public final class TextFiles {
    private static final String COMPRESSED = ".gz";
    private static final int BUFFER_BYTES = 1 << 18;
    private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

    private TextFiles() {
    }

    /** The file's name in small letters, without the ending .gz. */
    public static String plainName(Path file) {
        String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
        return isCompressed(file) ? name.substring(0, name.length() - COMPRESSED.length()) : name;
    }

    /** The text in a file whose bytes are {@code raw}: decompressed if need be, and without a byte order mark. */
    public static InputStream text(Path file, InputStream raw) throws IOException {
        InputStream bytes = isCompressed(file) ? new GZIPInputStream(raw, BUFFER_BYTES) : raw;
        PushbackInputStream text = new PushbackInputStream(bytes, BYTE_ORDER_MARK.length);
        byte[] first = text.readNBytes(BYTE_ORDER_MARK.length);
        if (!Arrays.equals(first, BYTE_ORDER_MARK)) {
            text.unread(first);
        }
        return text;
    }

    private static boolean isCompressed(Path file) {
        return file.toString().toLowerCase(Locale.ROOT).endsWith(COMPRESSED);
    }
}
