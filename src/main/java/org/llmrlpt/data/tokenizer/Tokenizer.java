package org.llmrlpt.data.tokenizer;

import it.unimi.dsi.fastutil.ints.IntArrayList;
import it.unimi.dsi.fastutil.ints.IntList;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A byte-level tokenizer: text is split by a pre-tokenizer, and inside each piece bytes are merged by rank. Any bytes
 * can be encoded, and decoding gives them back exactly. Immutable and safe to share between threads.
 *
 * <p>A tokenizer of plain bytes is one without merges. One of characters ({@link CharacterVocabulary}) has neither
 * pieces nor merges, and decoding gives back only the characters that it knows. Make a tokenizer with
 * {@link Tokenizers} or {@link BpeTrainer}.
 */
public final class Tokenizer {
    /** The text of the end-of-text token, as in GPT-2. */
    public static final String END_OF_TEXT = "<|endoftext|>";

    private final byte[][] tokens;
    private final Merges merges;
    private final CharacterVocabulary characters;
    private final PreTokenizer preTokenizer;
    private final List<AddedToken> added;
    private final AddedToken[] addedById;
    private final AddedToken.Finder specialFinder;
    private final AddedToken.Finder plainFinder;
    private final Map<ByteBuffer, Integer> wholePieces;
    private final boolean composes;
    private final int endOfText;

    /** What a tokenizer is made of: the fields of its file. */
    static final class Parts {
        /** The bytes of every id, null where an id has no token; added tokens included. */
        byte[][] tokens;
        /** The rules of byte-pair encoding; null where there are {@link #characters} instead. */
        Merges merges;
        /** The ids of single characters; null for byte-pair encoding. */
        CharacterVocabulary characters;
        PreTokenizer preTokenizer = PreTokenizer.GPT2;
        List<AddedToken> added = List.of();
        /** A piece that is itself a token is that token, whatever the merges say (Llama 3). */
        boolean ignoreMerges;
        /** Text is brought into Unicode's composed form first (Qwen): decoding then gives the composed text. */
        boolean composes;
        int endOfText = -1;
    }

    Tokenizer(Parts parts) {
        tokens = parts.tokens;
        merges = parts.merges;
        characters = parts.characters;
        preTokenizer = parts.preTokenizer;
        added = List.copyOf(parts.added);
        composes = parts.composes;
        endOfText = parts.endOfText;
        addedById = new AddedToken[tokens.length];
        for (AddedToken token : added) {
            addedById[token.id()] = token;
        }
        specialFinder = new AddedToken.Finder(added.toArray(AddedToken[]::new));
        plainFinder = new AddedToken.Finder(added.stream().filter(t -> !t.special()).toArray(AddedToken[]::new));
        wholePieces = parts.ignoreMerges ? wholePieces(tokens, addedById) : null;
    }

    private static Map<ByteBuffer, Integer> wholePieces(byte[][] tokens, AddedToken[] addedById) {
        Map<ByteBuffer, Integer> pieces = new HashMap<>(tokens.length * 2);
        for (int id = 0; id < tokens.length; id++) {
            if (tokens[id] != null && addedById[id] == null) {
                pieces.put(ByteBuffer.wrap(tokens[id]), id);
            }
        }
        return pieces;
    }

    /** The number of ids, V: one more than the greatest. */
    public int vocabularySize() {
        return tokens.length;
    }

    /** The id of the token that ends a document, or -1 when the vocabulary has none. */
    public int endOfText() {
        return endOfText;
    }

    /** Encodes text; what looks like a special token in it is ordinary text. */
    public IntArrayList encode(CharSequence text) {
        return encode(text, false);
    }

    /** Encodes text; with {@code specialTokens}, the text of a special token becomes that token. */
    public IntArrayList encode(CharSequence text, boolean specialTokens) {
        byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
        IntArrayList ids = new IntArrayList(bytes.length / 3 + 8);
        encode(bytes, 0, bytes.length, specialTokens, ids);
        return ids;
    }

    /** Encodes any bytes, UTF-8 or not; what looks like a special token is ordinary text. */
    public IntArrayList encode(byte[] bytes) {
        IntArrayList ids = new IntArrayList(bytes.length / 3 + 8);
        encode(bytes, 0, bytes.length, false, ids);
        return ids;
    }

    /** Appends the ids of text[from..to) to {@code out}. */
    public void encode(byte[] text, int from, int to, boolean specialTokens, IntArrayList out) {
        AddedToken.Finder finder = specialTokens ? specialFinder : plainFinder;
        if (finder.isEmpty()) {
            encodePlain(text, from, to, out);
            return;
        }
        int at = from;
        while (at < to) {
            int found = finder.find(text, at, to);
            encodePlain(text, at, found, out);
            at = found;
            if (found < to) {
                AddedToken token = finder.matchAt(text, found, to);
                out.add(token.id());
                at += token.bytes().length;
            }
        }
    }

    private void encodePlain(byte[] text, int from, int to, IntArrayList out) {
        if (composes) {
            byte[] composed = composed(text, from, to);
            if (composed != null) {
                encodePieces(composed, 0, composed.length, out);
                return;
            }
        }
        encodePieces(text, from, to, out);
    }

