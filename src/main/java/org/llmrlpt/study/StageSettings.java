package org.llmrlpt.study;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.llmrlpt.config.Binder;
import org.llmrlpt.config.ConfigFiles;
import org.llmrlpt.config.DataPart;
import org.llmrlpt.config.DataSettings;
import org.llmrlpt.config.DeviceSettings;
import org.llmrlpt.config.EvalSettings;
import org.llmrlpt.config.LengthStages;
import org.llmrlpt.config.MidtrainSettings;
import org.llmrlpt.config.ModelSettings;
import org.llmrlpt.config.ModelShape;
import org.llmrlpt.config.PretrainSettings;
import org.llmrlpt.config.RlSettings;
import org.llmrlpt.config.StudySettings;
import org.llmrlpt.config.UserError;
import org.llmrlpt.data.TokenDataset;
import org.llmrlpt.data.tokenizer.Tokenizer;
import org.llmrlpt.data.tokenizer.Tokenizers;
import org.llmrlpt.rl.AnswerLengths;
import org.llmrlpt.tasks.Tasks;
import org.llmrlpt.train.SavedModel;
import org.llmrlpt.train.TaskMeasurement;

/** The settings of each stage of an arm: the study's own for it, and what follows from the arm and the stage before. */
final class StageSettings {
    private static final String MODEL = "model";
    private static final Set<String> OF_DEVICE = Set.copyOf(Binder.names(DeviceSettings.class));
    private static final Set<String> OF_RUN = Set.of("run", "resume", "seed", "checkpoint");
    private static final Set<String> OF_OBJECTIVE = Set.of("objective.beta", "objective.lambda-head",
        "objective.lambda-tail");
    private static final Set<String> MAY_CHANGE_LATER = Set.of("model.rope-base", "model.max-length");
    private static final Set<String> OF_EVAL = Set.of("checkpoint", MODEL, "tokenizer", "data", "data.field", "length",
        "batch", "tokens", "objective.k", "output", "check-references", "json");

    private final StudySettings study;
    private final Map<String, String> device;

    /** @throws UserError if a setting is given that the study decides */
    StageSettings(StudySettings study) {
        this.study = study;
        device = Binder.unbind(study.device());
        study.pretrain().keySet().forEach(name -> refuse(
            OF_RUN.contains(name) || OF_OBJECTIVE.contains(name), "pretrain.", name));
        study.midtrain().keySet().forEach(name -> refuse(OF_RUN.contains(name) || name.equals("tokenizer")
            || name.equals(MODEL) || name.startsWith("model.") && !MAY_CHANGE_LATER.contains(name),
            "midtrain.", name));
        study.rl().keySet().forEach(name -> refuse(OF_RUN.contains(name), "rl.", name));
        study.eval().keySet().forEach(name -> refuse(OF_EVAL.contains(name), "eval.", name));
        if (!study.midtrain().isEmpty() && !hasMidtraining()) {
            throw new UserError("settings 'midtrain.…' are given but 'midtrain.steps' is not: set it, or leave out the"
                + " others to go without mid-training");
        }
    }

    private static void refuse(boolean ours, String prefix, String name) {
        if (OF_DEVICE.contains(name)) {
            throw new UserError("setting '" + prefix + name + "' has no place in a study: set '" + name
                + "' for all of its stages");
        }
        if (ours) {
            throw new UserError("setting '" + prefix + name + "' follows from the study itself: leave it out");
        }
    }

    /** Whether there is a mid-training stage. */
    boolean hasMidtraining() {
        return study.midtrain().containsKey("steps");
    }

    PretrainSettings pretrain(Arm arm) {
        String file = study.pretrain().getOrDefault(MODEL, Binder.settings(PretrainSettings.class).stream()
            .filter(s -> s.name().equals(MODEL)).findFirst().orElseThrow().or());
        Map<String, String> all = new LinkedHashMap<>(ConfigFiles.readModel(file));
        all.putAll(study.pretrain());
        all.put("run", arm.stage(StageKind.PRETRAIN).toString());
        all.put("seed", Long.toString(arm.seed()));
        all.putAll(objective(arm.objective()));
        return bind("pretrain.", PretrainSettings.class, all);
    }

    private static Map<String, String> objective(Objective o) {
        return Map.of("objective.beta", o.beta(), "objective.lambda-head", o.lambdaHead(), "objective.lambda-tail",
            o.lambdaTail());
    }

    /** Mid-training has the arm's objective too, unless its own settings name another. */
    MidtrainSettings midtrain(Arm arm, SavedModel base) {
        return midtrain(arm, base.shape(), base.folder().toString());
    }

    private MidtrainSettings midtrain(Arm arm, ModelShape shape, String checkpoint) {
        Map<String, String> all = new LinkedHashMap<>(ModelSettings.texts(shape));
        all.put("length", Integer.toString(shape.maxLength()));
        if (study.pretrain().containsKey("objective.k")) {
            all.put("objective.k", study.pretrain().get("objective.k"));
        }
        all.putAll(objective(arm.objective()));
        all.putAll(study.midtrain());
        all.put(MODEL, checkpoint);
        all.put("checkpoint", checkpoint);
        all.put("tokenizer", checkpoint);
        all.put("run", arm.stage(StageKind.MIDTRAIN).toString());
        all.put("seed", Long.toString(arm.seed()));
        return bind("midtrain.", MidtrainSettings.class, all);
    }

