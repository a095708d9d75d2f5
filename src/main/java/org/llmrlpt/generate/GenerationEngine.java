package org.llmrlpt.generate;

import java.util.List;
import java.util.function.BooleanSupplier;
import org.llmrlpt.device.Session;
import org.llmrlpt.kernels.Kernels;
import org.llmrlpt.nn.Transformer;

/**
 * Continues many prompts at once: prefill and decode over a cache of keys and values, one slot for each running
 * sequence. A sequence that ends leaves its slot to the next one that waits.
 */
public final class GenerationEngine {
    /**
     * Records the programs in the session of the model, beside training programs or alone.
     *
     * @param allowed how many token ids may be drawn, those of the tokenizer; larger ids, padding of the vocabulary,
     *     never are
     * @param slots most sequences that run at the same time; the results do not depend on it
     * @param maxLength longest text in tokens, prompt included
     */
    public GenerationEngine(Session session, Kernels kernels, Transformer model, int allowed, int slots,
        int maxLength) {
    }

    /**
     * Continues all prompts.
     *
     * @param newTokens most tokens to add to each
     * @param stopTokens ids that end a continuation; none for a fixed number of tokens
     * @param seed with the prompts' streams it decides every draw
     * @param stop asked before every step; true ends all continuations as they are
     * @return prompt by prompt, in each sample by sample
     */
    public List<Completion> generate(List<Prompt> prompts, Sampling sampling, int newTokens, int[] stopTokens,
        long seed, BooleanSupplier stop) {
        throw new UnsupportedOperationException("recorded in the next commit");
    }
}
