package org.llmrlpt.data.prepare;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.llmrlpt.config.FileProblem;
import org.llmrlpt.config.UserError;

/** Reads one document from each line of a .jsonl stream. */
final class JsonDocuments {
    private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder().maxStringLength(Integer.MAX_VALUE).build()).build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

    private final Path file;
    private final String field;
    private final DocumentSink sink;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private long number;

    JsonDocuments(Path file, String field, DocumentSink sink) {
        this.file = file;
        this.field = field;
        this.sink = sink;
    }

    void add(byte[] bytes, int from, int to) {
        int start = from;
        for (int i = from; i < to; i++) {
            if (bytes[i] == '\n') {
                line.write(bytes, start, i - start);
                endLine();
                if (sink.isFull()) {
                    return;
                }
                start = i + 1;
            }
        }
        line.write(bytes, start, to - start);
    }

    /** The stream ends; the last line needs no line end. */
    void end() {
        if (line.size() > 0) {
            endLine();
        }
    }

    private void endLine() {
        number++;
        byte[] json = line.toByteArray();
        line.reset();
        if (!isBlank(json)) {
            byte[] text = text(json).getBytes(StandardCharsets.UTF_8);
            sink.text(text, 0, text.length);
            sink.end();
        }
    }

    private static boolean isBlank(byte[] json) {
        for (byte b : json) {
            if (b != ' ' && b != '\t' && b != '\r') {
                return false;
            }
        }
        return true;
    }

    private String text(byte[] json) {
        JsonNode object;
        try {
            object = JSON.readTree(json);
        } catch (JsonProcessingException e) {
            throw new UserError(file + ":" + number + " is not valid JSON: " + FileProblem.reason(e)
                    + "; mend or remove that line.", e);
        } catch (IOException e) {
            throw FileProblem.reading(file + ":" + number, e);
        }
        JsonNode text = object.path(field);
        if (!text.isTextual()) {
            throw new UserError(file + ":" + number + " has no text field \"" + field
                    + "\"; set data.field= to the name of the field that holds the text.");
        }
        return text.textValue();
    }
}
