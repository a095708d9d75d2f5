package org.llmrlpt.data.shards;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.llmrlpt.config.UserError;
import org.llmrlpt.data.TokenDataset;
import org.llmrlpt.data.prepare.DataPreparation;
import org.llmrlpt.data.prepare.DocumentSource;
import org.llmrlpt.data.prepare.PreparationProgress;
import org.llmrlpt.data.prepare.PreparationSettings;
import org.llmrlpt.data.tokenizer.BpeTrainer;
import org.llmrlpt.data.tokenizer.Tokenizers;

class ShardDamageTest {
    private static final String TEXT = "A short text of several shards. ".repeat(10);

    @TempDir
    Path folder;
    private Path data;

    @BeforeEach
    void prepare() {
        data = folder.resolve("data");
        PreparationSettings settings = PreparationSettings.defaults().withTokensPerShard(100).withThreads(1);
        new DataPreparation(Tokenizers.bytes(), settings, PreparationProgress.NONE)
                .prepare(DocumentSource.of(List.of(TEXT)), data);
    }

    private void assertRefused(String... said) {
        String message = assertThrows(UserError.class, () -> TokenDataset.open(data, true)).getMessage();
        for (String part : said) {
            assertTrue(message.contains(part), message);
        }
        assertTrue(message.endsWith(".") && !message.contains("\n"), message);
    }

    @Test
    void aFlippedBitAnywhereInAShardIsFound() throws IOException {
        Path shard = data.resolve("train-00001.tokens");
        byte[] good = Files.readAllBytes(shard);
        assertEquals(64 + 200, good.length);
        for (int i = 0; i < good.length; i++) {
            byte[] bad = good.clone();
            bad[i] ^= (byte) (1 << i % 8);
            Files.write(shard, bad);
            assertRefused("train-00001.tokens", "prepare the data again");
        }
        Files.write(shard, good);
        TokenDataset.open(data, true);
    }

    @Test
    void aShardOfAnyOtherLengthIsFoundEvenWithoutVerifying() throws IOException {
        Path shard = data.resolve("train-00001.tokens");
        byte[] good = Files.readAllBytes(shard);
        for (int length : new int[] {0, 1, 63, 64, 65, good.length - 2, good.length - 1, good.length + 1}) {
            Files.write(shard, Arrays.copyOf(good, length));
            UserError error = assertThrows(UserError.class, () -> TokenDataset.open(data, false));
            assertTrue(error.getMessage().contains("train-00001.tokens"), error.getMessage());
        }
    }

    @Test
    void missingAndExchangedShardsAreFound() throws IOException {
        Path first = data.resolve("train-00000.tokens");
        Files.copy(data.resolve("train-00001.tokens"), first, StandardCopyOption.REPLACE_EXISTING);
        assertRefused("train-00000.tokens", "index.json");
        Files.delete(first);
        assertRefused("train-00000.tokens", "missing");
    }

    @Test
    void aChangedCharacterAnywhereInTheIndexIsFound() throws IOException {
        Path index = data.resolve("index.json");
        String good = Files.readString(index);
        for (int i = 0; i < good.length(); i++) {
            if (Character.isDigit(good.charAt(i))) {
                char other = good.charAt(i) == '1' ? '2' : '1';
                Files.writeString(index, good.substring(0, i) + other + good.substring(i + 1));
                assertRefused("index.json");
            }
        }
        for (String broken : List.of("", "{}", "[]", good.substring(0, good.length() / 2), "{\"checksum\": 5}")) {
            Files.writeString(index, broken);
            assertRefused("index.json");
        }
    }

    @Test
    void aTokenizerThatDoesNotBelongToTheTokensIsFound() throws IOException {
        BpeTrainer.train(List.of(TEXT), 300, size -> { }).save(data);
        assertRefused("tokenizer.json", "not the one");
        Files.delete(data.resolve("tokenizer.json"));
        assertRefused("tokenizer.json");
    }

    @Test
    void aFolderWithoutPreparedDataIsAUsersMistake() {
        data = folder;
        assertRefused("no prepared data", folder.toString());
    }

    @ParameterizedTest
    @ValueSource(ints = {256, 65_536, 65_537, 2_000_000})
    void tokensOfEveryWidthComeBack(int vocabularySize) {
        Path file = folder.resolve("one.tokens");
        int[] tokens = IntStream.range(0, 1000).map(i -> i * 7919 % vocabularySize).toArray();
        tokens[0] = vocabularySize - 1;
        try (ShardWriter writer = new ShardWriter(file, vocabularySize)) {
            writer.add(tokens, 0, 1000);
            writer.finish();
        }
        Shard shard = Shard.open(file);
        shard.verify();
        int[] read = new int[1002];
        shard.copy(0, read, 1, 1000);
        assertArrayEquals(tokens, Arrays.copyOfRange(read, 1, 1001));
        shard.copy(500, read, 0, 3);
        assertArrayEquals(Arrays.copyOfRange(tokens, 500, 503), Arrays.copyOf(read, 3));
        assertThrows(IndexOutOfBoundsException.class, () -> shard.copy(999, read, 0, 2));
    }

    @Test
    void readingGoesOnOverTheBordersOfShards() {
        TokenDataset dataset = TokenDataset.open(data, true);
        int[] all = new int[(int) dataset.train().size()];
        dataset.train().copy(0, all, 0, all.length);
        for (int from = 0; from < all.length; from += 7) {
            int length = Math.min(150, all.length - from);
            int[] part = new int[length];
            dataset.train().copy(from, part, 0, length);
            assertArrayEquals(Arrays.copyOfRange(all, from, from + length), part);
        }
        assertThrows(IndexOutOfBoundsException.class, () -> dataset.train().copy(all.length, all, 0, 1));
    }

    @Test
    void aShardThatWasNotFinishedIsRefused() {
        Path file = folder.resolve("unfinished.tokens");
        try (ShardWriter writer = new ShardWriter(file, 300)) {
            writer.add(new int[100], 0, 100);
        }
        assertThrows(UserError.class, () -> Shard.open(file));
    }

    @Test
    void aFullDiskIsToldInOneSentence() {
        Path full = Path.of("/dev/full");
        Assumptions.assumeTrue(Files.isWritable(full));
        UserError error = assertThrows(UserError.class, () -> new ShardWriter(full, 300));
        assertTrue(error.getMessage().startsWith("Cannot write the token shard /dev/full: "), error.getMessage());
    }
}
