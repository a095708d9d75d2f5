package org.llmrlpt.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import org.llmrlpt.config.ModelSettings;
import org.llmrlpt.config.ModelShape;
import org.llmrlpt.config.UserError;
import org.llmrlpt.train.SavedModel;

/** The settings that a checkpoint implies for a run that goes on with it: its shape, its tokenizer, its length. */
final class CheckpointLayer {
    private CheckpointLayer() {
    }

    /** The layer below the config file and the command line. */
    static Map<String, String> of(Map<String, String> config, Map<String, String> line) {
        Map<String, String> given = new LinkedHashMap<>(config);
        given.putAll(line);
        Map<String, String> layer = new LinkedHashMap<>();
        String checkpoint = given.get("checkpoint");
        if (checkpoint == null) {
            return layer;
        }
        SavedModel saved = SavedModel.open(checkpoint);
        ModelShape s = saved.shape();
        layer.put("model", checkpoint);
        layer.putAll(ModelSettings.texts(s));
        layer.put("length", Integer.toString(s.maxLength()));
        layer.put("model.max-length", Integer.toString(Math.max(s.maxLength(), length(given, s.maxLength()))));
        layer.put("tokenizer", saved.folder().toString());
        return layer;
    }

    private static int length(Map<String, String> given, int otherwise) {
        String length = given.get("length");
        try {
            return length == null ? otherwise : Integer.parseInt(length.replace("_", ""));
        } catch (NumberFormatException e) {
            throw new UserError("setting 'length' must be a whole number, not '" + length + "'", e);
        }
    }
}
