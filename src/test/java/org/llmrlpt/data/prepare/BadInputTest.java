package org.llmrlpt.data.prepare;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import it.unimi.dsi.fastutil.ints.IntArrayList;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.llmrlpt.config.UserError;
import org.llmrlpt.data.TokenDataset;
import org.llmrlpt.data.tokenizer.Tokenizers;

class BadInputTest {
    private static final PreparationSettings SETTINGS = PreparationSettings.defaults().withThreads(2);

    @TempDir
    Path folder;

    private Path write(String name, byte[] content) throws IOException {
        return Files.write(folder.resolve(name), content);
    }

    private Path write(String name, String content) throws IOException {
        return Files.writeString(folder.resolve(name), content);
    }

    private void prepare(PreparationSettings settings, Path... inputs) {
        new DataPreparation(Tokenizers.bytes(), settings, PreparationProgress.NONE)
                .prepare(new FileDocuments(List.of(inputs), settings), folder.resolve("out"));
    }

    /** The preparation is refused in one sentence that says all of this, and leaves nothing behind. */
    private void assertRefused(PreparationSettings settings, Path input, String... said) throws IOException {
        String message = assertThrows(UserError.class, () -> prepare(settings, input)).getMessage();
        for (String part : said) {
            assertTrue(message.contains(part), message);
        }
        assertTrue(message.endsWith(".") && !message.contains("\n"), message);
        try (Stream<Path> left = Files.list(folder)) {
            assertEquals(List.of(), left.filter(f -> f.getFileName().toString().contains("out")).toList());
        }
    }

    @Test
    void missingFilesAreRefused() throws IOException {
        assertRefused(SETTINGS, folder.resolve("nowhere.txt"), "nowhere.txt");
    }

    @Test
    void emptyFilesAndFoldersAreRefused() throws IOException {
        assertRefused(SETTINGS, write("empty.txt", ""), "empty.txt is empty");
        assertRefused(SETTINGS, write("blank.txt", " \n\t\r\n"), "no text");
        assertRefused(SETTINGS, write("empty.jsonl", "\n\n"), "no text");
        Files.createDirectory(folder.resolve("folder"));
        assertRefused(SETTINGS, folder.resolve("folder"), "nothing to read", "folder");
    }

