package org.llmrlpt.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.llmrlpt.config.UserError;

class JsonLinesTest {
    @TempDir
    Path folder;
    private Path file;

    @BeforeEach
    void name() {
        file = folder.resolve("metrics.jsonl");
    }

    @Test
    void eachObjectIsOneLineAndThereAtOnce() throws IOException {
        try (JsonLines lines = JsonLines.open(file)) {
            lines.write(new TreeMap<>(Map.of("step", 1, "text", "two\nlines ü")));
            assertEquals("{\"step\":1,\"text\":\"two\\nlines ü\"}\n", Files.readString(file));
            assertEquals(Files.size(file), lines.position());
            lines.write(Map.of("loss", 0.1f));
            assertEquals(Files.size(file), lines.sync());
        }
        assertEquals(0.1f, JsonLines.read(file).get(1).path("loss").floatValue());
    }

    @Test
    void whatIsNotANumberIsNullWhereverItStands() throws IOException {
        try (JsonLines lines = JsonLines.open(file)) {
            lines.write(Map.of("a", Double.NaN));
            lines.write(Map.of("a", Float.NEGATIVE_INFINITY));
            lines.write(Map.of("a", new double[] {1, Double.POSITIVE_INFINITY}));
            lines.write(Map.of("a", new float[] {Float.NaN, 2}));
            lines.write(Map.of("a", List.of(Double.NaN)));
        }
        assertEquals("""
            {"a":null}
            {"a":null}
            {"a":[1.0,null]}
            {"a":[null,2.0]}
            {"a":[null]}
            """, Files.readString(file));
    }

    @Test
    void resumingDropsTheLinesAfterTheCheckpoint() throws IOException {
        long saved;
        try (JsonLines lines = JsonLines.open(file)) {
            lines.write(Map.of("step", 1));
            saved = lines.sync();
            lines.write(Map.of("step", 2));
        }
        try (JsonLines lines = JsonLines.open(file)) {
            lines.truncateTo(saved);
            lines.write(Map.of("step", 2));
            lines.write(Map.of("step", 3));
        }
        assertEquals("{\"step\":1}\n{\"step\":2}\n{\"step\":3}\n", Files.readString(file));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 8191, 8192, 8193, 20_000})
    void aLineTornByAKillIsCutOffWhenReopened(int torn) throws IOException {
        byte[] tail = ("{\"step\":\"" + "x".repeat(torn)).substring(0, torn).getBytes(StandardCharsets.US_ASCII);
        Files.writeString(file, "{\"step\":1}\n" + new String(tail, StandardCharsets.US_ASCII));
        assertEquals(1, JsonLines.read(file).size());
        try (JsonLines lines = JsonLines.open(file)) {
            assertEquals(11, lines.position());
            lines.write(Map.of("step", 2));
        }
        assertEquals("{\"step\":1}\n{\"step\":2}\n", Files.readString(file));
    }

    @Test
    void aFileOfOnlyATornLineBecomesEmpty() throws IOException {
        Files.writeString(file, "{\"st");
        JsonLines.open(file).close();
        assertEquals(0, Files.size(file));
    }

    @Test
    void aFileThatIsNotTheRememberedOneIsRefusedAndADeletedOneBeginsAnew() throws IOException {
        Files.writeString(file, "{\"step\":1}\n{\"step\":2}\n");
        try (JsonLines lines = JsonLines.open(file)) {
            for (long position : new long[] {-1, 1, 10, 12, 23, Long.MAX_VALUE}) {
                String message = assertThrows(UserError.class, () -> lines.truncateTo(position)).getMessage();
                assertTrue(message.contains("metrics.jsonl") && message.contains("byte " + position), message);
            }
            lines.truncateTo(22);
            lines.truncateTo(11);
            assertEquals(11, Files.size(file));
            lines.truncateTo(0);
            assertEquals(0, Files.size(file));
            lines.truncateTo(500);
            lines.write(Map.of("step", 3));
        }
        assertEquals("{\"step\":3}\n", Files.readString(file));
    }

    @Test
    void aMalformedLineIsNamedByItsNumber() throws IOException {
        Files.writeString(file, "{\"step\":1}\n{\"step\":\n{}\n");
        String message = assertThrows(UserError.class, () -> JsonLines.read(file)).getMessage();
        assertTrue(message.contains("metrics.jsonl, line 2, is not valid JSON"), message);
    }

    @Test
    void aFolderInPlaceOfTheFileIsASentence() {
        assertTrue(assertThrows(UserError.class, () -> JsonLines.open(folder)).getMessage()
            .startsWith("Cannot write " + folder));
    }
}
