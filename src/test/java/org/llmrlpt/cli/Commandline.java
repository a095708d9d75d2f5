package org.llmrlpt.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** The real commands, run inside the test. */
public final class Commandline {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    /** Runs a command line; returns the exit code. */
    public int run(String... args) {
        out.reset();
        err.reset();
        Console console = new Console(new PrintStream(out, true, StandardCharsets.UTF_8), false, 0);
        return new Main(Commands.all(), console, new PrintStream(err, true, StandardCharsets.UTF_8)).run(args);
    }

    /** The settings of a command line: a word, then NAME=VALUE. */
    public static Map<String, String> settings(String... args) {
        Map<String, String> given = new LinkedHashMap<>();
        Arrays.stream(args).skip(1)
            .forEach(a -> given.put(a.substring(0, a.indexOf('=')), a.substring(a.indexOf('=') + 1)));
        return given;
    }

    /** Runs a command line that must succeed; returns what it printed. */
    public String succeed(String... args) {
        int code = run(args);
        assertEquals(0, code, error());
        return out.toString(StandardCharsets.UTF_8);
    }

    /** Runs a command line that must be refused with exit code 2 and one sentence that has all these parts. */
    public void refuse(String[] parts, String... args) {
        assertEquals(2, run(args), error());
        String sentence = error();
        for (String part : parts) {
            assertTrue(sentence.contains(part), sentence);
        }
        assertEquals(1, sentence.strip().lines().count(), sentence);
        assertFalse(sentence.contains("Exception"), sentence);
    }

    private String error() {
        return err.toString(StandardCharsets.UTF_8);
    }
}
