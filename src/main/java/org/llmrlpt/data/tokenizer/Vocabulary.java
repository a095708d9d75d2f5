package org.llmrlpt.data.tokenizer;

import it.unimi.dsi.fastutil.ints.Int2IntOpenHashMap;
import it.unimi.dsi.fastutil.objects.Object2IntMap;
import it.unimi.dsi.fastutil.objects.Object2IntOpenHashMap;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.llmrlpt.config.UserError;

/** Collects what a tokenizer file says (entries, merges, added tokens) and checks that it fits together. */
final class Vocabulary {
    /** Ids beyond this are taken for damage: the largest vocabularies in use have some 260 thousand. */
    private static final int GREATEST_ID = 1 << 24;

    private final Path file;
    private final Object2IntOpenHashMap<String> ids = new Object2IntOpenHashMap<>();
    private final List<String[]> merges = new ArrayList<>();
    private final List<AddedToken> added = new ArrayList<>();

    Vocabulary(Path file) {
        this.file = file;
        ids.defaultReturnValue(-1);
    }

    void entry(String text, int id) {
        if (id < 0 || id > GREATEST_ID) {
            throw broken("gives token \"" + text + "\" the impossible id " + id);
        }
        ids.put(text, id);
    }

    boolean contains(String text) {
        return ids.containsKey(text);
    }

    int id(String text) {
        return ids.getInt(text);
    }

    void merge(String left, String right) {
        merges.add(new String[] {left, right});
    }

    void added(AddedToken token) {
        if (token.id() < 0 || token.id() > GREATEST_ID) {
            throw broken("gives added token \"" + token.content() + "\" the impossible id " + token.id());
        }
        added.add(token);
    }

    /**
     * Fills the tokens, merges and added tokens of byte-pair encoding, whose entries are in the byte alphabet; the end
     * of text is the added token of that text, if any.
     */
    Tokenizer.Parts parts(String endOfText) {
        Tokenizer.Parts parts = parts(endOfText, ByteAlphabet::read);
        parts.merges = rules(parts.tokens);
        return parts;
    }

    /** As {@link #parts(String)} for entries that are plain text and stand for characters; no merges. */
    Tokenizer.Parts characterParts(String endOfText, String unknown) {
        if (!ids.containsKey(unknown)) {
            throw broken("has no token \"" + unknown + "\" for characters that it does not know");
        }
        Tokenizer.Parts parts = parts(endOfText, text -> text.getBytes(StandardCharsets.UTF_8));
        Int2IntOpenHashMap characters = new Int2IntOpenHashMap();
        for (Object2IntMap.Entry<String> entry : ids.object2IntEntrySet()) {
            String text = entry.getKey();
            if (text.codePointCount(0, text.length()) == 1) {
                characters.put(text.codePointAt(0), entry.getIntValue());
            }
        }
        parts.characters = new CharacterVocabulary(characters, unknown, ids.getInt(unknown));
        return parts;
    }

    private Tokenizer.Parts parts(String endOfText, Function<String, byte[]> bytes) {
        Tokenizer.Parts parts = new Tokenizer.Parts();
        parts.tokens = tokens(bytes);
        parts.added = added;
        for (AddedToken token : added) {
            if (token.content().equals(endOfText)) {
                parts.endOfText = token.id();
            }
        }
        return parts;
    }

    private byte[][] tokens(Function<String, byte[]> bytes) {
        int greatest = -1;
        for (int id : ids.values()) {
            greatest = Math.max(greatest, id);
        }
        for (AddedToken token : added) {
            greatest = Math.max(greatest, token.id());
        }
        byte[][] tokens = new byte[greatest + 1][];
        for (Object2IntMap.Entry<String> entry : ids.object2IntEntrySet()) {
            int id = entry.getIntValue();
            if (tokens[id] != null) {
                throw broken("gives two tokens the id " + id);
            }
            tokens[id] = bytes.apply(entry.getKey());
        }
        for (AddedToken token : added) {
            if (ids.getOrDefault((Object) token.content(), token.id()) != token.id()
                    || tokens[token.id()] != null && !ids.containsKey(token.content())) {
                throw broken("gives added token \"" + token.content() + "\" an id that its vocabulary contradicts");
            }
            tokens[token.id()] = token.bytes();
        }
        return tokens;
    }

    private Merges rules(byte[][] tokens) {
        int[] byteIds = new int[256];
        for (int b = 0; b < 256; b++) {
            byteIds[b] = ids.getInt(String.valueOf(ByteAlphabet.letter(b)));
            if (byteIds[b] < 0) {
                throw broken("has no token for the byte " + b + ", so it is not a byte-level vocabulary");
            }
        }
        int n = merges.size();
        int[] left = new int[n];
        int[] right = new int[n];
        int[] merged = new int[n];
        for (int rank = 0; rank < n; rank++) {
            String[] pair = merges.get(rank);
            left[rank] = ids.getInt(pair[0]);
            right[rank] = ids.getInt(pair[1]);
            merged[rank] = ids.getInt(pair[0] + pair[1]);
            if (left[rank] < 0 || right[rank] < 0 || merged[rank] < 0) {
                throw broken("merges \"" + pair[0] + "\" with \"" + pair[1] + "\", which its vocabulary lacks");
            }
        }
        return new Merges(left, right, merged, byteIds);
    }

    UserError broken(String what) {
        return new UserError("The tokenizer file " + file + " " + what + "; use an undamaged file.");
    }
}
