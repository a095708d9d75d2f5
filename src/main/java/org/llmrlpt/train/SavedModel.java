package org.llmrlpt.train;

import java.nio.file.Files;
import java.nio.file.Path;
import org.llmrlpt.config.ModelShape;
import org.llmrlpt.config.UserError;
import org.llmrlpt.data.tokenizer.Tokenizer;
import org.llmrlpt.data.tokenizer.Tokenizers;
import org.llmrlpt.device.Session;
import org.llmrlpt.files.Checkpoints;
import org.llmrlpt.files.HuggingFaceConfig;
import org.llmrlpt.files.RunFolder;
import org.llmrlpt.files.TensorSource;
import org.llmrlpt.nn.Transformer;
import org.llmrlpt.nn.WeightFiles;

/** A checkpoint to use: a Hugging Face folder of ours or of others. */
public record SavedModel(Path folder, ModelShape shape) {
    /**
     * Opens a Hugging Face folder, or the newest checkpoint of a run folder.
     *
     * @throws UserError if there is none, it is damaged, or its architecture is not ours
     */
    public static SavedModel open(String name) {
        if (name == null) {
            throw new UserError("setting 'model' is missing: name a checkpoint folder or a run folder with "
                + "model=FOLDER");
        }
        Path path = Path.of(name);
        if (!Files.isDirectory(path)) {
            throw new UserError("there is no folder " + name + ": name a checkpoint or a run folder");
        }
        Path checkpoints = path.resolve(RunFolder.CHECKPOINTS);
        boolean run = Files.isDirectory(checkpoints);
        Path folder = run ? new Checkpoints(checkpoints).latest().orElseThrow(() ->
            new UserError("the run " + name + " has no checkpoint yet: wait for the first one")) : path;
        if (!Files.isRegularFile(folder.resolve(RunFolder.CONFIG))) {
            throw new UserError(name + " is neither a checkpoint nor the folder of a run: it has no " + RunFolder.CONFIG
                + "; name another folder");
        }
        if (!run) {
            Checkpoints.verifyNamed(folder);
        }
        return new SavedModel(folder, HuggingFaceConfig.read(folder).shape());
    }

    /** The tokenizer in its folder, or the one that is named instead where {@code name} is not null. */
    public Tokenizer tokenizer(String name) {
        Tokenizer tokenizer = name == null ? Tokenizers.open(folder) : Tokenizers.open(name);
        if (tokenizer.vocabularySize() > shape.vocabulary()) {
            throw new UserError("the tokenizer " + (name == null ? "in " + folder : name) + " has "
                + tokenizer.vocabularySize()
                + " tokens but the model only " + shape.vocabulary() + ": they do not belong together");
        }
        return tokenizer;
    }

    /** Reserves the model in a session that does not train, for sequences of at most {@code maxLength} tokens. */
    public Transformer reserve(Session session, int maxLength) {
        return new Transformer(shape, session, false, maxLength);
    }

    /** Reads the weights into a session that has started, and brings everything to the device. */
    public void load(Session session, Transformer model) {
        read(session, model);
        session.upload();
    }

    /** Reads the weights into the host memory of a session that has started; they reach the device by an upload. */
    public void read(Session session, Transformer model) {
        model.fillAngles(session);
        try (TensorSource weights = TensorSource.open(folder)) {
            WeightFiles.read(weights, folder, "", session, model.parameters().layout(), model.parameters().weights());
        }
    }
}
