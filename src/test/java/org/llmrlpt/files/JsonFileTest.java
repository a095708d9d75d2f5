package org.llmrlpt.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.llmrlpt.config.UserError;

class JsonFileTest {
    @TempDir
    Path folder;

    @Test
    void aDocumentIsWrittenForPeopleAndReadBack() throws IOException {
        Path file = folder.resolve("new/a.json");
        JsonFile.write(file, Map.of("name", "ü", "at", new int[] {1, 2}));
        assertTrue(Files.readString(file).endsWith("}\n"));
        assertTrue(Files.readAllLines(file).size() > 2);
        assertEquals("ü", JsonFile.readObject(file).path("name").textValue());
        assertEquals(2, JsonFile.readObject(file).path("at").path(1).intValue());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "{\"a\":1,\"a\":2} | Duplicate",
        "{} {}                 | is not valid JSON",
        "{\"a\":NaN}         | at line 1, column",
        "[1]                   | must hold one JSON object",
        "null                  | must hold one JSON object",
        "''                    | must hold one JSON object",
    })
    void aFaultyDocumentIsNamedWithItsFault(String json, String words) throws IOException {
        Path file = Files.writeString(folder.resolve("bad.json"), json);
        String message = assertThrows(UserError.class, () -> JsonFile.readObject(file)).getMessage();
        assertTrue(message.contains("bad.json") && message.contains(words), message);
    }

    @Test
    void whatCannotBeReadIsNamed() throws IOException {
        assertEquals("There is no file " + folder.resolve("absent.json") + ".",
            assertThrows(UserError.class, () -> JsonFile.readObject(folder.resolve("absent.json"))).getMessage());
        assertTrue(assertThrows(UserError.class, () -> JsonFile.readObject(folder)).getMessage()
            .startsWith("Cannot read " + folder));
        Path latin = Files.write(folder.resolve("latin.json"), new byte[] {'{', '"', (byte) 0xFC, '"', '}'});
        assertTrue(assertThrows(UserError.class, () -> JsonFile.readObject(latin)).getMessage()
            .contains("latin.json: it is not UTF-8 text"));
    }
}
