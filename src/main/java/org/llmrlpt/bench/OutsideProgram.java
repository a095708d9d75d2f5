package org.llmrlpt.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.llmrlpt.config.UserError;

/** A program in a process of its own that prints a figure. */
public final class OutsideProgram {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final String name;
    private final List<String> command;
    private final String field;
    private final Pattern pattern;

    /**
     * @param name for messages
     * @param field of the JSON object in the last line, dots for fields of fields
     * @param pattern instead of the field: its first group is the number; null for the field
     */
    public OutsideProgram(String name, List<String> command, String field, Pattern pattern) {
        this.name = name;
        this.command = List.copyOf(command);
        this.field = field;
        this.pattern = pattern;
    }

    /** The command line that the machine's shell runs {@code line} with. */
    public static List<String> shell(String line) {
        return System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("windows")
            ? List.of("cmd", "/c", line) : List.of("sh", "-c", line);
    }

    /**
     * Runs it to its end.
     *
     * @return the figure it printed
     * @throws UserError if it cannot start, fails, or prints no such figure
     */
    public double run() throws IOException, InterruptedException {
        Path errors = Files.createTempFile("llm-rlpt-", ".err");
        Process process = start(errors.toFile());
        Thread atExit = new Thread(() -> {
            stop(process);
            errors.toFile().delete();
        });
        Runtime.getRuntime().addShutdownHook(atExit);
        try {
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int code = process.waitFor();
            if (code != 0) {
                throw new UserError(name + " ended with exit code " + code + ": "
                    + lastLine(output + "\n" + Files.readString(errors, StandardCharsets.ISO_8859_1)));
            }
            return pattern == null ? field(output) : match(output);
        } finally {
            stop(process);
            Runtime.getRuntime().removeShutdownHook(atExit);
            Files.delete(errors);
        }
    }

    private Process start(File errors) {
        try {
            return new ProcessBuilder(command).redirectInput(ProcessBuilder.Redirect.from(new File(
                File.separatorChar == '/' ? "/dev/null" : "NUL"))).redirectError(errors).start();
        } catch (IOException e) {
            throw new UserError("cannot start " + name + ": " + e.getMessage(), e);
        }
    }

    /** The shell's children too. */
    private static void stop(Process process) {
        process.descendants().forEach(ProcessHandle::destroy);
        process.destroy();
    }

    private double field(String output) {
        String last = lastLine(output);
        try {
            JsonNode value = JSON.readTree(last).at("/" + field.replace('.', '/'));
            if (value.isNumber()) {
                return value.asDouble();
            }
        } catch (JsonProcessingException e) {
            throw new UserError("the last line of " + name + " is not JSON ('" + last + "'): let it print a JSON object"
                + " at the end, or give pattern=", e);
        }
        throw new UserError("the last line of " + name + " has no number '" + field + "': " + last);
    }

    private double match(String output) {
        Matcher matcher = pattern.matcher(output);
        String found = null;
        while (matcher.find()) {
            found = matcher.group(1);
        }
        if (found == null) {
            throw new UserError("the output of " + name + " has no match of the pattern '" + pattern
                + "'; its last line is: " + lastLine(output));
        }
        try {
            return Double.parseDouble(found.replace(",", ""));
        } catch (NumberFormatException e) {
            throw new UserError("the pattern '" + pattern + "' found '" + found + "' in the output of " + name
                + ", which is not a number", e);
        }
    }

    private static String lastLine(String text) {
        return text.lines().map(String::strip).filter(l -> !l.isEmpty()).reduce((a, b) -> b).orElse("(no output)");
    }
}
