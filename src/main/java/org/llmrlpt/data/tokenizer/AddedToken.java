package org.llmrlpt.data.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A token that is found in the text as it stands, before any splitting or merging. A special one is found only where
 * special tokens are asked for; elsewhere its text is ordinary text.
 *
 * @param id its id
 * @param content its text
 * @param special whether it is a mark (such as end of text) rather than text
 */
public record AddedToken(int id, String content, boolean special) {
    byte[] bytes() {
        return content.getBytes(StandardCharsets.UTF_8);
    }

    /** Finds added tokens in text: the leftmost match, the longest of those that begin there. */
    static final class Finder {
        private final AddedToken[] tokens;
        private final byte[][] contents;
        private final boolean[] begins = new boolean[256];

        Finder(AddedToken... candidates) {
            tokens = Arrays.stream(candidates).filter(t -> !t.content.isEmpty())
                    .sorted((a, b) -> Integer.compare(b.bytes().length, a.bytes().length)).toArray(AddedToken[]::new);
            contents = Arrays.stream(tokens).map(AddedToken::bytes).toArray(byte[][]::new);
            for (byte[] content : contents) {
                begins[content[0] & 0xFF] = true;
            }
        }

        boolean isEmpty() {
            return tokens.length == 0;
        }

        /** The length in bytes of the longest token. */
        int longest() {
            return contents.length == 0 ? 0 : contents[0].length;
        }

        /** The position of the first match in text[from..to), or {@code to} when there is none. */
        int find(byte[] text, int from, int to) {
            for (int i = from; i < to; i++) {
                if (begins[text[i] & 0xFF] && matchAt(text, i, to) != null) {
                    return i;
                }
            }
            return to;
        }

        /** The token that stands at {@code at}, or null. */
        AddedToken matchAt(byte[] text, int at, int to) {
            for (int i = 0; i < tokens.length; i++) {
                int end = at + contents[i].length;
                if (end <= to && Arrays.equals(text, at, end, contents[i], 0, contents[i].length)) {
                    return tokens[i];
                }
            }
            return null;
        }
    }
}
