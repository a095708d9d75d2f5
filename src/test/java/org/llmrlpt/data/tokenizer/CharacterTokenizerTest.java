package org.llmrlpt.data.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import it.unimi.dsi.fastutil.ints.IntArrayList;
import it.unimi.dsi.fastutil.ints.IntList;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.llmrlpt.config.UserError;

/** One token for each character, in the file form of Hugging Face; the ids are their library's. */
class CharacterTokenizerTest {
    private static final Path FIXTURE = Path.of("src/test/resources/character_tokenizer");
    private static final int UNKNOWN = 2;

    @TempDir
    Path folder;
    private final Tokenizer tokenizer = Tokenizers.open(FIXTURE);

    @Test
    void everyCharacterIsOneToken() {
        assertArrayEquals(new int[] {5, 6, 13, 8, 11, 17}, tokenizer.encode("23+58=").toIntArray());
        assertArrayEquals(new int[] {25, 23, 24, 21, 26, 27, 28, 23, 22},
            tokenizer.encode("cab é€😀a\n").toIntArray());
        assertEquals("cab é€😀a\n", tokenizer.decodeText(tokenizer.encode("cab é€😀a\n")));
        assertEquals(29, tokenizer.vocabularySize());
        assertEquals(4, tokenizer.bytesPerToken()[28]);
    }

    @Test
    void theMarksAreTokensWhereTheyAreAskedFor() {
        assertEquals(1, tokenizer.endOfText());
        assertArrayEquals(new int[] {11, 4, 1}, tokenizer.encode("81<eos>", true).toIntArray());
        assertArrayEquals(new int[] {11, 4, 2, 2, 2, 2, 2}, tokenizer.encode("81<eos>").toIntArray());
        assertTrue(tokenizer.isSpecial(0) && tokenizer.isSpecial(1) && tokenizer.isSpecial(UNKNOWN));
        assertEquals("81<eos>", tokenizer.decodeText(IntList.of(11, 4, 1)));
    }

    @Test
    void whatHasNoTokenIsUnknown() {
        assertArrayEquals(new int[] {2, 2, 2, 21, 2, 21, 4}, tokenizer.encode("xyz ♥ 1").toIntArray());
        byte[] halfOfACharacter = Arrays.copyOf("1é".getBytes(StandardCharsets.UTF_8), 2);
        assertArrayEquals(new int[] {4, UNKNOWN}, tokenizer.encode(halfOfACharacter).toIntArray());
    }

    @Test
    void aTextThatIsCutWhereItIsSafeGivesTheSameIds() {
        byte[] text = "12+é€😀=♥,a\n".repeat(3).getBytes(StandardCharsets.UTF_8);
        for (int to = 2; to <= text.length; to++) {
            int cut = tokenizer.safeCut(text, 0, to);
            assertTrue(cut > 0 && cut < to, "cut " + cut + " of " + to);
            IntArrayList parts = new IntArrayList();
            tokenizer.encode(text, 0, cut, false, parts);
            tokenizer.encode(text, cut, text.length, false, parts);
            assertArrayEquals(tokenizer.encode(text).toIntArray(), parts.toIntArray());
        }
    }

    @Test
    void itIsSavedInTheFormInWhichItCame() throws IOException {
        tokenizer.save(folder);
        Tokenizer again = Tokenizers.open(folder);
        assertTrue(tokenizer.isSameAs(again));
        assertEquals(1, again.endOfText());
        ObjectMapper json = new ObjectMapper();
        for (String part : new String[] {"model", "pre_tokenizer", "decoder", "added_tokens"}) {
            assertEquals(json.readTree(FIXTURE.resolve("tokenizer.json").toFile()).get(part),
                json.readTree(folder.resolve("tokenizer.json").toFile()).get(part));
        }
        assertFalse(tokenizer.isSameAs(Tokenizers.bytes()));
    }

    @Test
    void anotherWayOfCuttingTextIsRefused() throws IOException {
        assertRefused(root -> root.putNull("pre_tokenizer"), "does not cut between all characters");
        assertRefused(root -> root.putObject("pre_tokenizer").put("type", "Whitespace"), "does not cut");
        assertRefused(root -> ((ObjectNode) root.get("pre_tokenizer")).put("behavior", "Removed"), "does not cut");
        assertRefused(root -> ((ObjectNode) root.at("/pre_tokenizer/pattern")).put("String", " "), "does not cut");
        assertRefused(root -> root.putNull("decoder"), "its decoder is \"none\"");
        assertRefused(root -> ((ObjectNode) root.get("model")).put("unk_token", "[UNK]"), "has no token \"[UNK]\"");
        assertRefused(root -> ((ObjectNode) root.get("model")).remove("unk_token"), "has no token \"\"");
    }

    private void assertRefused(Consumer<ObjectNode> change, String said) throws IOException {
        ObjectMapper json = new ObjectMapper();
        ObjectNode root = (ObjectNode) json.readTree(FIXTURE.resolve("tokenizer.json").toFile());
        change.accept(root);
        Path file = folder.resolve("tokenizer.json");
        json.writeValue(file.toFile(), root);
        String message = assertThrows(UserError.class, () -> Tokenizers.open(file)).getMessage();
        assertTrue(message.contains(said) && message.contains(file.toString()), message);
    }
}
