package org.llmrlpt.data.prepare;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import it.unimi.dsi.fastutil.ints.IntArrayList;
import it.unimi.dsi.fastutil.ints.IntList;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.llmrlpt.config.UserError;
import org.llmrlpt.data.TokenDataset;
import org.llmrlpt.data.builtin.BuiltinTasks;
import org.llmrlpt.data.builtin.BuiltinText;
import org.llmrlpt.data.shards.DatasetIndex;
import org.llmrlpt.data.shards.TokenSource;
import org.llmrlpt.data.tokenizer.Tokenizer;
import org.llmrlpt.data.tokenizer.Tokenizers;
import org.llmrlpt.random.RandomStream;

class DataPreparationTest {
    private static final PreparationSettings SETTINGS = PreparationSettings.defaults().withThreads(2);
    private static final Path GPT2 = Path.of("src/test/resources/gpt2_tokenizer");

    @TempDir
    Path folder;

    private Path file(String name, String content) throws IOException {
        return Files.writeString(folder.resolve(name), content);
    }

    private TokenDataset prepare(PreparationSettings settings, Path... inputs) {
        Path out = folder.resolve("out");
        new DataPreparation(Tokenizers.bytes(), settings.withOverwrite(true), PreparationProgress.NONE)
                .prepare(new FileDocuments(List.of(inputs), settings), out);
        return TokenDataset.open(out, true);
    }

    private static int[] tokens(TokenSource source) {
        int[] all = new int[(int) source.size()];
        source.copy(0, all, 0, all.length);
        return all;
    }

    /** The documents of a split, ended by end-of-text tokens and with one before the first. */
    private static List<String> documents(TokenDataset dataset, TokenSource split) {
        List<String> documents = new ArrayList<>();
        IntList document = new IntArrayList();
        int[] tokens = tokens(split);
        assertEquals(dataset.tokenizer().endOfText(), tokens[0]);
        for (int i = 1; i < tokens.length; i++) {
            if (tokens[i] == dataset.tokenizer().endOfText()) {
                documents.add(dataset.tokenizer().decodeText(document));
                document.clear();
            } else {
                document.add(tokens[i]);
            }
        }
        assertTrue(document.isEmpty(), "the split ends with an end-of-text token");
        return documents;
    }