    @Test
    void aPackedFileThatIsCutShortIsRefused() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            for (int i = 0; i < 10_000; i++) {
                gzip.write(("Line " + i * 7919 % 10007 + "\n").getBytes(StandardCharsets.UTF_8));
            }
        }
        byte[] whole = bytes.toByteArray();
        for (int length : new int[] {5, 100, whole.length / 2, whole.length - 1}) {
            assertRefused(SETTINGS, write("a.txt.gz", Arrays.copyOf(whole, length)), "a.txt.gz", "cut short");
        }
        byte[] damaged = whole.clone();
        damaged[damaged.length - 6] ^= 1;
        assertRefused(SETTINGS, write("a.txt.gz", damaged), "a.txt.gz", "not a sound .gz file");
        assertRefused(SETTINGS, write("a.txt.gz", "not packed"), "a.txt.gz", "not a sound .gz file");
    }

    @Test
    void binaryDataIsRefusedUnlessAccepted() throws IOException {
        byte[] zero = "Some text and a zero \0 byte.".repeat(10).getBytes(StandardCharsets.UTF_8);
        assertRefused(SETTINGS, write("zero.txt", zero), "zero.txt", "position 21");
        byte[] latin = "Les élèves étudient à l'école. ".repeat(50).getBytes(StandardCharsets.ISO_8859_1);
        assertRefused(SETTINGS, write("latin.txt", latin), "latin.txt", "250 malformed characters");
        byte[] cutCharacter = {'a', 'b', (byte) 0xE2, (byte) 0x82};
        assertRefused(SETTINGS, write("cut.txt", cutCharacter), "1 malformed");

        prepare(SETTINGS.withAcceptBinary(true).withValidationFraction(0), folder.resolve("latin.txt"));
        TokenDataset dataset = TokenDataset.open(folder.resolve("out"), true);
        int[] tokens = new int[latin.length];
        dataset.train().copy(1, tokens, 0, latin.length);
        assertArrayEquals(latin, dataset.tokenizer().decode(IntArrayList.wrap(tokens)));
    }

    @Test
    void aFewMalformedCharactersInALongTextAreTaken() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes("Good text of many lines. \n".repeat(400_000).getBytes(StandardCharsets.UTF_8));
        bytes.write(0xFF);
        prepare(SETTINGS, write("long.txt", bytes.toByteArray()));
        assertEquals(10_400_001, TokenDataset.open(folder.resolve("out"), true).index().train().bytes()
                + TokenDataset.open(folder.resolve("out"), true).index().validation().bytes());
    }

    @Test
    void charactersAtBufferBordersAreNotMistakenForErrors() throws IOException {
        for (int shift = 0; shift < 4; shift++) {
            TextCheck check = new TextCheck(folder);
            byte[] text = ("x".repeat(shift) + "😀é日".repeat(50)).getBytes(StandardCharsets.UTF_8);
            for (int i = 0; i < text.length; i += 3) {
                check.add(text, i, Math.min(i + 3, text.length));
            }
            check.end();
        }
        for (String bad : List.of("C080", "EDA080", "F4908080", "E08080", "F0808080", "80", "FE", "C3")) {
            byte[] bytes = HexFormat.of().parseHex(bad);
            TextCheck check = new TextCheck(folder);
            assertThrows(UserError.class, () -> {
                check.add(bytes, 0, bytes.length);
                check.end();
            }, bad);
        }
    }

    @Test
    void aByteOrderMarkIsLeftOut() throws IOException {
        prepare(SETTINGS.withValidationFraction(0), write("mark.jsonl", "\uFEFF{\"text\": \"ab\"}"),
                write("mark.txt", "\uFEFFcd"));
        assertEquals(4, TokenDataset.open(folder.resolve("out"), true).index().train().bytes());
    }

    @Test
    void malformedLinesAreNamed() throws IOException {
        assertRefused(SETTINGS, write("a.jsonl", "{\"text\": \"fine\"}\n\n{\"text\": \"broken}\n"), "a.jsonl:3",
                "not valid JSON");
        assertRefused(SETTINGS, write("a.jsonl", "{\"text\": \"fine\"} {}\n"), "a.jsonl:1", "not valid JSON");
        assertRefused(SETTINGS, write("a.jsonl", "{\"text\": \"fine\"}\n{\"words\": \"x\"}\n"), "a.jsonl:2", "text");
        assertRefused(SETTINGS, write("a.jsonl", "{\"text\": 5}\n"), "a.jsonl:1", "\"text\"");
        assertRefused(SETTINGS, write("a.jsonl", "[1]\n"), "a.jsonl:1", "\"text\"");
    }

    @Test
    void badSettingsAreRefused() {
        assertThrows(UserError.class, () -> SETTINGS.withValidationFraction(1));
        assertThrows(UserError.class, () -> SETTINGS.withValidationFraction(-0.5));
        assertThrows(UserError.class, () -> SETTINGS.withValidationFraction(Double.NaN));
        assertThrows(UserError.class, () -> SETTINGS.withSeparator(""));
        assertThrows(UserError.class, () -> SETTINGS.withField(""));
    }

    @Test
    void whatIsThereAlreadyIsNotOverwritten() throws IOException {
        Path text = write("a.txt", "Some text. ".repeat(20));
        prepare(SETTINGS, text);
        byte[] before = Files.readAllBytes(folder.resolve("out/index.json"));
        String message = assertThrows(UserError.class, () -> prepare(SETTINGS, text)).getMessage();
        assertTrue(message.contains("overwrite=true"), message);
        Path bad = write("bad.txt", "\0");
        assertThrows(UserError.class, () -> prepare(SETTINGS.withOverwrite(true), bad));
        assertArrayEquals(before, Files.readAllBytes(folder.resolve("out/index.json")), "the old data stays");
        prepare(SETTINGS.withOverwrite(true).withSeparator("."), text);
        assertEquals(20, TokenDataset.open(folder.resolve("out"), true).index().train().documents()
                + TokenDataset.open(folder.resolve("out"), true).index().validation().documents());
    }

    @Test
    void aFolderWithOtherFilesIsNeverReplaced() throws IOException {
        Path text = write("a.txt", "Some text.");
        Files.createDirectory(folder.resolve("out"));
        prepare(SETTINGS, text);
        Files.delete(folder.resolve("out/index.json"));
        for (boolean overwrite : new boolean[] {false, true}) {
            UserError error = assertThrows(UserError.class, () -> prepare(SETTINGS.withOverwrite(overwrite), text));
            assertTrue(error.getMessage().contains("not prepared data"), error.getMessage());
        }
    }

    @Test
    void aPlaceThatCannotBeWrittenIsNamed() throws IOException {
        Path text = write("a.txt", "Some text.");
        Path below = text.resolve("out");
        UserError error = assertThrows(UserError.class, () -> new DataPreparation(Tokenizers.bytes(), SETTINGS,
                PreparationProgress.NONE).prepare(new FileDocuments(List.of(text), SETTINGS), below));
        assertTrue(error.getMessage().startsWith("Cannot write " + text), error.getMessage());
        assertTrue(error.getMessage().endsWith("; free space or choose another folder."), error.getMessage());
    }

    @Test
    void whatAnInterruptedPreparationLeftIsNoData() throws IOException {
        Path partial = folder.resolve(".out.partial");
        Files.createDirectory(partial);
        Files.writeString(partial.resolve("train-00000.tokens"), "half");
        assertThrows(UserError.class, () -> TokenDataset.open(partial, false));
        prepare(SETTINGS, write("a.txt", "Some text. ".repeat(20)));
        assertTrue(Files.notExists(partial));
        TokenDataset.open(folder.resolve("out"), true);
    }
}
