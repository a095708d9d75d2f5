package org.llmrlpt.cli;

import it.unimi.dsi.fastutil.ints.IntArrayList;
import it.unimi.dsi.fastutil.ints.IntList;
import org.llmrlpt.config.GenerateSettings;
import org.llmrlpt.config.UserError;
import org.llmrlpt.data.tokenizer.Tokenizer;
import org.llmrlpt.device.Session;
import org.llmrlpt.generate.Generator;
import org.llmrlpt.generate.Sampling;
import org.llmrlpt.kernels.KernelSets;
import org.llmrlpt.kernels.Kernels;
import org.llmrlpt.kernels.cpu.Workers;
import org.llmrlpt.nn.Transformer;
import org.llmrlpt.random.RandomStream;
import org.llmrlpt.train.SavedModel;

/** {@code generate}: text from a checkpoint. */
final class GenerateCommand implements Command<GenerateSettings> {
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
        try (Session session = new Session()) {
            Transformer model = saved.reserve(session, length);
            Generator generator = new Generator(session, kernels, model, length);
            session.memoryPlan().requireFits(s.device().memoryBytes());
            session.start();
            saved.load(session, model);
            RandomStream random = RandomStream.of(s.seed(), "generate");
            for (int i = 0; i < s.samples(); i++) {
                int[] text = generator.run(prompt.toIntArray(), length - prompt.size(), tokenizer.endOfText(),
                    tokenizer.vocabularySize(), Sampling.of(s.sampling()), random.child(i), () -> false);
                console.line((s.samples() > 1 ? "[" + (i + 1) + "] " : "") + s.prompt()
                    + tokenizer.decodeText(IntList.of(text)));
                if (text.length == length - prompt.size() && text.length < s.tokens()) {
                    console.line("(cut: the model was made for " + longest + " tokens in all)");
                }
            }
        }
        return 0;
    }
}
