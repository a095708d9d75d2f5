package org.llmrlpt.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.llmrlpt.config.Key;
import org.llmrlpt.data.prepare.DataPreparation;
import org.llmrlpt.data.prepare.FileDocuments;
import org.llmrlpt.data.prepare.PreparationSettings;
import org.llmrlpt.data.shards.DatasetIndex;
import org.llmrlpt.data.tokenizer.Tokenizer;
import org.llmrlpt.data.tokenizer.Tokenizers;

/** {@code data prepare}: turns text into a folder of tokens that several runs can share. */
final class DataPrepareCommand implements Command<DataPrepareCommand.Settings> {
    /** What to prepare, and how. */
    record Settings(
        TextSettings text,
        @Key(value = "tokenizer", or = "bytes", help = "bytes, a tokenizer.json, or a folder with vocab.json and "
            + "merges.txt") String tokenizer,
        @Key(value = "data.validation-fraction", min = 0, max = 0.9, help = "share kept for validation; default: "
            + "the last tenth of a single text, a twentieth of many documents") Double validationFraction,
        @Key(value = "data.binary", or = "false", help = "take files that are not UTF-8 text as they are")
        boolean binary,
        @Key(value = "overwrite", or = "false", help = "replace data that was prepared before") boolean overwrite,
        @Key(value = "tokens-per-file", or = "67108864", min = 1, max = 1 << 30, help = "tokens in one file")
        long tokensPerFile,
        @Key(value = "threads", or = "0", min = 0, max = 4096, help = "threads that encode; 0: one per core")
        int threads) {

        private PreparationSettings preparation() {
            PreparationSettings p = text.preparation().withAcceptBinary(binary).withOverwrite(overwrite)
                .withTokensPerShard(tokensPerFile);
            p = threads == 0 ? p : p.withThreads(threads);
            return validationFraction == null ? p : p.withValidationFraction(validationFraction);
        }
    }

    @Override
    public String name() {
        return "data prepare";
    }

    @Override
    public String summary() {
        return "turns text into a folder of tokens that several runs can share";
    }

    @Override
    public Class<Settings> settings() {
        return Settings.class;
    }

    @Override
    public int run(Settings settings, Console console) {
        FileDocuments documents = settings.text().documents(settings.preparation());
        Path folder = settings.text().folder();
        documents.skipped().forEach(file -> console.line("left out " + file + ": its name does not end like text"));
        Tokenizer tokenizer = Tokenizers.open(settings.tokenizer());
        DatasetIndex index;
        try (PreparationView view = new PreparationView(console)) {
            index = new DataPreparation(tokenizer, settings.preparation(), view).prepare(documents, folder);
        }
        console.table(List.of(List.of("split", "documents", "bytes", "tokens", "bytes per token"),
            row("training", index.train()), row("validation", index.validation())));
        console.line("next:  scripts/llm-rlpt pretrain data=" + CommandLines.quoted(folder));
        return 0;
    }

    private static List<String> row(String name, DatasetIndex.Split split) {
        return List.of(name, number(split.documents()), number(split.bytes()), number(split.tokens()),
            split.tokens() == 0 ? "-" : String.format(Locale.ROOT, "%.3f", (double) split.bytes() / split.tokens()));
    }

    private static String number(long n) {
        return String.format(Locale.ROOT, "%,d", n);
    }
}