    private static byte[] gzip(byte[] content) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(content);
        }
        return bytes.toByteArray();
    }

    @Test
    void aSingleTextIsCutAtNineTenths() throws IOException {
        String text = "To be, or not to be. ".repeat(100);
        TokenDataset dataset = prepare(SETTINGS, file("a.txt", text));
        assertEquals(List.of(text.substring(0, 1890)), documents(dataset, dataset.train()));
        assertEquals(List.of(text.substring(1890)), documents(dataset, dataset.validation()));
        assertEquals(1890, dataset.index().train().bytes());
        assertEquals(210, dataset.index().validation().bytes());
    }

    @Test
    void theCutDoesNotFallInsideACharacter() throws IOException {
        String text = "日本語".repeat(11);
        for (double share : new double[] {0.1, 0.31, 0.5, 0.77}) {
            TokenDataset dataset = prepare(SETTINGS.withValidationFraction(share), file("a.txt", text));
            String train = documents(dataset, dataset.train()).get(0);
            String validation = documents(dataset, dataset.validation()).get(0);
            assertEquals(text, train + validation);
            assertFalse(train.contains("\uFFFD"), "the training text is whole characters");
        }
    }

    @Test
    void everyLineOfJsonLinesIsADocument() throws IOException {
        Path lines = file("a.jsonl", "{\"text\": \"one\\ntwo\", \"id\": 1}\n\n{\"text\":\"three <|endoftext|> é\"}\r\n"
                + "{\"text\": \"\"}\n{\"text\": \"four\"}");
        TokenDataset dataset = prepare(SETTINGS.withValidationFraction(0), lines);
        assertEquals(List.of("one\ntwo", "three <|endoftext|> é", "four"), documents(dataset, dataset.train()));
        assertEquals(3, dataset.index().train().documents());
        assertEquals(0, dataset.validation().size());
    }

    @Test
    void anotherFieldCanBeNamed() throws IOException {
        TokenDataset dataset = prepare(SETTINGS.withField("story").withValidationFraction(0),
                file("a.jsonl", "{\"text\": \"no\", \"story\": \"yes\"}"));
        assertEquals(List.of("yes"), documents(dataset, dataset.train()));
    }

    @Test
    void textIsPartedAtEndOfTextMarks() throws IOException {
        TokenDataset dataset = prepare(SETTINGS.withValidationFraction(0),
                file("a.txt", "one<|endoftext|>\ntwo <|endof<|endoftext|> \n<|endoftext|>three"));
        assertEquals(List.of("one", "\ntwo <|endof", "three"), documents(dataset, dataset.train()));
    }

    @Test
    void textCanBePartedAtBlankLinesOrAnyTextOrNowhere() throws IOException {
        Path text = file("a.txt", "one\ntwo\n\nthree\r\n\r\n\n\nfour\n\n---\nfive<|endoftext|>six\n\n");
        PreparationSettings all = SETTINGS.withValidationFraction(0);
        TokenDataset blank = prepare(all.withSeparator("blank-line"), text);
        assertEquals(List.of("one\ntwo", "three", "four", "---\nfive<|endoftext|>six"),
                documents(blank, blank.train()));
        TokenDataset literal = prepare(all.withSeparator("\\n---\\n"), text);
        assertEquals(List.of("one\ntwo\n\nthree\r\n\r\n\n\nfour\n", "five<|endoftext|>six\n\n"),
                documents(literal, literal.train()));
        TokenDataset none = prepare(all.withSeparator("none"), text);
        assertEquals(List.of(Files.readString(text)), documents(none, none.train()));
    }

    @Test
    void separatorsAreFoundHoweverTheStreamIsCut() {
        String text = "aa<sep>bb<<sep><sep>c<se<sep>d<sep";
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        for (int step = 1; step <= bytes.length; step++) {
            List<String> found = new ArrayList<>();
            StringBuilder current = new StringBuilder();
            Separator separator = new Separator("<sep>", new DocumentSink() {
                @Override
                public void text(byte[] part, int from, int to) {
                    current.append(new String(part, from, to - from, StandardCharsets.UTF_8));
                }

                @Override
                public void end() {
                    found.add(current.toString());
                    current.setLength(0);
                }
            });
            for (int at = 0; at < bytes.length; at += step) {
                separator.add(bytes, at, Math.min(bytes.length, at + step));
            }
            separator.end();
            assertEquals(List.of("aa", "bb<", "", "c<se", "d<sep"), found, "in steps of " + step);
        }
    }

    @Test
    void foldersAreReadInSortedOrderWithPackedFilesAndWithoutOthers() throws IOException {
        Files.createDirectories(folder.resolve("in/b"));
        Files.writeString(folder.resolve("in/b/2.txt"), "two");
        Files.writeString(folder.resolve("in/c.jsonl"), "{\"text\": \"three\"}\n");
        Files.write(folder.resolve("in/a.TXT.gz"), gzip("one".getBytes(StandardCharsets.UTF_8)));
        Files.write(folder.resolve("in/d.jsonl.gz"), gzip("{\"text\": \"four\"}".getBytes(StandardCharsets.UTF_8)));
        Files.writeString(folder.resolve("in/picture.png"), "no");
        Files.writeString(folder.resolve("in/.hidden.txt"), "no");
        TokenDataset dataset = prepare(SETTINGS.withValidationFraction(0), folder.resolve("in"));
        assertEquals(List.of("one", "two", "three", "four"), documents(dataset, dataset.train()));
        assertEquals(List.of(folder.resolve("in/picture.png")),
                new FileDocuments(List.of(folder.resolve("in")), SETTINGS).skipped());
    }

    @Test
    void manyDocumentsAreHeldOutWholeAndByTheirTextAlone() throws IOException {
        List<String> all = IntStream.range(0, 1000).mapToObj(i -> "Document " + i + ".").toList();
        TokenDataset dataset = prepare(SETTINGS, file("a.txt", String.join("<|endoftext|>", all)));
        Set<String> train = new HashSet<>(documents(dataset, dataset.train()));
        Set<String> validation = new HashSet<>(documents(dataset, dataset.validation()));
        assertEquals(1000, train.size() + validation.size());
        assertTrue(validation.size() > 25 && validation.size() < 75, "held out: " + validation.size());

        List<String> reversed = new ArrayList<>(all).reversed();
        TokenDataset again = prepare(SETTINGS, file("b.jsonl", reversed.stream()
                .map(d -> "{\"text\": \"" + d + "\"}").collect(Collectors.joining("\n"))));
        assertEquals(validation, new HashSet<>(documents(again, again.validation())));
    }

    @Test
    void longDocumentsGiveTheIdsOfTheWholeWhateverTheThreads() throws IOException {
        Tokenizer gpt2 = Tokenizers.open(GPT2);
        StringBuilder text = new StringBuilder();
        RandomStream random = RandomStream.of(4, "text");
        String[] parts = {"word", " It's", "  ", "\n", "\n\n", "123", "...", " é", "日本", "\u00a0", "'ll", "😀", "\t"};
        while (text.length() < 1_500_000) {
            text.append(parts[random.nextInt(parts.length)]);
        }
        // A stretch without any ASCII space, longer than a block, so that cuts fall at other places.
        String dense = text.toString().replace(" ", "").replace("\n", "。").replace("\t", "");
        Path file = file("a.txt", text + dense);
        int[] expected = gpt2.encode(text + dense).toIntArray();
        for (int threads : new int[] {1, 3}) {
            Path out = folder.resolve("long" + threads);
            PreparationSettings settings = SETTINGS.withThreads(threads).withValidationFraction(0)
                    .withTokensPerShard(100_000);
            DatasetIndex index = new DataPreparation(gpt2, settings, PreparationProgress.NONE)
                    .prepare(new FileDocuments(List.of(file), settings), out);
            assertTrue(index.train().shards().size() > 3);
            int[] got = tokens(TokenDataset.open(out, true).train());
            assertEquals(expected.length + 2, got.length);
            assertArrayEquals(expected, IntStream.of(got).skip(1).limit(expected.length).toArray());
        }
    }

    @Test
    void preparingTwiceGivesTheSameBytes() throws IOException {
        Path text = file("a.txt", "The same text again. ".repeat(1000));
        prepare(SETTINGS, text);
        List<byte[]> first = contents();
        prepare(SETTINGS.withThreads(1), text);
        List<byte[]> second = contents();
        assertEquals(first.size(), second.size());
        for (int i = 0; i < first.size(); i++) {
            assertArrayEquals(first.get(i), second.get(i));
        }
    }

    private List<byte[]> contents() throws IOException {
        List<byte[]> contents = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder.resolve("out"))) {
            for (Path file : files.sorted().toList()) {
                contents.add(Files.readAllBytes(file));
            }
        }
        return contents;
    }

    @Test
    void twoSourcesBecomeTheTwoSplits() {
        Path out = folder.resolve("out");
        new DataPreparation(Tokenizers.bytes(), SETTINGS, PreparationProgress.NONE).prepare(
                DocumentSource.of(List.of("learn", "this")), DocumentSource.of(List.of("not this")), out);
        TokenDataset dataset = TokenDataset.open(out, true);
        assertEquals(List.of("learn", "this"), documents(dataset, dataset.train()));
        assertEquals(List.of("not this"), documents(dataset, dataset.validation()));
    }

    @Test
    void progressEndsAtTheWholeSource() throws IOException {
        Path text = file("a.txt", "Some text. ".repeat(200_000));
        long[] last = new long[3];
        new DataPreparation(Tokenizers.bytes(), SETTINGS, (done, total, tokens) -> {
            assertTrue(done >= last[0] && tokens >= last[2]);
            last[0] = done;
            last[1] = total;
            last[2] = tokens;
        }).prepare(new FileDocuments(List.of(text), SETTINGS), folder.resolve("out"));
        assertEquals(2_200_000, last[0]);
        assertEquals(2_200_000, last[1]);
        assertEquals(2_200_004, last[2]);
    }

    @Test
    void builtInProblemsBecomeADataset() {
        Path out = folder.resolve("out");
        new DataPreparation(Tokenizers.bytes(), SETTINGS, PreparationProgress.NONE)
                .prepare(BuiltinText.training("builtin", null, 1, 20_000),
                    BuiltinText.validation("builtin", null, 1, 1000), out);
        TokenDataset dataset = TokenDataset.open(out, true);
        List<String> train = documents(dataset, dataset.train());
        assertEquals(BuiltinTasks.all(false, 1).problem(0).text(), train.get(0));
        assertEquals(BuiltinTasks.all(true, 1).problem(0).text(), documents(dataset, dataset.validation()).get(0));
        assertTrue(dataset.index().train().bytes() >= 20_000);
        assertTrue(dataset.index().validation().bytes() >= 1000);
    }

    @Test
    void aTokenizerCanBeTrainedOnTheSameSources() throws IOException {
        Path text = file("a.txt", "the cat and the hat and the bat ".repeat(500));
        FileDocuments source = new FileDocuments(List.of(text), SETTINGS);
        Tokenizer tokenizer = DataPreparation.trainTokenizer(source, 270, 1 << 20, size -> { });
        assertEquals(1, tokenizer.encode(" the").size());
        assertEquals(0, tokenizer.endOfText());
        assertThrows(UserError.class, () -> DataPreparation.trainTokenizer(
                new FileDocuments(List.of(file("empty.txt", "")), SETTINGS), 300, 100, size -> { }));
    }
}
