package org.llmrlpt.generate;

import it.unimi.dsi.fastutil.ints.IntOpenHashSet;
import it.unimi.dsi.fastutil.ints.IntSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.llmrlpt.config.UserError;
import org.llmrlpt.device.ArenaKind;
import org.llmrlpt.device.Session;
import org.llmrlpt.device.Tensor;
import org.llmrlpt.kernels.Kernels;
import org.llmrlpt.nn.Transformer;

/**
 * Continues many prompts at once over a cache of keys and values, with one slot for each running sequence. A sequence
 * that ends leaves its slot to the next one that waits; the samples of a group share one prefill. What a sample becomes
 * depends on its prompt, the weights, the seed and its stream, not on what runs beside it, but for the rounding of
 * attention in a prefill, which depends on where a prompt stands among others.
 *
 * <p>Programs are static: decode steps for some numbers of rows, so that few sequences do not pay for many, and
 * prefills for some numbers of tokens.
 */
public final class GenerationEngine {
    /** Below this many rows a decode step costs what it costs to read the weights. */
    private static final int FEWEST_ROWS = 8;
    private static final int SMALLEST_PREFILL = 16;
    /** From one prefill program to the next. */
    private static final int PREFILL_GROWTH = 4;
    /** Most tokens of a prefill, unless one prompt alone is longer. */
    private static final int LARGEST_PREFILL = 1024;

    private final KeyValueCache cache;
    private final CopyProgram copies;
    private final List<DecodeProgram> decodes = new ArrayList<>();
    private final List<PrefillProgram> prefills = new ArrayList<>();

    /**
     * Records the programs in the session of the model, beside training programs or alone.
     *
     * @param allowed how many token ids may be drawn, those of the tokenizer; larger ids, padding of the vocabulary,
     *     never are
     * @param slots most sequences that run at the same time; the results depend on it as far as it decides which
     *     prompts share a prefill
     * @param maxLength longest text in tokens, prompt included; at most what the model's angles were made for
     */
    public GenerationEngine(Session session, Kernels kernels, Transformer model, int allowed, int slots,
        int maxLength) {
        if (maxLength > model.angles().rows()) {
            throw new IllegalArgumentException("the model has " + model.angles().rows() + " positions, not "
                + maxLength);
        }
        cache = new KeyValueCache(session, kernels, model, slots, maxLength);
        copies = new CopyProgram(session, kernels, cache);
        Tensor drawn = session.persistent(ArenaKind.INTEGERS, "generation.drawn", 1, slots);
        Optional<PackedWeights> packed =
            slots < PackedWeights.FEWEST_ROWS ? Optional.empty() : PackedWeights.of(session, kernels, model);
        for (int rows : decodeRows(slots)) {
            decodes.add(new DecodeProgram(session, kernels, model, cache, drawn, allowed, rows,
                packed.filter(_ -> rows >= PackedWeights.FEWEST_ROWS)));
        }
        for (int rows : prefillRows(slots, maxLength)) {
            prefills.add(new PrefillProgram(session, kernels, model, cache, rows));
        }
    }

    /** Rising numbers of rows, up to all slots. */
    private static List<Integer> decodeRows(int slots) {
        List<Integer> rows = new ArrayList<>();
        for (int n = slots; n > 0; n = n > FEWEST_ROWS ? Math.max(FEWEST_ROWS, (n + 1) / 2) : 0) {
            rows.addFirst(n);
        }
        return rows;
    }

    /** Rising numbers of tokens, up to those of the longest prompt. */
    private static List<Integer> prefillRows(int slots, int maxLength) {
        int most = (int) Math.max(maxLength - 1, Math.min(LARGEST_PREFILL, (long) slots * (maxLength - 1)));
        List<Integer> rows = new ArrayList<>();
        for (int n = SMALLEST_PREFILL; n < most && n < LARGEST_PREFILL; n *= PREFILL_GROWTH) {
            rows.add(n);
        }
        rows.add(Math.ceilDiv(Math.max(1, most), SMALLEST_PREFILL) * SMALLEST_PREFILL);
        return rows;
    }

    /**
     * Continues all prompts.
     *
     * @param newTokens most tokens to add to each
     * @param stopTokens ids that end a continuation; none for a fixed number of tokens
     * @param seed with the prompts' streams it decides every draw
     * @param stop asked before every step; true ends all continuations as they are
     * @return prompt by prompt, in each sample by sample
     * @throws UserError if a prompt leaves no room for a token
     */
    public List<Completion> generate(List<Prompt> prompts, Sampling sampling, int newTokens, int[] stopTokens,
        long seed, BooleanSupplier stop) {
        if (newTokens < 1) {
            throw new IllegalArgumentException(newTokens + " new tokens");
        }
        IntSet stops = new IntOpenHashSet(stopTokens);
        List<Sequence> all = new ArrayList<>();
        for (int i = 0; i < prompts.size(); i++) {
            Prompt prompt = prompts.get(i);
            int room = cache.length() - prompt.tokens().length;
            if (room < 1) {
                throw new UserError("a prompt has " + prompt.tokens().length + " tokens but texts may have "
                    + cache.length() + " in all: shorten it or allow longer texts");
            }
            for (int s = 0; s < prompt.samples(); s++) {
                all.add(new Sequence(prompt, i, s, Math.min(newTokens, room), stops));
            }
        }
        // No step will have more rows than this program, and if it has no copies, smaller ones have none.
        smallestWith(Math.min(all.size(), cache.slots())).refreshWeights();
        SlotSchedule schedule = new SlotSchedule(all, cache.slots(), copies, this::prefill);
        while (schedule.admit() && !stop.getAsBoolean()) {
            List<Sequence> running = schedule.running();
            smallestWith(running.size()).run(running, sampling, seed);
            schedule.releaseEnded();
        }
        return all.stream().map(Sequence::completion).toList();
    }

    private DecodeProgram smallestWith(int sequences) {
        return decodes.stream().filter(d -> d.rows() >= sequences).findFirst().orElseThrow();
    }

    /** Prefills the prompts of these sequences, as many at once as fit. */
    private void prefill(List<Sequence> sequences) {
        int most = prefills.getLast().rows();
        int from = 0;
        while (from < sequences.size()) {
            int tokens = 0;
            int to = from;
            while (to < sequences.size() && tokens + sequences.get(to).prefix() <= most) {
                tokens += sequences.get(to++).prefix();
            }
            int needed = tokens;
            prefills.stream().filter(p -> p.rows() >= needed).findFirst().orElseThrow()
                .run(sequences.subList(from, to));
            from = to;
        }
    }
}
