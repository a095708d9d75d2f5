package org.llmrlpt.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import org.llmrlpt.config.Key;
import org.llmrlpt.config.UserError;
import org.llmrlpt.data.prepare.DataPreparation;
import org.llmrlpt.data.prepare.FileDocuments;
import org.llmrlpt.data.tokenizer.Tokenizer;

/** {@code data train-tokenizer}: learns a byte-level BPE vocabulary from text. */
final class TrainTokenizerCommand implements Command<TrainTokenizerCommand.Settings> {
    private static final String FILE = "tokenizer.json";

    /** The text, and how large a vocabulary to learn from it. */
    record Settings(
        TextSettings text,
        @Key(value = "vocabulary", or = "8192", min = 257, max = 1 << 20, help = "V, tokens of the vocabulary, with "
            + "the 256 bytes and the end of text") int vocabulary,
        @Key(value = "data.megabytes", or = "100", min = 0.001, max = 1e6, help = "MB of the text to learn from, "
            + "from its beginning") double megabytes,
        @Key(value = "overwrite", or = "false", help = "replace a tokenizer.json that is there already")
        boolean overwrite) {
    }

    @Override
    public String name() {
        return "data train-tokenizer";
    }

    @Override
    public String summary() {
        return "learns a byte-level BPE tokenizer from text, as Hugging Face's tokenizer.json";
    }

    @Override
    public Class<Settings> settings() {
        return Settings.class;
    }

    @Override
    public int run(Settings settings, Console console) throws java.io.IOException {
        FileDocuments documents = settings.text().documents(settings.text().preparation());
        Path folder = settings.text().folder();
        Path file = folder.resolve(FILE);
        if (Files.exists(file) && !settings.overwrite()) {
            throw new UserError("there is a " + file + " already: choose another output or give overwrite=true");
        }
        Tokenizer tokenizer;
        try (ProgressBar bar = console.progress("train tokenizer", "tokens", 0, settings.vocabulary())) {
            tokenizer = DataPreparation.trainTokenizer(documents, settings.vocabulary(),
                (long) (settings.megabytes() * 1e6), bar::update);
        }
        Files.createDirectories(folder);
        tokenizer.save(folder);
        console.line("wrote " + file + ": " + tokenizer.vocabularySize() + " tokens");
        console.line("next:  scripts/llm-rlpt data prepare data=" + CommandLines.quoted(settings.text().source())
            + " tokenizer=" + CommandLines.quoted(folder) + " output=FOLDER");
        return 0;
    }
}
