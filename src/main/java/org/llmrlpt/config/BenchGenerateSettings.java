package org.llmrlpt.config;

/** What {@code bench generate} measures: random prompts continued at temperature 1, with log-probabilities. */
public record BenchGenerateSettings(
    ModelSettings model,
    @Key(value = "sequences", or = "64", min = 1, max = 1 << 20, help = "sequences in all") int sequences,
    @Key(value = "group", or = "1", min = 1, max = 1 << 20, help = "sequences that share a prompt; divides sequences")
    int group,
    @Key(value = "slots", min = 1, max = 1 << 16,
        help = "sequences that run at the same time; default: all, at most 64") Integer slots,
    @Key(value = "prompt", or = "16", min = 1, max = 1 << 20, help = "tokens of a prompt") int prompt,
    @Key(value = "new-tokens", or = "128", min = 1, max = 1 << 20, help = "tokens to add to each") int newTokens,
    @Key(value = "repetitions", or = "5", min = 1, max = 1 << 20, help = "timed runs; the median counts")
    int repetitions,
    @Key(value = "warmup-seconds", or = "10", min = 0, max = 3600, help = "seconds of warm-up, at least one run")
    double warmupSeconds,
    @Key(value = "seed", or = "1", help = "seed of weights, prompts and draws") long seed,
    @Key(value = "json", or = "false", help = "print one JSON object as the last line") boolean json,
    DeviceSettings device) {

    private static final int MOST_AT_ONCE = 64;

    public BenchGenerateSettings {
        if (sequences % group != 0) {
            throw new UserError("setting 'group' is " + group + " but must divide 'sequences', which is " + sequences);
        }
    }

    /** Sequences that run at the same time. */
    public int slotsOrDefault() {
        return slots == null ? Math.min(sequences, MOST_AT_ONCE) : slots;
    }
}
