package org.llmrlpt.data.tokenizer;

import it.unimi.dsi.fastutil.ints.IntArrayList;
import it.unimi.dsi.fastutil.longs.Long2LongOpenHashMap;
import it.unimi.dsi.fastutil.longs.Long2ObjectOpenHashMap;
import it.unimi.dsi.fastutil.longs.LongIterator;
import it.unimi.dsi.fastutil.longs.LongOpenHashSet;
import it.unimi.dsi.fastutil.objects.Object2LongMap;
import it.unimi.dsi.fastutil.objects.Object2LongOpenHashMap;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.function.IntConsumer;
import org.llmrlpt.config.UserError;

/**
 * Trains a byte-level byte-pair encoding (Sennrich et al. 2016) with GPT-2's pre-tokenizer: counts the distinct
 * pieces of the text, then merges the most frequent pair of neighbours again and again. Of equally frequent pairs the
 * greater merges, comparing the bytes of the left token, then of the right one. A pair seen once is never merged, so a
 * small text may give fewer tokens than asked for.
 *
 * <p>Ids: special tokens, then the 256 bytes in the order of GPT-2's alphabet, then merged tokens. Memory grows with
 * the number of distinct pieces, not with the text.
 */
public final class BpeTrainer {
    private static final long FREQUENT_ENOUGH = 2;

    private final int vocabularySize;
    private final List<String> specialTokens;
    private final Object2LongOpenHashMap<ByteBuffer> pieces = new Object2LongOpenHashMap<>();

    private List<byte[]> tokens;
    private Map<ByteBuffer, Integer> ids;
    private int[][] words;
    private long[] wordCounts;
    private final Long2LongOpenHashMap pairCounts = new Long2LongOpenHashMap();
    /** For each pair the words that held it when it was counted: some may not hold it any more. */
    private final Long2ObjectOpenHashMap<IntArrayList> pairWords = new Long2ObjectOpenHashMap<>();
    private final PriorityQueue<Candidate> queue = new PriorityQueue<>(this::compare);

    private record Candidate(long pair, long count) {
    }

    /**
     * A trainer that has seen no text yet.
     *
     * @param vocabularySize the number of tokens wanted, V, special tokens and the 256 bytes included
     * @param specialTokens texts of special tokens; the first is the end of text
     * @throws UserError when the size leaves no room for the bytes and special tokens
     */
    public BpeTrainer(int vocabularySize, List<String> specialTokens) {
        int least = 256 + specialTokens.size();
        if (vocabularySize < least) {
            throw new UserError("A vocabulary of " + vocabularySize + " tokens is too small: give at least " + least
                    + ", for 256 bytes and " + specialTokens.size() + " special tokens.");
        }
        this.vocabularySize = vocabularySize;
        this.specialTokens = List.copyOf(specialTokens);
    }

    /** Trains on documents with the end-of-text token as the only special token. */
    public static Tokenizer train(Iterable<String> documents, int vocabularySize, IntConsumer progress) {
        BpeTrainer trainer = new BpeTrainer(vocabularySize, List.of(Tokenizer.END_OF_TEXT));
        for (String document : documents) {
            byte[] text = document.getBytes(StandardCharsets.UTF_8);
            trainer.add(text, 0, text.length);
        }
        return trainer.train(progress);
    }

    /** Counts the pieces of text[from..to); the texts of special tokens in it part pieces and are not counted. */
    public void add(byte[] text, int from, int to) {
        AddedToken.Finder specials = new AddedToken.Finder(
                specialTokens.stream().map(s -> new AddedToken(0, s, true)).toArray(AddedToken[]::new));
        int at = from;
        while (at < to) {
            int special = specials.find(text, at, to);
            while (at < special) {
                int end = PreTokenizer.GPT2.end(text, at, special);
                count(text, at, end);
                at = end;
            }
            if (at < to) {
                at += specials.matchAt(text, at, to).bytes().length;
            }
        }
    }

    /** Where a long text may be cut so that its parts have the pieces of the whole; see {@link Tokenizer#safeCut}. */
    public static int safeCut(byte[] text, int from, int to) {
        return PreTokenizer.GPT2.safeCut(text, from, to);
    }

    private void count(byte[] text, int from, int to) {
        ByteBuffer view = ByteBuffer.wrap(text, from, to - from);
        if (pieces.containsKey(view)) {
            pieces.addTo(view, 1);
        } else {
            pieces.put(ByteBuffer.wrap(Arrays.copyOfRange(text, from, to)), 1);
        }
    }

    /** The number of distinct pieces seen so far. */
    public int distinctPieces() {
        return pieces.size();
    }

