package org.llmrlpt.data.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.llmrlpt.config.UserError;
import org.llmrlpt.random.RandomStream;

class BpeTrainerTest {
    /** The definition, word for word: count all pairs, merge the most frequent, the greater of equals. */
    private static List<String> mergesByDefinition(List<String> words, int merges) {
        List<List<String>> split = new ArrayList<>();
        words.forEach(word -> split.add(new ArrayList<>(Arrays.asList(word.split("")))));
        List<String> made = new ArrayList<>();
        for (int m = 0; m < merges; m++) {
            Map<String, Integer> counts = new TreeMap<>();
            for (List<String> word : split) {
                for (int i = 0; i + 1 < word.size(); i++) {
                    counts.merge(word.get(i) + "\0" + word.get(i + 1), 1, Integer::sum);
                }
            }
            // In a map sorted by text the last of equal counts is the greatest; \0 sorts before every letter.
            String best = null;
            for (Map.Entry<String, Integer> entry : counts.entrySet()) {
                if (best == null || entry.getValue() >= counts.get(best)) {
                    best = entry.getKey();
                }
            }
            if (best == null || counts.get(best) < 2) {
                break;
            }
            made.add(best.replace("\0", " "));
            String[] pair = best.split("\0");
            for (List<String> word : split) {
                for (int i = 0; i + 1 < word.size(); i++) {
                    if (word.get(i).equals(pair[0]) && word.get(i + 1).equals(pair[1])) {
                        word.set(i, pair[0] + pair[1]);
                        word.remove(i + 1);
                    }
                }
            }
        }
        return made;
    }

    @Test
    void mergesAreThoseOfTheDefinition() {
        RandomStream random = RandomStream.of(5, "words");
        for (int round = 0; round < 50; round++) {
            List<String> words = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                StringBuilder word = new StringBuilder();
                for (int n = random.between(1, 12); n > 0; n--) {
                    word.append((char) ('a' + random.nextInt(3)));
                }
                words.add(word.toString());
            }
            Tokenizer trained = BpeTrainer.train(words, 257 + 40, size -> { });
            List<String> merges = new ArrayList<>();
            for (int rank = 0; rank < trained.merges().count(); rank++) {
                merges.add(new String(trained.bytes(trained.merges().left(rank)), StandardCharsets.UTF_8) + " "
                        + new String(trained.bytes(trained.merges().right(rank)), StandardCharsets.UTF_8));
            }
            // Where the vocabulary is not full, the definition must have come to its end too.
            int more = trained.vocabularySize() < 297 ? 1 : 0;
            assertEquals(mergesByDefinition(words, merges.size() + more), merges);
            assertTrue(merges.size() > 10, "merges: " + merges.size());
        }
    }

    @Test
    void theEndOfTextIsTheFirstTokenAndNeverPartOfAMerge() {
        String text = "ab<|endoftext|>ab<|endoftext|>ab";
        Tokenizer trained = BpeTrainer.train(List.of(text), 300, size -> { });
        assertEquals(258, trained.vocabularySize());
        assertEquals(0, trained.endOfText());
        assertArrayEquals(new int[] {257, 0, 257, 0, 257}, trained.encode(text, true).toIntArray());
    }

    @Test
    void progressCountsUpToTheVocabulary() {
        List<Integer> seen = new ArrayList<>();
        BpeTrainer.train(List.of("banana bandana banana bandana"), 262, seen::add);
        assertEquals(List.of(258, 259, 260, 261, 262), seen);
    }

    @Test
    void aVocabularyWithoutRoomForTheBytesIsRefused() {
        UserError error = assertThrows(UserError.class, () -> new BpeTrainer(256, List.of("<|endoftext|>")));
        assertTrue(error.getMessage().contains("at least 257"), error.getMessage());
    }
}
