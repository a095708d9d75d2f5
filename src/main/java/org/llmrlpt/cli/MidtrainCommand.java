package org.llmrlpt.cli;

import java.nio.file.Path;
import java.util.Map;
import org.llmrlpt.config.MidtrainSettings;
import org.llmrlpt.config.MidtrainSettings.OptimizerState;
import org.llmrlpt.config.ModelShape;
import org.llmrlpt.config.UserError;
import org.llmrlpt.files.Checkpoints;
import org.llmrlpt.files.RunFolder;
import org.llmrlpt.train.Beginning;
import org.llmrlpt.train.SavedModel;

/** {@code midtrain}: continues a checkpoint with other text, a decaying learning rate and longer sequences. */
final class MidtrainCommand implements Command<MidtrainSettings> {
    @Override
    public String name() {
        return "midtrain";
    }

    @Override
    public String summary() {
        return "continues a checkpoint on a new mixture of texts, with a decaying learning rate and longer sequences";
    }

    @Override
    public Class<MidtrainSettings> settings() {
        return MidtrainSettings.class;
    }

    /** A resumed run has its own settings, and the tokenizer of its own checkpoints. */
    @Override
    public Map<String, String> interpret(Map<String, String> given) {
        if (given.containsKey("resume")) {
            Map<String, String> all = Runs.resumed(this, given);
            new Checkpoints(Path.of(given.get("resume")).resolve(RunFolder.CHECKPOINTS)).latest()
                .ifPresent(newest -> all.put("tokenizer", newest.toString()));
            return all;
        }
        if (given.containsKey("model")) {
            throw new UserError("setting 'model' has no place in mid-training, which goes on with the model of"
                + " 'checkpoint': leave it out");
        }
        return given;
    }

    @Override
    public Map<String, String> complete(Map<String, String> given, Map<String, String> commandLine) {
        return Runs.pinned(given);
    }

    @Override
    public int run(MidtrainSettings given, Console console) {
        if (given.pretrain().resume() != null) {
            // Without a checkpoint of its own the run begins again.
            return PretrainCommand.run(name(), given.pretrain(), given, (trainee, seed) ->
                beginning(given).prepare(trainee, seed), console);
        }
        SavedModel saved = SavedModel.open(given.checkpoint());
        ModelShape asked = given.pretrain().training().model().shape(2, given.pretrain().training().length());
        ModelShape s = saved.shape();
        if (!asked.equals(new ModelShape(s.layers(), s.width(), s.heads(), s.kvHeads(), s.headWidth(), s.ffn(),
            s.vocabulary(), s.tied(), s.qkNorm(), asked.ropeBase(), s.normEps(), asked.maxLength()))) {
            throw new UserError("the checkpoint " + saved.folder() + " has another shape than the settings 'model.…'"
                + " ask for: leave them out; only model.rope-base and model.max-length may change");
        }
        return PretrainCommand.run(name(), given.pretrain(), given, beginning(given), console);
    }

    private static Beginning beginning(MidtrainSettings given) {
        return Beginning.of(SavedModel.open(given.checkpoint()), given.optimizerState() == OptimizerState.CONTINUED);
    }
}
