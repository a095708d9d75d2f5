package org.llmrlpt.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ArgumentFilesTest {
    private static List<Path> files() throws IOException {
        try (Stream<Path> all = Files.list(Path.of("tornado-config"))) {
            return all.filter(f -> f.toString().endsWith(".args")).sorted().toList();
        }
    }

    @ParameterizedTest
    @MethodSource("files")
    void javaAcceptsTheFileAndItsFlagsTakeEffect(Path file) throws Exception {
        String executable = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        Process java = new ProcessBuilder(executable, "@" + file, "-XshowSettings:properties", "-version")
            .redirectErrorStream(true).start();
        String shown = new String(java.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, java.waitFor(), shown);
        assertTrue(shown.contains("tornado.recover.bailout = False"), shown);
        assertTrue(shown.contains("tornado.tvm.maxbytecodesize = 262144"), shown);
        if (file.toString().contains("opencl")) {
            assertTrue(shown.contains("tornado.opencl.compiler.flags = -cl-mad-enable -w"), shown);
        }
    }

    @ParameterizedTest
    @MethodSource("files")
    void everyFlagHasALineThatExplainsItAndNoneNamesAFolderOfAMachine(Path file) throws IOException {
        List<String> lines = Files.readAllLines(file);
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            if (!line.isEmpty() && !line.startsWith("#")) {
                assertTrue(lines.get(i - 1).startsWith("# "), line);
                assertTrue(!line.contains("/"), line);
            }
        }
    }
}