    RlSettings rl(Arm arm, String checkpoint) {
        Map<String, String> all = new LinkedHashMap<>(study.rl());
        all.put("checkpoint", checkpoint);
        all.put("run", arm.stage(StageKind.RL).toString());
        all.put("seed", Long.toString(arm.seed()));
        return bind("rl.", RlSettings.class, all);
    }

    /**
     * The problems are those that RL keeps to measure with, and the answers as long where RL says how long, unless the
     * settings differ.
     */
    EvalSettings eval(StageKind kind, Arm arm, String checkpoint) {
        Map<String, String> all = new LinkedHashMap<>();
        RlSettings rl = rl(arm, checkpoint);
        if (!study.eval().containsKey("task")) {
            study.rl().forEach((name, text) -> {
                if (name.equals("task") || name.startsWith("task.")) {
                    all.put(name, text);
                }
            });
            String heldOut = all.remove("task.held-out");
            if (rl.task().name() != null && !Tasks.isBuiltIn(rl.task())) {
                if (heldOut == null) {
                    throw new UserError("setting 'eval.task' is missing: RL trains on " + rl.task().name()
                        + ", so name a file of other problems with it, or with 'rl.task.held-out'");
                }
                all.put("task", heldOut);
            }
        }
        if (rl.maxNewTokens() != null) {
            all.put("max-new-tokens", Integer.toString(LengthStages.parse(rl.maxNewTokens()).longest()));
        }
        all.putAll(study.eval());
        all.put("checkpoint", checkpoint);
        all.put("output", arm.stage(kind).toString());
        return bind("eval.", EvalSettings.class, all);
    }

    /** Binds with the study's device; messages name settings as the study does. */
    private <R extends Record> R bind(String prefix, Class<R> type, Map<String, String> settings) {
        Map<String, String> all = new LinkedHashMap<>(settings);
        all.putAll(device);
        try {
            return Binder.bind(type, all);
        } catch (UserError e) {
            throw named(prefix, type, e);
        }
    }

    private static UserError named(String prefix, Class<? extends Record> type, UserError e) {
        String message = e.getMessage();
        for (String name : Binder.names(type)) {
            message = message.replace("'" + name + "'", "'" + prefix + name + "'");
        }
        return new UserError(message, e);
    }

    /**
     * Binds and checks the settings of all stages as far as that goes without a model, so that the last stage's mistake
     * does not come up after hours.
     *
     * @throws UserError for the first mistake
     */
    void check(List<Arm> arms) {
        for (Arm arm : arms) {
            String checkpoint = arm.stage(StageKind.PRETRAIN).toString();
            PretrainSettings pretrain = pretrain(arm);
            Tokenizer tokenizer = tokenizer(pretrain.training().data());
            ModelShape shape = checked("pretrain.", PretrainSettings.class, () ->
                pretrain.training().model().shape(tokenizer.vocabularySize(), pretrain.training().length()));
            if (hasMidtraining()) {
                PretrainSettings later = midtrain(arm, shape, checkpoint).pretrain();
                requireThere("midtrain.", later.training().data());
                shape = checked("midtrain.", PretrainSettings.class, () -> later.training().model().shape(
                    tokenizer.vocabularySize(), later.training().length()));
            }
            int longest = shape.maxLength();
            RlSettings rl = rl(arm, checkpoint);
            EvalSettings eval = eval(StageKind.EVAL_RL, arm, checkpoint);
            checked("rl.", RlSettings.class, () -> {
                AnswerLengths.of(rl, longest, tokenizer, Tasks.open(rl.task(), rl.seed()));
                return rl;
            });
            checked("eval.", EvalSettings.class, () -> {
                TaskMeasurement.require(eval, tokenizer, longest);
                return eval;
            });
        }
    }

    private static <T> T checked(String prefix, Class<? extends Record> type,
        Supplier<T> check) {
        try {
            return check.get();
        } catch (UserError e) {
            throw named(prefix, type, e);
        }
    }

    private static Tokenizer tokenizer(DataSettings data) {
        requireThere("pretrain.", data);
        String source = data.parts().getFirst().source();
        if (source != null && TokenDataset.isAt(Path.of(source))) {
            return TokenDataset.open(Path.of(source), false).tokenizer();
        }
        return Tokenizers.open(data.tokenizer() == null ? Tokenizers.BYTES : data.tokenizer());
    }

    private static void requireThere(String prefix, DataSettings data) {
        for (DataPart part : data.parts()) {
            if (part.source() != null && !Files.exists(Path.of(part.source()))) {
                throw new UserError("there is no file or folder " + part.source() + ", which setting '" + prefix
                    + "data' names: check the path");
            }
        }
    }
}
