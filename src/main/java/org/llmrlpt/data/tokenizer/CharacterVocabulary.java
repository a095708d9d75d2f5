package org.llmrlpt.data.tokenizer;

import it.unimi.dsi.fastutil.ints.Int2IntMap;
import it.unimi.dsi.fastutil.ints.Int2IntOpenHashMap;
import it.unimi.dsi.fastutil.ints.IntArrayList;
import java.nio.charset.StandardCharsets;

/**
 * One token for each character: a Hugging Face model of type WordLevel whose pre-tokenizer cuts text between all
 * characters. A character without a token, and a byte that is not UTF-8, becomes the token for the unknown.
 */
final class CharacterVocabulary {
    /** Most bytes of a character in UTF-8. */
    private static final int LONGEST = 4;

    private final Int2IntMap ids;
    private final String unknown;

    /**
     * The vocabulary.
     *
     * @param ids the id of each code point
     * @param unknown the text of the token for the unknown
     * @param unknownId its id
     */
    CharacterVocabulary(Int2IntMap ids, String unknown, int unknownId) {
        this.ids = new Int2IntOpenHashMap(ids);
        this.ids.defaultReturnValue(unknownId);
        this.unknown = unknown;
    }

    /** The text of the token for the unknown. */
    String unknown() {
        return unknown;
    }

    /** Appends the ids of the characters of text[from..to). */
    void encode(byte[] text, int from, int to, IntArrayList out) {
        int at = from;
        while (at < to) {
            int length = Characters.wellFormedLength(text, at, to);
            if (length == 0) {
                out.add(ids.defaultReturnValue());
                at++;
            } else {
                out.add(ids.get(new String(text, at, length, StandardCharsets.UTF_8).codePointAt(0)));
                at += length;
            }
        }
    }

    /** The last beginning of a character in (from, to) that no byte behind {@code to} can change; -1 without one. */
    static int safeCut(byte[] text, int from, int to) {
        // A character's continuation bytes are 10xxxxxx; any other byte begins a character, whatever follows.
        for (int i = to - 1; i > from && i >= to - LONGEST; i--) {
            if ((text[i] & 0xC0) != 0x80) {
                return i;
            }
        }
        return -1;
    }
}
