package org.llmrlpt.cli;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.llmrlpt.config.UserError;

class StandardStreamTest {
    @Test
    @EnabledOnOs(OS.LINUX)
    void outputThatIsLostIsTold() throws IOException {
        try (FileOutputStream full = new FileOutputStream("/dev/full")) {
            StandardStream stream = new StandardStream(full.getFD());
            stream.requireWritten();
            new PrintStream(stream, true, StandardCharsets.UTF_8).println("a line");
            String message = assertThrows(UserError.class, stream::requireWritten).getMessage();
            assertTrue(message.contains("No space left on device") && message.contains("free space"), message);
        }
    }
}
