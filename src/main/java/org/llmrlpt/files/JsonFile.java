package org.llmrlpt.files;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.util.JsonGeneratorDelegate;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.llmrlpt.config.FileProblem;
import org.llmrlpt.config.UserError;

/**
 * JSON documents as files. Reading is strict: an object that names a key twice, or text after the document, is an
 * error. JSON has no word for NaN and infinities; every writer of this package writes them as null.
 */
public final class JsonFile {
    static final JsonMapper STRICT = JsonMapper.builder()
        .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
        .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
        .disable(SerializationFeature.FLUSH_AFTER_WRITE_VALUE)
        .build();

    private JsonFile() { }

    /** The JSON object in {@code file}; a missing, unreadable or malformed file is a {@link UserError}. */
    public static JsonNode readObject(Path file) {
        JsonNode node;
        try {
            node = STRICT.readTree(Files.readString(file));
        } catch (NoSuchFileException e) {
            throw new UserError("There is no file " + file + ".", e);
        } catch (JsonProcessingException e) {
            throw new UserError(file + " is not valid JSON: " + FileProblem.reason(e) + at(e) + ".", e);
        } catch (IOException e) {
            throw FileProblem.reading(file, e);
        }
        if (!node.isObject()) {
            throw new UserError(file + " must hold one JSON object: put the right file in its place.");
        }
        return node;
    }

    /** Puts {@code value} (a map, a record or a JSON tree) in place of {@code file}, whole or not at all. */
    public static void write(Path file, Object value) {
        AtomicFile.write(file, out -> {
            print(out, value, true);
            out.write('\n');
        });
    }

    /** {@code value} as JSON on one line. */
    public static String line(Object value) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            print(out, value, false);
        } catch (IOException e) {
            throw new UncheckedIOException("memory does not fail to be written", e);
        }
        return out.toString(StandardCharsets.UTF_8);
    }

    /** Prints {@code value} as JSON text without a line feed at its end. */
    static void print(OutputStream out, Object value, boolean pretty) throws IOException {
        JsonGenerator generator = new FiniteNumbers(STRICT.createGenerator(out));
        generator.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
        if (pretty) { generator.useDefaultPrettyPrinter(); }
        STRICT.writeValue(generator, value);
        generator.close();
    }

    private static String at(JsonProcessingException e) {
        return e.getLocation() == null ? ""
            : " at line " + e.getLocation().getLineNr() + ", column " + e.getLocation().getColumnNr();
    }

    /** Writes null where JSON has no number. */
    private static final class FiniteNumbers extends JsonGeneratorDelegate {
        FiniteNumbers(JsonGenerator to) {
            super(to, false);
        }

        @Override
        public void writeNumber(double value) throws IOException {
            if (Double.isFinite(value)) { delegate.writeNumber(value); } else { delegate.writeNull(); }
        }

        @Override
        public void writeNumber(float value) throws IOException {
            if (Float.isFinite(value)) { delegate.writeNumber(value); } else { delegate.writeNull(); }
        }

        @Override
        public void writeArray(double[] values, int offset, int length) throws IOException {
            writeStartArray();
            for (int i = offset; i < offset + length; i++) { writeNumber(values[i]); }
            writeEndArray();
        }
    }
}
