package org.llmrlpt.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

class TemporaryFolderTest {
    /** A command that is ended by a signal while it writes. */
    static final class Writer {
        private static final int DIRECTORIES = 7;

        public static void main(String[] args) throws IOException {
            try (TemporaryFolder temporary = TemporaryFolder.create("llm-rlpt-test-")) {
                System.out.println(temporary.folder());
                for (int i = 0; i < DIRECTORIES; i++) {
                    Files.createDirectory(temporary.folder().resolve("d" + i));
                }
                for (int i = 0; true; i++) {
                    Files.writeString(temporary.folder().resolve("d" + i % DIRECTORIES).resolve("f" + i), "x");
                }
            }
        }
    }

    @Test
    void aClosedFolderIsGone() throws IOException {
        Path folder;
        try (TemporaryFolder temporary = TemporaryFolder.create("llm-rlpt-test-")) {
            folder = temporary.folder();
            Files.writeString(Files.createDirectory(folder.resolve("inner")).resolve("file"), "x");
        }
        assertFalse(Files.exists(folder));
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void aSignalLeavesNoFolder() throws Exception {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        Process process = new ProcessBuilder(java, "-Xmx64m", "-cp", System.getProperty("java.class.path"),
            Writer.class.getName()).redirectErrorStream(true).start();
        Path folder = Path.of(process.inputReader().readLine());
        assertTrue(Files.isDirectory(folder));
        process.destroy();
        assertEquals(143, process.waitFor());
        assertFalse(Files.exists(folder));
        try (Stream<Path> beside = Files.list(folder.getParent())) {
            assertFalse(beside.anyMatch(p -> p.getFileName().toString().startsWith(folder.getFileName().toString())));
        }
    }
}
