package org.llmrlpt.data.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * GPT-2's printable alphabet of the 256 byte values, in which vocabularies and merges are written in files: printable
 * Latin-1 characters stand for themselves, the other bytes for U+0100, U+0101, and so on, in byte order.
 */
final class ByteAlphabet {
    private static final char[] TO_CHAR = new char[256];
    private static final short[] TO_BYTE = new short[256 + 68];

    static {
        Arrays.fill(TO_BYTE, (short) -1);
        char other = 256;
        for (int b = 0; b < 256; b++) {
            boolean printable = b >= '!' && b <= '~' || b >= 0xA1 && b <= 0xAC || b >= 0xAE;
            TO_CHAR[b] = printable ? (char) b : other++;
            TO_BYTE[TO_CHAR[b]] = (short) b;
        }
    }

    private ByteAlphabet() {
    }

    /** The letter of one byte value (0..255). */
    static char letter(int value) {
        return TO_CHAR[value];
    }

    /** The letters in the order of their characters, which is the order of their ids in GPT-2: its byte values. */
    static int[] bytesInLetterOrder() {
        int[] order = new int[256];
        int n = 0;
        for (short value : TO_BYTE) {
            if (value >= 0) {
                order[n++] = value;
            }
        }
        return order;
    }

    static String write(byte[] bytes) {
        StringBuilder text = new StringBuilder(bytes.length);
        for (byte b : bytes) {
            text.append(TO_CHAR[b & 0xFF]);
        }
        return text.toString();
    }

    /** The bytes that a vocabulary entry stands for; an entry with foreign characters stands for its own UTF-8. */
    static byte[] read(String text) {
        byte[] bytes = new byte[text.length()];
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= TO_BYTE.length || TO_BYTE[c] < 0) {
                return text.getBytes(StandardCharsets.UTF_8);
            }
            bytes[i] = (byte) TO_BYTE[c];
        }
        return bytes;
    }
}
