package org.llmrlpt.data.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import it.unimi.dsi.fastutil.ints.IntArrayList;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** The ids of other libraries, string by string, and the reference run of the trainer. */
class GoldenTokenizerTest {
    private static final Path RESOURCES = Path.of("src/test/resources");
    /** Vectors with other strings can be tried by naming their folder; the foreign tokenizer exists here only. */
    private static final Path GOLDEN = Path.of(System.getProperty("golden.dir", RESOURCES + "/golden"));
    private static final Path SHAKESPEARE = RESOURCES.resolve("golden/shakespeare_bpe_1000.json");

    @TempDir
    Path folder;

    @TestFactory
    Stream<DynamicTest> gpt2GivesTheSameIds() throws IOException {
        Tokenizer gpt2 = Tokenizers.open(RESOURCES.resolve("gpt2_tokenizer"));
        return cases(GOLDEN.resolve("gpt2_tokens.json"), gpt2);
    }

    @TestFactory
    Stream<DynamicTest> aForeignTokenizerFileGivesTheSameIds() throws IOException {
        Tokenizer foreign = Tokenizers.open(RESOURCES.resolve("golden/shakespeare_bpe_1000.tokenizer.json"));
        return cases(SHAKESPEARE, foreign);
    }

    @TestFactory
    Stream<DynamicTest> gpt2SavedAndReadAgainGivesTheSameIds() throws IOException {
        Tokenizers.open(RESOURCES.resolve("gpt2_tokenizer/merges.txt")).save(folder);
        Tokenizer again = Tokenizers.open(folder);
        assertEquals(50256, again.endOfText());
        return cases(GOLDEN.resolve("gpt2_tokens.json"), again);
    }

    private static Stream<DynamicTest> cases(Path file, Tokenizer tokenizer) throws IOException {
        JsonNode all = new ObjectMapper().readTree(file.toFile());
        List<DynamicTest> tests = new ArrayList<>();
        for (JsonNode one : all) {
            String text = one.at("/inputs/text/data/0").asText();
            boolean specials = one.at("/config/special_tokens").asInt() == 1;
            int[] ids = new ObjectMapper().convertValue(one.at("/expected/ids/data"), int[].class);
            String name = one.get("name").asText() + (specials ? " with special tokens" : "");
            tests.add(DynamicTest.dynamicTest(name, () -> {
                assertArrayEquals(ids, tokenizer.encode(text, specials).toIntArray());
                assertEquals(text, tokenizer.decodeText(IntArrayList.wrap(ids)));
            }));
        }
        return tests.stream();
    }

    @Test
    void trainingGivesTheMergesAndVocabularyOfTheReference() throws IOException {
        Path reference = RESOURCES.resolve("bpe_train_reference");
        byte[] text = Files.readAllBytes(reference.resolve("corpus.en"));
        BpeTrainer trainer = new BpeTrainer(500, List.of("<|endoftext|>"));
        trainer.add(text, 0, text.length);
        Tokenizer trained = trainer.train(size -> { });
        trained.save(folder);
        JsonNode model = new ObjectMapper().readTree(folder.resolve("tokenizer.json").toFile()).get("model");

        List<String> merges = new ArrayList<>();
        model.get("merges").forEach(merge -> merges.add(merge.asText()));
        String lines = Files.readString(reference.resolve("train-bpe-reference-merges.txt"), StandardCharsets.UTF_8);
        assertEquals(lines.lines().toList(), merges);
        JsonNode vocabulary = new ObjectMapper().readTree(
                reference.resolve("train-bpe-reference-vocab.json").toFile());
        assertEquals(vocabulary, model.get("vocab"));
    }
}
