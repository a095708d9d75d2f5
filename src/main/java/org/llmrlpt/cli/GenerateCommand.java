package org.llmrlpt.cli;

import it.unimi.dsi.fastutil.ints.IntArrayList;
import it.unimi.dsi.fastutil.ints.IntList;
import java.util.List;
import org.llmrlpt.config.GenerateSettings;
import org.llmrlpt.config.UserError;
import org.llmrlpt.data.tokenizer.Tokenizer;
import org.llmrlpt.device.Session;
import org.llmrlpt.generate.Completion;
import org.llmrlpt.generate.GenerationEngine;
import org.llmrlpt.generate.Prompt;
import org.llmrlpt.generate.Sampling;
import org.llmrlpt.kernels.Kernels;
import org.llmrlpt.kernels.cpu.Workers;
import org.llmrlpt.nn.Transformer;
import org.llmrlpt.random.RandomStream;
import org.llmrlpt.train.SavedModel;

/** {@code generate}: text from a checkpoint. */
final class GenerateCommand implements Command<GenerateSettings> {
    private static final int MOST_AT_ONCE = 64;

    @Override
    public String name() {
        return "generate";
    }

    @Override
    public String summary() {
        return "writes text with a trained model";
    }

    @Override
    public Class<GenerateSettings> settings() {
        return GenerateSettings.class;
    }

    @Override
    public int run(GenerateSettings s, Console console) {
        Kernels kernels = KernelSets.choose(s.device());
        Workers.use(s.device().workers());
        SavedModel saved = SavedModel.open(s.model());
        Tokenizer tokenizer = saved.tokenizer(s.tokenizer());
        IntArrayList prompt = tokenizer.encode(s.prompt());
        if (tokenizer.endOfText() >= 0) {
            prompt.add(0, tokenizer.endOfText());
        }
        if (prompt.isEmpty()) {
            throw new UserError("setting 'prompt' is empty and the tokenizer has no mark for the beginning of a "
                + "document: give a prompt");
        }
        int longest = saved.shape().maxLength();
        if (prompt.size() >= longest) {
            throw new UserError("the prompt has " + prompt.size() + " tokens but the model was made for " + longest
                + " in all: shorten it");
        }
        int length = Math.min(longest, prompt.size() + s.tokens());
        try (Session session = new Session(s.device())) {
            Transformer model = saved.reserve(session, length);
            GenerationEngine engine = new GenerationEngine(session, kernels, model, tokenizer.vocabularySize(),
                Math.min(s.samples(), MOST_AT_ONCE), length);
            session.memoryPlan().requireFits(s.device().memoryBytes());
            session.start();
            saved.load(session, model);
            List<Completion> texts = engine.generate(List.of(new Prompt(prompt.toIntArray(), s.samples(), 0)),
                Sampling.of(s.sampling()), length - prompt.size(), new int[] {tokenizer.endOfText()},
                RandomStream.of(s.seed(), "generate").nextLong(), () -> false);
            for (Completion text : texts) {
                console.line((s.samples() > 1 ? "[" + (text.sample() + 1) + "] " : "") + s.prompt()
                    + tokenizer.decodeText(IntList.of(text.text())));
                if (text.ending() == Completion.Ending.TRUNCATED && text.tokens().length < s.tokens()) {
                    console.line("(cut: the model was made for " + longest + " tokens in all)");
                }
            }
        }
        return 0;
    }
}
