package org.llmrlpt.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Reads settings from JSON: flat dotted names and nested objects mean the same. */
public final class ConfigFiles {
    private static final JsonMapper JSON = JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
        .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();
    private static final String BUILT_IN = "models/";

    private ConfigFiles() {
    }

    /** The settings of a config file, by dotted name. */
    public static Map<String, String> read(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new UserError("there is no config file " + file + ": name an existing one with config=FILE");
        }
        try (InputStream in = Files.newInputStream(file)) {
            return flatten(in, file.toString(), "");
        } catch (IOException e) {
            throw FileProblem.reading(file, e);
        }
    }

    /**
     * The settings of a model file under {@code model.}: a path, or the name of a model that comes with the program, as
     * {@code tiny}, {@code tiny.json} or {@code models/tiny.json}.
     */
    public static Map<String, String> readModel(String name) {
        Path file = Path.of(name);
        String builtIn = "/" + (name.startsWith(BUILT_IN) ? "" : BUILT_IN) + name
            + (name.endsWith(".json") ? "" : ".json");
        try (InputStream in = Files.isRegularFile(file) ? Files.newInputStream(file)
                : ConfigFiles.class.getResourceAsStream(builtIn)) {
            if (in == null) {
                throw new UserError("there is no model file " + name
                    + ": give model=FILE, or one of models/tiny.json, models/small.json, models/gpt2.json,"
                    + " models/dense-1b.json");
            }
            return flatten(in, name, "model.");
        } catch (IOException e) {
            throw FileProblem.reading(name, e);
        }
    }

    private static Map<String, String> flatten(InputStream in, String file, String prefix) throws IOException {
        try {
            JsonNode root = JSON.readTree(in);
            if (root == null || !root.isObject()) {
                throw new UserError(file + " must hold one JSON object of settings");
            }
            Map<String, String> map = new LinkedHashMap<>();
            flatten(root, prefix, map, file);
            return map;
        } catch (JsonProcessingException e) {
            int line = e.getLocation() == null ? 0 : e.getLocation().getLineNr();
            throw new UserError(file + " is not valid JSON (" + FileProblem.reason(e)
                + (line > 0 ? " in line " + line : "") + "): mend it", e);
        }
    }

    private static void flatten(JsonNode node, String prefix, Map<String, String> map, String file) {
        node.properties().forEach(e -> {
            String name = prefix + e.getKey();
            JsonNode value = e.getValue();
            if (value.isObject() && !value.isEmpty()) {
                flatten(value, name + ".", map, file);
            } else if (value.isValueNode() && !value.isNull()) {
                if (map.put(name, value.asText()) != null) {
                    throw new UserError("setting '" + name + "' stands in " + file + " twice: remove one of the two");
                }
            } else {
                throw new UserError("setting '" + name + "' in " + file + " must be a text, a number or true/false");
            }
        });
    }
}