    private void encodePieces(byte[] text, int from, int to, IntArrayList out) {
        if (characters != null) {
            characters.encode(text, from, to, out);
            return;
        }
        if (merges.count() == 0 && wholePieces == null) {
            merges.encode(text, from, to, out);
            return;
        }
        int at = from;
        while (at < to) {
            int end = preTokenizer.end(text, at, to);
            Integer whole = wholePieces == null ? null : wholePieces.get(ByteBuffer.wrap(text, at, end - at));
            if (whole != null) {
                out.add(whole.intValue());
            } else {
                merges.encode(text, at, end, out);
            }
            at = end;
        }
    }

    /** The composed form (NFC) of text, or null when it is composed already or is not text. */
    private static byte[] composed(byte[] text, int from, int to) {
        int ascii = from;
        while (ascii < to && text[ascii] >= 0) {
            ascii++;
        }
        if (ascii == to) {
            return null;
        }
        try {
            ByteBuffer bytes = ByteBuffer.wrap(text, from, to - from);
            String string = StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
            return Normalizer.isNormalized(string, Normalizer.Form.NFC) ? null
                    : Normalizer.normalize(string, Normalizer.Form.NFC).getBytes(StandardCharsets.UTF_8);
        } catch (CharacterCodingException notText) {
            return null;
        }
    }

    /** The bytes that the ids stand for, special tokens as their text; an id without a token gives nothing. */
    public byte[] decode(IntList ids) {
        return decode(ids, false);
    }

    /** The bytes that the ids stand for, with or without the text of special tokens. */
    public byte[] decode(IntList ids, boolean skipSpecialTokens) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(ids.size() * 4);
        for (int i = 0; i < ids.size(); i++) {
            int id = ids.getInt(i);
            boolean known = id >= 0 && id < tokens.length && tokens[id] != null;
            if (known && !(skipSpecialTokens && isSpecial(id))) {
                bytes.writeBytes(tokens[id]);
            }
        }
        return bytes.toByteArray();
    }

    /** The text that the ids stand for, special tokens as their text; bytes that are not UTF-8 become U+FFFD. */
    public String decodeText(IntList ids) {
        return new String(decode(ids), StandardCharsets.UTF_8);
    }

    /** The bytes of one token; empty for an id without a token. */
    public byte[] bytes(int id) {
        return tokens[id] == null ? new byte[0] : tokens[id].clone();
    }

    /** Whether the id is a special token: a mark rather than text. */
    public boolean isSpecial(int id) {
        return id >= 0 && id < addedById.length && addedById[id] != null && addedById[id].special();
    }

    /** The length in bytes of the text of each id [V], 0 for special tokens: what bits per byte are counted by. */
    public int[] bytesPerToken() {
        int[] lengths = new int[tokens.length];
        for (int id = 0; id < lengths.length; id++) {
            lengths[id] = tokens[id] == null || isSpecial(id) ? 0 : tokens[id].length;
        }
        return lengths;
    }

    /**
     * A position in (from, to), as late as possible, at which text[from..to) and whatever follows it may be encoded
     * apart and give the ids of the whole; -1 when no position is certain.
     */
    public int safeCut(byte[] text, int from, int to) {
        int margin = plainFinder.longest();
        int end = to - margin;
        while (end > from + 1) {
            int cut = cut(text, from, end);
            // An added token of plain text may hold the cut in its middle: then cut before its beginning.
            int token = plainFinder.find(text, Math.max(from, cut - margin), Math.max(from, cut));
            if (margin == 0 || cut < 0 || token >= cut) {
                return cut;
            }
            end = token;
        }
        return -1;
    }

    private int cut(byte[] text, int from, int to) {
        if (composes) {
            return preTokenizer.safeCut(text, from, to);
        }
        if (characters != null) {
            return CharacterVocabulary.safeCut(text, from, to);
        }
        boolean bytesOnly = merges.count() == 0 && wholePieces == null;
        return bytesOnly ? to - 1 : preTokenizer.safeCut(text, from, to);
    }

    /** Writes {@code tokenizer.json} and {@code tokenizer_config.json} for Hugging Face's libraries into a folder. */
    public void save(Path folder) {
        TokenizerWriter.write(this, folder);
    }

    /** Whether both give the same ids for every text. */
    public boolean isSameAs(Tokenizer other) {
        return Arrays.equals(TokenizerWriter.json(this), TokenizerWriter.json(other));
    }

    /** Null for a tokenizer of characters. */
    Merges merges() {
        return merges;
    }

    /** Null for byte-pair encoding. */
    CharacterVocabulary characters() {
        return characters;
    }

    PreTokenizer preTokenizer() {
        return preTokenizer;
    }

    List<AddedToken> added() {
        return added;
    }

    AddedToken addedToken(int id) {
        return addedById[id];
    }

    byte[] rawBytes(int id) {
        return tokens[id];
    }

    boolean ignoresMerges() {
        return wholePieces != null;
    }

    boolean composes() {
        return composes;
    }
}
