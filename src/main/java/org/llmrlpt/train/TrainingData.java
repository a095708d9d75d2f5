package org.llmrlpt.train;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.llmrlpt.config.DataPart;
import org.llmrlpt.config.DataSettings;
import org.llmrlpt.config.UserError;
import org.llmrlpt.data.Corpus;
import org.llmrlpt.data.Mixture;
import org.llmrlpt.data.TokenDataset;
import org.llmrlpt.data.builtin.BuiltinText;
import org.llmrlpt.data.prepare.DataPreparation;
import org.llmrlpt.data.prepare.FileDocuments;
import org.llmrlpt.data.prepare.PreparationProgress;
import org.llmrlpt.data.prepare.PreparationSettings;
import org.llmrlpt.data.tokenizer.Tokenizer;
import org.llmrlpt.data.tokenizer.Tokenizers;

/** The tokens of a run: prepared ones as they are, text prepared into the run's own folder. */
public final class TrainingData {
    private static final String FOLDER = "data";

    private TrainingData() {
    }

    /**
     * The tokens that the settings name: of one source, or of a mixture. Text, and the built-in text where none is
     * named, is prepared into {@code run/data} (a mixture's into a folder for each source) the first time, so that a
     * resumed run sees the same tokens.
     */
    public static Corpus corpus(DataSettings settings, long seed, Path run, int threads,
        PreparationProgress progress) {
        List<DataPart> parts = settings.parts();
        refuseUnused(settings, parts);
        if (parts.size() == 1) {
            return Corpus.of(open(run.resolve(FOLDER), settings.of(parts.getFirst()), seed, threads, progress));
        }
        List<Corpus> sources = new ArrayList<>();
        for (int i = 0; i < parts.size(); i++) {
            Path own = run.resolve(FOLDER + "-" + (i + 1));
            sources.add(Corpus.of(open(own, settings.of(parts.get(i)), seed, threads, progress)));
        }
        return new Mixture(sources, parts.stream().map(DataPart::weight).toList());
    }

    private static void refuseUnused(DataSettings settings, List<DataPart> parts) {
        if (settings.validationFraction() != null && parts.stream().allMatch(p -> p.source() == null)) {
            throw new UserError("setting 'data.validation-fraction' has no place for the built-in text, whose"
                + " validation text is of problems of its own: leave it out");
        }
        boolean chosen = !settings.builtin().equals(DataSettings.ALL_BUILTIN) || settings.builtinLevel() != null;
        if (chosen && parts.stream().noneMatch(p -> p.source() == null)) {
            throw new UserError("settings 'data.builtin' and 'data.builtin-level' have no place beside data="
                + settings.source() + ", which is not the built-in text: leave them out, or add builtin to the"
                + " mixture");
        }
    }

    private static TokenDataset open(Path own, DataSettings settings, long seed, int threads,
        PreparationProgress progress) {
        if (Files.exists(own)) {
            try {
                return TokenDataset.open(own, true);
            } catch (UserError e) {
                throw new UserError(own + " is damaged: delete that folder and resume, and it is made again ("
                    + e.getMessage() + ")", e);
            }
        }
        if (settings.source() != null && TokenDataset.isAt(Path.of(settings.source()))) {
            if (settings.validationFraction() != null || !settings.field().equals(DataSettings.DEFAULT_FIELD)) {
                throw new UserError("settings 'data.validation-fraction' and 'data.field' have no place for "
                    + settings.source() + ", which is prepared already: leave them out, or prepare it with them");
            }
            TokenDataset data = TokenDataset.open(Path.of(settings.source()), true);
            requireSameTokenizer(settings, data);
            return data;
        }
        Tokenizer tokenizer = Tokenizers.open(settings.tokenizer() == null ? Tokenizers.BYTES : settings.tokenizer());
        PreparationSettings preparation = PreparationSettings.defaults().withField(settings.field())
            .withThreads(threads);
        if (settings.validationFraction() != null) {
            preparation = preparation.withValidationFraction(settings.validationFraction());
        }
        DataPreparation work = new DataPreparation(tokenizer, preparation, progress);
        if (settings.source() == null) {
            long bytes = (long) (settings.builtinMegabytes() * 1e6);
            String name = settings.builtin();
            String level = settings.builtinLevel();
            work.prepare(BuiltinText.training(name, level, seed, bytes),
                BuiltinText.validation(name, level, seed, bytes / 20), own);
        } else {
            work.prepare(new FileDocuments(List.of(Path.of(settings.source())), preparation), own);
        }
        return TokenDataset.open(own, false);
    }

    private static void requireSameTokenizer(DataSettings settings, TokenDataset data) {
        if (settings.tokenizer() != null
            && !Tokenizers.open(settings.tokenizer()).isSameAs(data.tokenizer())) {
            throw new UserError("the data in " + settings.source() + " was prepared with another tokenizer than "
                + settings.tokenizer() + ": leave out tokenizer, or prepare the data again with it");
        }
    }
}
