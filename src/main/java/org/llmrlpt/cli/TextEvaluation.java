package org.llmrlpt.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.llmrlpt.config.EvalSettings;
import org.llmrlpt.config.UserError;
import org.llmrlpt.data.EvaluationWindows;
import org.llmrlpt.data.TokenDataset;
import org.llmrlpt.data.prepare.DataPreparation;
import org.llmrlpt.data.prepare.FileDocuments;
import org.llmrlpt.data.prepare.PreparationProgress;
import org.llmrlpt.data.prepare.PreparationSettings;
import org.llmrlpt.data.shards.TokenSource;
import org.llmrlpt.data.tokenizer.Tokenizer;
import org.llmrlpt.eval.TokenStatistics;
import org.llmrlpt.files.JsonFile;
import org.llmrlpt.kernels.Kernels;
import org.llmrlpt.kernels.RowStatistics;
import org.llmrlpt.kernels.cpu.Workers;
import org.llmrlpt.train.SavedModel;
import org.llmrlpt.train.TextMeasurement;

/** Perplexity, bits per byte, entropy and top-k mass of a checkpoint on a text. */
final class TextEvaluation {
    private static final int LONGEST_DEFAULT = 1024;

    private TextEvaluation() {
    }

    /** Measures and prints. */
    static void run(EvalSettings s, Console console) throws IOException {
        Kernels kernels = KernelSets.choose(s.device());
        Workers.use(s.device().workers());
        SavedModel saved = SavedModel.open(s.checkpoint());
        int length = s.length() == null ? Math.min(LONGEST_DEFAULT, saved.shape().maxLength()) : s.length();
        if (length > saved.shape().maxLength()) {
            throw new UserError("setting 'length' is " + length + " but the model was made for "
                + saved.shape().maxLength() + " tokens: lower it");
        }
        Tokenizer tokenizer = saved.tokenizer(s.tokenizer());
        try (TemporaryFolder temporary = TemporaryFolder.create("llm-rlpt-eval-")) {
            TokenSource tokens = tokens(s, tokenizer, temporary.folder().resolve("data"), console);
            report(measure(s, kernels, saved, tokenizer, tokens, length, console), s, saved, console);
        }
    }

    private static TokenSource tokens(EvalSettings s, Tokenizer tokenizer, Path folder, Console console) {
        Path source = Path.of(s.data());
        if (TokenDataset.isAt(source)) {
            TokenDataset data = TokenDataset.open(source, true);
            if (!data.tokenizer().isSameAs(tokenizer)) {
                throw new UserError("the data in " + source + " was prepared with another tokenizer than the model's: "
                    + "give the text itself, or prepare it with the model's tokenizer.json");
            }
            if (data.validation().size() < 2) {
                throw new UserError("the prepared folder " + source + " has no validation split: give a text instead");
            }
            return data.validation();
        }
        PreparationSettings preparation = PreparationSettings.defaults().withField(s.field()).withValidationFraction(0)
            .withThreads(s.device().workers());
        try (PreparationView progress = s.json() ? null : new PreparationView(console)) {
            new DataPreparation(tokenizer, preparation, s.json() ? PreparationProgress.NONE : progress)
                .prepare(new FileDocuments(List.of(source), preparation), folder);
        }
        return TokenDataset.open(folder, false).train();
    }

    private static TokenStatistics measure(EvalSettings s, Kernels kernels, SavedModel saved, Tokenizer tokenizer,
        TokenSource tokens, int length, Console console) {
        long limit = s.tokens() == 0 ? Long.MAX_VALUE : (s.tokens() + length - 1) / length;
        EvaluationWindows windows = new EvaluationWindows(tokens, length, tokenizer.endOfText(), limit);
        if (windows.count() == 0) {
            throw new UserError(s.data() + " has one token only, after which nothing can be measured: give a longer"
                + " text");
        }
        try (ProgressBar bar = s.json() ? null : console.progress("eval", "windows", 0, windows.count())) {
            return TextMeasurement.of(saved, tokenizer, windows, s.batch(), s.k(), kernels, s.device(),
                bar == null ? n -> { } : bar::update);
        }
    }

    private static void report(TokenStatistics t, EvalSettings s, SavedModel saved, Console console) {
        double perplexityError = t.perplexity() * t.standardError(RowStatistics.NLL);
        if (s.json()) {
            Map<String, Object> m = new LinkedHashMap<>();
            m.put("model", saved.folder().toString());
            m.put("data", s.data());
            m.put("tokens", t.count());
            put(m, "nll", t.nll(), t.standardError(RowStatistics.NLL));
            put(m, "perplexity", t.perplexity(), perplexityError);
            put(m, "bits_per_byte", t.bitsPerByte(), t.bitsPerByteError());
            put(m, "entropy", t.entropy(), t.standardError(RowStatistics.ENTROPY));
            put(m, "top_k_mass", t.mean(RowStatistics.TOP_K_MASS), t.standardError(RowStatistics.TOP_K_MASS));
            put(m, "rank_one_accuracy", t.mean(RowStatistics.RANK_ONE), t.standardError(RowStatistics.RANK_ONE));
            console.line(JsonFile.line(m));
            return;
        }
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("on " + t.count() + " tokens", "mean", "standard error"));
        rows.add(row("NLL (nats per token)", t.nll(), t.standardError(RowStatistics.NLL)));
        rows.add(row("perplexity", t.perplexity(), perplexityError));
        rows.add(row("bits per byte", t.bitsPerByte(), t.bitsPerByteError()));
        rows.add(row("entropy (nats)", t.entropy(), t.standardError(RowStatistics.ENTROPY)));
        rows.add(row("top-" + s.k() + " mass", t.mean(RowStatistics.TOP_K_MASS),
            t.standardError(RowStatistics.TOP_K_MASS)));
        rows.add(row("rank-1 accuracy", t.mean(RowStatistics.RANK_ONE), t.standardError(RowStatistics.RANK_ONE)));
        console.table(rows);
    }

    private static void put(Map<String, Object> m, String name, double value, double error) {
        m.put(name, value);
        m.put(name + "_standard_error", error);
    }

    private static List<String> row(String name, double value, double error) {
        return List.of(name, String.format(Locale.ROOT, "%.5f", value), String.format(Locale.ROOT, "%.5f", error));
    }
}
