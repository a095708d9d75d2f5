package org.llmrlpt.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.llmrlpt.config.Binder;
import org.llmrlpt.config.ConfigFiles;
import org.llmrlpt.config.UserError;

/**
 * Where a setting's value comes from. The command line wins over the config file, which wins over the model file, which
 * wins over the defaults. A model named on the command line replaces all of the config file's {@code model.*}, for
 * otherwise {@code config=runs/a/config.json model=models/small.json} would train the old model.
 */
final class SettingLayers {
    private static final String RESUME = "resume";
    private static final String CHECKPOINT = "checkpoint";
    private static final String MODEL = "model";
    private static final String OF_MODEL = "model.";

    private SettingLayers() {
    }

    /** All given values by name, from all layers, without those that the command ignores. */
    static Map<String, String> merge(Class<? extends Record> type, Set<String> ignored,
        Map<String, String> commandLine) {
        Map<String, String> line = new LinkedHashMap<>(commandLine);
        line.keySet().removeAll(ignored);
        String file = line.remove(CommandLines.CONFIG);
        Map<String, String> config = new LinkedHashMap<>();
        if (file != null) {
            Map<String, String> values = ConfigFiles.read(Path.of(file));
            values.keySet().removeAll(ignored);
            if (values.containsKey(RESUME)) {
                throw new UserError("setting 'resume' stands in " + file + ": give it on the command line, where nearly"
                    + " all other settings are the run's own");
            }
            config.putAll(known(type, values, file));
        }
        Map<String, String> merged = new LinkedHashMap<>();
        // A resumed run's own config has every value; its model file may have moved since.
        if (hasModel(type) && !line.containsKey(RESUME)) {
            if (line.containsKey(MODEL)) {
                config.keySet().removeIf(name -> name.startsWith(OF_MODEL));
            }
            merged.putAll(Binder.names(type).contains(CHECKPOINT) ? CheckpointLayer.of(config, line)
                : modelFile(type, config, line));
        }
        merged.putAll(config);
        merged.putAll(line);
        return merged;
    }

    private static Map<String, String> modelFile(Class<? extends Record> type, Map<String, String> config,
        Map<String, String> line) {
        String model = line.getOrDefault(MODEL, config.getOrDefault(MODEL, defaultModel(type)));
        return known(type, ConfigFiles.readModel(model), model);
    }

    private static boolean hasModel(Class<? extends Record> type) {
        List<String> names = Binder.names(type);
        return names.contains(MODEL) && names.stream().anyMatch(n -> n.startsWith(OF_MODEL));
    }

    private static String defaultModel(Class<? extends Record> type) {
        return Binder.settings(type).stream().filter(s -> s.name().equals(MODEL)).findFirst().orElseThrow().or();
    }

    private static Map<String, String> known(Class<? extends Record> type, Map<String, String> values, String file) {
        List<String> names = Binder.names(type);
        for (String name : values.keySet()) {
            if (!names.contains(name)) {
                throw new UserError("there is no setting '" + name + "', which stands in " + file
                    + Binder.suggestion(name, names) + ": mend or remove it");
            }
        }
        return values;
    }
}
