package org.llmrlpt.train;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.llmrlpt.config.ModelShape;
import org.llmrlpt.config.UserError;
import org.llmrlpt.device.ArenaKind;
import org.llmrlpt.device.Session;
import org.llmrlpt.files.Checkpoints;
import org.llmrlpt.files.HuggingFaceConfig;
import org.llmrlpt.files.JsonFile;
import org.llmrlpt.files.SafetensorsWriter;
import org.llmrlpt.files.TensorSource;
import org.llmrlpt.nn.ParameterLayout;
import org.llmrlpt.nn.WeightFiles;

/**
 * A checkpoint is a Hugging Face folder (config.json, model.safetensors, tokenizer.json) with a folder {@code trainer}
 * in it: the optimizer's moments and the state that makes a resumed run go on to the same bits. Random streams need no
 * state of their own: every draw is a function of the seed and the step.
 */
public final class Checkpoint {
    private static final String TRAINER = "trainer";
    private static final String STATE = "state.json";
    private static final String OPTIMIZER = "optimizer.safetensors";

    /**
     * Where the run stands.
     *
     * @param step optimizer steps done
     * @param metricsPosition bytes of metrics.jsonl that belong to these steps
     * @param data fingerprint of the tokens; a resumed run must see the same
     * @param reported whether the validation and the sample that were due after this step are in the run folder
     * @param secondsTraining time of all steps so far
     * @param counters what else a stage counts, by name
     */
    public record State(long step, long metricsPosition, String data, boolean reported, double secondsTraining,
        Map<String, Long> counters) {
        private static final String UPDATES = "updates";

        /** Updates that the moments have seen: as many as there were steps, unless the stage counts them. */
        public long updates() {
            return counters.getOrDefault(UPDATES, step);
        }
    }

    private Checkpoint() {
    }

    /** Whether a Hugging Face folder is a checkpoint of ours, with the optimizer's state. */
    static boolean hasTrainer(Path folder) {
        return Files.isRegularFile(folder.resolve(TRAINER).resolve(OPTIMIZER));
    }

    /** Brings everything from the device and saves it; afterwards the newest {@code keep} checkpoints remain. */
    public static Path write(Checkpoints checkpoints, int keep, Trainee trainee, State state,
        Map<String, String> settings) {
        Session session = trainee.session();
        session.fetch(ArenaKind.PARAMETERS);
        session.fetch(ArenaKind.MOMENT1);
        session.fetch(ArenaKind.MOMENT2);
        return checkpoints.save(state.step(), keep, folder -> {
            writeModel(folder, trainee);
            Path trainer = Files.createDirectory(folder.resolve(TRAINER));
            ParameterLayout layout = trainee.model().parameters().layout();
            SafetensorsWriter moments = new SafetensorsWriter();
            WeightFiles.write(moments, "moment1.", session, layout, trainee.optimizer().moment1());
            WeightFiles.write(moments, "moment2.", session, layout, trainee.optimizer().moment2());
            moments.write(trainer.resolve(OPTIMIZER));
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("step", state.step());
            json.put("metrics_position", state.metricsPosition());
            json.put("data", state.data());
            json.put("reported", state.reported());
            json.put("seconds_training", state.secondsTraining());
            json.put("counters", state.counters());
            json.put("settings", settings);
            JsonFile.write(trainer.resolve(STATE), json);
        });
    }

    /** Refuses, before any step is computed, a shape that no Hugging Face folder can describe. */
    static void requireWritable(ModelShape shape) {
        config(shape, -1).toJson();
    }

    private static HuggingFaceConfig config(ModelShape shape, int endOfText) {
        return endOfText >= 0 ? new HuggingFaceConfig(shape, endOfText, endOfText)
            : new HuggingFaceConfig(shape, OptionalInt.empty(), List.of(), OptionalInt.empty());
    }

    /** Writes the weights on the host, the architecture and the tokenizer as a Hugging Face folder. */
    public static void writeModel(Path folder, Trainee trainee) throws IOException {
        Files.createDirectories(folder);
        ParameterLayout layout = trainee.model().parameters().layout();
        SafetensorsWriter weights = new SafetensorsWriter();
        WeightFiles.write(weights, "", trainee.session(), layout, trainee.model().parameters().weights());
        weights.write(folder.resolve(TensorSource.SINGLE));
        config(trainee.model().shape(), trainee.tokenizer().endOfText()).write(folder);
        trainee.tokenizer().save(folder);
    }

    /** Reads weights and moments into host memory, to be uploaded; the folder has been verified. */
    public static State read(Path folder, Trainee trainee) {
        Session session = trainee.session();
        ParameterLayout layout = trainee.model().parameters().layout();
        try (TensorSource weights = TensorSource.open(folder)) {
            WeightFiles.read(weights, folder, "", session, layout, trainee.model().parameters().weights());
        }
        Path trainer = folder.resolve(TRAINER);
        try (TensorSource moments = TensorSource.open(trainer.resolve(OPTIMIZER))) {
            WeightFiles.read(moments, trainer, "moment1.", session, layout, trainee.optimizer().moment1());
            WeightFiles.read(moments, trainer, "moment2.", session, layout, trainee.optimizer().moment2());
        }
        JsonNode json = JsonFile.readObject(trainer.resolve(STATE));
        if (!json.path("step").isIntegralNumber() || !json.path("metrics_position").isIntegralNumber()) {
            throw new UserError(trainer.resolve(STATE) + " lacks step or metrics_position: delete the folder " + folder
                + " to resume from the checkpoint before it");
        }
        Map<String, Long> counters = new LinkedHashMap<>();
        json.path("counters").properties().forEach(e -> counters.put(e.getKey(), e.getValue().asLong()));
        return new State(json.path("step").asLong(), json.path("metrics_position").asLong(),
            json.path("data").asText(""), json.path("reported").asBoolean(true),
            json.path("seconds_training").asDouble(), counters);
    }
}