    /**
     * Merges until the vocabulary is full or no pair is frequent enough.
     *
     * @param progress told the number of tokens after each merge
     */
    public Tokenizer train(IntConsumer progress) {
        tokens = new ArrayList<>(vocabularySize);
        ids = new HashMap<>();
        for (String special : specialTokens) {
            tokens.add(special.getBytes(StandardCharsets.UTF_8));
        }
        int[] byteIds = new int[256];
        for (int value : ByteAlphabet.bytesInLetterOrder()) {
            byteIds[value] = id(new byte[] {(byte) value});
        }
        countPairs(byteIds);
        IntArrayList left = new IntArrayList();
        IntArrayList right = new IntArrayList();
        IntArrayList merged = new IntArrayList();
        while (tokens.size() < vocabularySize) {
            Candidate best = nextBest();
            if (best == null || best.count < FREQUENT_ENOUGH) {
                break;
            }
            left.add(left(best.pair));
            right.add(right(best.pair));
            merged.add(merge(best.pair));
            progress.accept(tokens.size());
        }
        Tokenizer.Parts parts = new Tokenizer.Parts();
        parts.tokens = tokens.toArray(byte[][]::new);
        parts.merges = new Merges(left.toIntArray(), right.toIntArray(), merged.toIntArray(), byteIds);
        List<AddedToken> added = new ArrayList<>();
        for (int id = 0; id < specialTokens.size(); id++) {
            added.add(new AddedToken(id, specialTokens.get(id), true));
        }
        parts.added = added;
        parts.endOfText = added.isEmpty() ? -1 : 0;
        return new Tokenizer(parts);
    }

    private void countPairs(int[] byteIds) {
        pairCounts.clear();
        pairWords.clear();
        queue.clear();
        words = new int[pieces.size()][];
        wordCounts = new long[pieces.size()];
        int w = 0;
        for (Object2LongMap.Entry<ByteBuffer> entry : pieces.object2LongEntrySet()) {
            byte[] piece = entry.getKey().array();
            int[] word = new int[piece.length];
            for (int i = 0; i < word.length; i++) {
                word[i] = byteIds[piece[i] & 0xFF];
            }
            words[w] = word;
            wordCounts[w] = entry.getLongValue();
            addPairs(w, 1, null);
            w++;
        }
        pairCounts.forEach((pair, count) -> queue.add(new Candidate(pair, count)));
    }

    /** Adds (sign 1) or takes away (sign -1) the pairs of word w, noting in {@code changed} whose count changed. */
    private void addPairs(int w, int sign, LongOpenHashSet changed) {
        int[] word = words[w];
        for (int i = 0; i + 1 < word.length; i++) {
            long pair = pair(word[i], word[i + 1]);
            pairCounts.addTo(pair, sign * wordCounts[w]);
            if (changed != null) {
                changed.add(pair);
            }
            if (sign > 0) {
                IntArrayList holders = pairWords.computeIfAbsent(pair, p -> new IntArrayList(2));
                if (holders.isEmpty() || holders.getInt(holders.size() - 1) != w) {
                    holders.add(w);
                }
            }
        }
    }

    /** The most frequent pair: the queue's first entry whose count is still true. */
    private Candidate nextBest() {
        while (!queue.isEmpty()) {
            Candidate candidate = queue.poll();
            if (pairCounts.get(candidate.pair) == candidate.count) {
                return candidate;
            }
        }
        return null;
    }

    /** The id of a token, new or not: two different pairs can make the same token. */
    private int id(byte[] token) {
        Integer known = ids.putIfAbsent(ByteBuffer.wrap(token), tokens.size());
        if (known == null) {
            tokens.add(token);
            return tokens.size() - 1;
        }
        return known;
    }

    private int merge(long pair) {
        int left = left(pair);
        int right = right(pair);
        byte[] token = Arrays.copyOf(tokens.get(left), tokens.get(left).length + tokens.get(right).length);
        System.arraycopy(tokens.get(right), 0, token, tokens.get(left).length, tokens.get(right).length);
        int id = id(token);
        LongOpenHashSet changed = new LongOpenHashSet();
        for (int w : pairWords.remove(pair)) {
            int[] merged = replace(words[w], left, right, id);
            if (merged != null) {
                addPairs(w, -1, changed);
                words[w] = merged;
                addPairs(w, 1, changed);
            }
        }
        pairCounts.remove(pair);
        changed.remove(pair);
        for (LongIterator it = changed.iterator(); it.hasNext();) {
            long other = it.nextLong();
            long count = pairCounts.get(other);
            if (count > 0) {
                queue.add(new Candidate(other, count));
            } else {
                pairCounts.remove(other);
                pairWords.remove(other);
            }
        }
        return id;
    }

    /** The word with every pair replaced from the left, or null when it does not hold the pair. */
    private static int[] replace(int[] word, int left, int right, int id) {
        int[] out = null;
        int n = 0;
        for (int i = 0; i < word.length; i++) {
            boolean match = word[i] == left && i + 1 < word.length && word[i + 1] == right;
            if (match && out == null) {
                out = word.clone();
                n = i;
            }
            if (out != null) {
                out[n++] = match ? id : word[i];
            }
            if (match) {
                i++;
            }
        }
        return out == null ? null : Arrays.copyOf(out, n);
    }

    private int compare(Candidate a, Candidate b) {
        if (a.count != b.count) {
            return Long.compare(b.count, a.count);
        }
        int byLeft = Arrays.compareUnsigned(tokens.get(left(b.pair)), tokens.get(left(a.pair)));
        return byLeft != 0 ? byLeft : Arrays.compareUnsigned(tokens.get(right(b.pair)), tokens.get(right(a.pair)));
    }

    private static long pair(int left, int right) {
        return (long) left << 32 | right;
    }

    private static int left(long pair) {
        return (int) (pair >>> 32);
    }

    private static int right(long pair) {
        return (int) pair;
    }
}
