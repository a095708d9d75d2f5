package org.llmrlpt.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.llmrlpt.data.TokenDataset;

class DataCommandsTest {
    @TempDir
    private Path folder;
    private Path text;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @BeforeEach
    void write() throws IOException {
        text = Files.writeString(folder.resolve("text.txt"), "the cat and the dog and the bird sing. ".repeat(500));
    }

    private int run(String... args) {
        out.reset();
        err.reset();
        Console console = new Console(new PrintStream(out, true, StandardCharsets.UTF_8), false, 0);
        return new Main(Commands.all(), console, new PrintStream(err, true, StandardCharsets.UTF_8)).run(args);
    }

    private void refuses(String part, String... args) {
        assertEquals(2, run(args));
        assertTrue(err.toString(StandardCharsets.UTF_8).contains(part), err.toString(StandardCharsets.UTF_8));
        assertEquals(1, err.toString(StandardCharsets.UTF_8).lines().count());
    }

    @Test
    void aTrainedTokenizerPreparesDataWithFewerTokensThanBytes() {
        assertEquals(0, run("data", "train-tokenizer", "data=" + text, "vocabulary=300",
            "output=" + folder.resolve("t")), err.toString(StandardCharsets.UTF_8));
        assertEquals(0, run("data", "prepare", "--data", text.toString(), "--tokenizer=" + folder.resolve("t"),
            "output=" + folder.resolve("d"), "data.validation-fraction=0.2"), err.toString(StandardCharsets.UTF_8));
        TokenDataset data = TokenDataset.open(folder.resolve("d"), true);
        double all = data.train().size() + data.validation().size();
        assertTrue(all < 19_500 / 2.0);
        assertEquals(0.2, data.validation().size() / all, 0.02);
        assertTrue(out.toString(StandardCharsets.UTF_8).contains("validation"));
    }

    @Test
    void settingsOfPreparationTakeEffect() throws IOException {
        Path lines = Files.writeString(folder.resolve("a.jsonl"), "{\"words\": \"abc\"}\n".repeat(300));
        refuses("\"text\"", "data", "prepare", "data=" + lines, "output=" + folder.resolve("none"));
        assertEquals(0, run("data", "prepare", "data=" + lines, "data.field=words", "tokens-per-file=100",
            "data.validation-fraction=0", "output=" + folder.resolve("fields")), err.toString(StandardCharsets.UTF_8));
        assertEquals(1 + 300 * 4, TokenDataset.open(folder.resolve("fields"), true).train().size(), "a mark in front");
        assertTrue(Files.exists(folder.resolve("fields/train-00011.tokens")));
        Path binary = Files.write(folder.resolve("b.txt"), new byte[] {0, 1, (byte) 0xff, 7, 8, 9, 10, 11, 12, 13});
        refuses("b.txt", "data", "prepare", "data=" + binary, "output=" + folder.resolve("none"));
        assertEquals(0, run("data", "prepare", "data=" + binary, "data.binary=true", "output="
            + folder.resolve("bytes")), err.toString(StandardCharsets.UTF_8));
    }

    @Test
    void aTokenizerLearnsFromTheBeginningOfTheText() throws IOException {
        Path both = Files.writeString(folder.resolve("both.txt"), "ab ".repeat(1000) + "xy ".repeat(9000));
        assertEquals(0, run("data", "train-tokenizer", "data=" + both, "vocabulary=259", "data.megabytes=0.002",
            "output=" + folder.resolve("t")), err.toString(StandardCharsets.UTF_8));
        String json = Files.readString(folder.resolve("t/tokenizer.json"));
        assertTrue(json.contains("\"ab\"") && !json.contains("\"xy\""), json);
    }

    @Test
    void missingAndWrongSettingsAreOneSentence() {
        refuses("setting 'data' is missing", "data", "prepare", "output=x");
        refuses("setting 'output' is missing", "data", "prepare", "data=" + text);
        refuses("setting 'vocabulary' must be", "data", "train-tokenizer", "vocabulary=10");
        refuses(folder.resolve("none").toString(), "data", "prepare", "data=" + folder.resolve("none"), "output=x");
    }

    @Test
    void nothingIsOverwrittenUnasked() throws IOException {
        Path prepared = folder.resolve("d");
        assertEquals(0, run("data", "prepare", "data=" + text, "output=" + prepared));
        assertEquals(2, run("data", "prepare", "data=" + text, "output=" + prepared));
        assertEquals(0, run("data", "prepare", "data=" + text, "output=" + prepared, "overwrite=true"));
        Path tokenizer = Files.createDirectories(folder.resolve("t")).resolve("tokenizer.json");
        Files.writeString(tokenizer, "mine");
        refuses(tokenizer.toString(), "data", "train-tokenizer", "data=" + text, "output=" + tokenizer.getParent());
        assertEquals("mine", Files.readString(tokenizer));
    }
}
