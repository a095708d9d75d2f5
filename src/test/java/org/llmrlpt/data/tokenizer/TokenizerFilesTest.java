package org.llmrlpt.data.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.llmrlpt.config.UserError;

class TokenizerFilesTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path folder;

    /** A small trained tokenizer's file with something changed. */
    private Path changed(Consumer<ObjectNode> change) throws IOException {
        Tokenizer tokenizer = BpeTrainer.train(List.of("the cat and the hat and the cat sat"), 270, size -> { });
        tokenizer.save(folder);
        Path file = folder.resolve("tokenizer.json");
        ObjectNode root = (ObjectNode) JSON.readTree(file.toFile());
        change.accept(root);
        JSON.writeValue(file.toFile(), root);
        return file;
    }

    private void assertRefused(Consumer<ObjectNode> change, String said) throws IOException {
        assertRefused(changed(change), said);
    }

    private static void assertRefused(Path file, String said) {
        String message = assertThrows(UserError.class, () -> Tokenizers.open(file.toString())).getMessage();
        assertTrue(message.contains(said), message);
        assertTrue(message.contains(file.toString()), message);
        assertTrue(message.endsWith(".") && !message.contains("\n"), message);
    }

    private static ObjectNode model(ObjectNode root) {
        return (ObjectNode) root.get("model");
    }

    @Test
    void whatWouldChangeIdsIsRefused() throws IOException {
        assertRefused(root -> model(root).put("type", "Unigram"), "Unigram");
        assertRefused(root -> model(root).put("dropout", 0.1), "dropout");
        assertRefused(root -> model(root).put("end_of_word_suffix", "</w>"), "end_of_word_suffix");
        assertRefused(root -> root.putObject("normalizer").put("type", "Lowercase"), "Lowercase");
        assertRefused(root -> root.putObject("pre_tokenizer").put("type", "Whitespace"), "Whitespace");
        assertRefused(root -> root.putNull("pre_tokenizer"), "pre-tokenizer");
        assertRefused(root -> ((ObjectNode) root.get("pre_tokenizer")).put("add_prefix_space", true), "adds a space");
        assertRefused(root -> ((ObjectNode) root.get("pre_tokenizer")).put("use_regex", false), "does not split");
        assertRefused(root -> root.putObject("decoder").put("type", "WordPiece"), "WordPiece");
        assertRefused(root -> ((ObjectNode) root.get("added_tokens").get(0)).put("lstrip", true), "lstrip");
        assertRefused(root -> root.remove("model"), "no \"model\"");
    }

    @Test
    void damagedFilesAreRefused() throws IOException {
        assertRefused(root -> model(root).putObject("vocab"), "no vocabulary");
        assertRefused(root -> ((ObjectNode) model(root).get("vocab")).remove("a"), "no token for the byte 97");
        assertRefused(root -> ((ObjectNode) model(root).get("vocab")).put("zzz", 5), "two tokens the id 5");
        assertRefused(root -> ((ObjectNode) model(root).get("vocab")).put("zzz", -5), "impossible id");
        assertRefused(root -> ((ObjectNode) model(root).get("vocab")).put("zzz", "x"), "not a number");
        assertRefused(root -> ((ArrayNode) model(root).get("merges")).add("q z"), "vocabulary lacks");
        assertRefused(root -> ((ArrayNode) model(root).get("merges")).add("alone"), "not two tokens");
        assertRefused(root -> model(root).put("merges", "none"), "no list of merges");
        assertRefused(root -> ((ObjectNode) root.get("added_tokens").get(0)).put("id", 7), "contradicts");
        assertRefused(root -> ((ObjectNode) root.get("added_tokens").get(0)).remove("content"), "without content");

        Path file = changed(root -> { });
        String whole = Files.readString(file);
        for (int length : new int[] {0, 1, whole.length() / 2, whole.length() - 1}) {
            Files.writeString(file, whole.substring(0, length));
            assertRefused(file, length == 0 ? "no JSON object" : "not valid JSON");
        }
        Files.write(file, new byte[] {(byte) 0xFF, (byte) 0xFE, 0});
        assertRefused(file, "not UTF-8");
    }

    @Test
    void missingFilesAreRefused() throws IOException {
        assertRefused(folder.resolve("nowhere"), "no tokenizer");
        assertRefused(folder, "neither a tokenizer.json");
        Files.writeString(folder.resolve("vocab.json"), "{\"a\": 0}");
        assertRefused(folder, "merges.txt");
    }

    @Test
    void malformedMergesAreNamedByLine() throws IOException {
        Files.copy(Path.of("src/test/resources/gpt2_tokenizer/vocab.json"), folder.resolve("vocab.json"));
        Files.writeString(folder.resolve("merges.txt"), "#version: 0.2\nt h\nonly\n");
        String message = assertThrows(UserError.class, () -> Tokenizers.open(folder.toString())).getMessage();
        assertTrue(message.contains("merges.txt:3"), message);
    }

    @Test
    void mergesMayBeWrittenAsArrays() throws IOException {
        Tokenizer strings = Tokenizers.open(changed(root -> { }).toString());
        Tokenizer arrays = Tokenizers.open(changed(root -> {
            ArrayNode merges = (ArrayNode) model(root).get("merges");
            for (int i = 0; i < merges.size(); i++) {
                String[] pair = merges.get(i).asText().split(" ");
                merges.set(i, JSON.createArrayNode().add(pair[0]).add(pair[1]));
            }
        }).toString());
        assertTrue(strings.merges().count() > 5);
        assertTrue(strings.isSameAs(arrays));
    }

    @Test
    void theConfigurationNamesTheEndOfText() throws IOException {
        Path file = changed(root -> ((ArrayNode) root.get("added_tokens")).addObject().put("id", 300)
                .put("content", "<|stop|>").put("special", true));
        assertEquals(0, Tokenizers.open(folder).endOfText());
        Files.writeString(folder.resolve("tokenizer_config.json"), "{\"eos_token\": {\"content\": \"<|stop|>\"}}");
        Tokenizer tokenizer = Tokenizers.open(file);
        assertEquals(300, tokenizer.endOfText());
        assertEquals(301, tokenizer.vocabularySize());
        assertEquals(0, tokenizer.bytes(290).length, "ids between have no token");
    }

    @Test
    void addedTokensThatAreTextAreAlwaysFoundLongestFirst() throws IOException {
        Path file = changed(root -> {
            ArrayNode added = (ArrayNode) root.get("added_tokens");
            added.addObject().put("id", 300).put("content", "<t>").put("special", false);
            added.addObject().put("id", 301).put("content", "<t><t>").put("special", false);
        });
        Tokenizer tokenizer = Tokenizers.open(file);
        int a = tokenizer.encode("a").getInt(0);
        assertArrayEquals(new int[] {301, 300, a}, tokenizer.encode("<t><t><t>a").toIntArray());
    }

    @Test
    void wholePiecesCanGoBeforeMerges() throws IOException {
        Consumer<ObjectNode> word = root -> ((ObjectNode) model(root).get("vocab")).put("sand", 299);
        assertTrue(Tokenizers.open(changed(word)).encode("sand").size() > 1);
        Tokenizer ignoring = Tokenizers.open(changed(word.andThen(root -> model(root).put("ignore_merges", true))));
        assertArrayEquals(new int[] {299}, ignoring.encode("sand").toIntArray());
        ignoring.save(folder);
        assertTrue(ignoring.isSameAs(Tokenizers.open(folder)));
    }

    @Test
    void composingAndOtherPatternsAreKeptWhenSaved() throws IOException {
        Path file = changed(root -> {
            root.putObject("normalizer").put("type", "NFC");
            ArrayNode steps = root.putObject("pre_tokenizer").put("type", "Sequence").putArray("pretokenizers");
            ObjectNode split = steps.addObject().put("type", "Split").put("behavior", "Isolated").put("invert", false);
            split.putObject("pattern").put("Regex", PreTokenizer.ONE_DIGIT.pattern);
            steps.addObject().put("type", "ByteLevel").put("add_prefix_space", false).put("use_regex", false);
        });
        Tokenizer tokenizer = Tokenizers.open(file);
        assertEquals(PreTokenizer.ONE_DIGIT, tokenizer.preTokenizer());
        assertEquals("caf\u00e9 12", tokenizer.decodeText(tokenizer.encode("cafe\u0301 12")));
        byte[] noText = {'e', (byte) 0xCC, (byte) 0xFF};
        assertArrayEquals(noText, tokenizer.decode(tokenizer.encode(noText)));
        tokenizer.save(folder.resolve("again"));
        assertTrue(tokenizer.isSameAs(Tokenizers.open(folder.resolve("again"))));
    }
}
