package org.llmrlpt.config;

/** What an optimizer step is: the model, the text, how much of it a step sees, the objective, the optimizer. */
public record TrainingSettings(
    ModelSettings model,
    DataSettings data,
    @Key(value = "length", or = "256", min = 1, max = 1 << 20,
        help = "T, tokens of a sequence (paper: 4096)") int length,
    @Key(value = "batch", or = "16", min = 1, max = 1 << 16, help = "B, sequences computed at once") int batch,
    @Key(value = "tokens-per-step", min = 1, max = 1L << 40,
        help = "tokens of an optimizer step, a multiple of batch x length; default: one batch") Long tokensPerStep,
    @Key(value = "seed", or = "1", help = "seed of all random streams") long seed,
    ObjectiveSettings objective,
    OptimizerSettings optimizer,
    DeviceSettings device,
    MemorySettings memory,
    @Key(value = "profile", or = "false",
        help = "show at the end where the time went, by operation; a run keeps that in its folder")
    boolean profile) {

    private static final int MOST_POSITIONS = 1 << 26;
    private static final int MOST_MICRO_BATCHES = 1 << 20;

    public TrainingSettings {
        requirePositions(batch, length);
        device.requireProfilable(profile);
        long positions = (long) batch * length;
        if (tokensPerStep != null
            && (tokensPerStep % positions != 0 || tokensPerStep / positions > MOST_MICRO_BATCHES)) {
            throw new UserError("setting 'tokens-per-step' is " + tokensPerStep + " but must be a multiple of batch x"
                + " length = " + positions + ", and at most " + MOST_MICRO_BATCHES + " times as much");
        }
    }

    static void requirePositions(int batch, int length) {
        if ((long) batch * length > MOST_POSITIONS) {
            throw new UserError("settings 'batch' x 'length' make " + (long) batch * length
                + " positions at once: lower them and use tokens-per-step for larger steps");
        }
    }

    /** Batches whose gradients are summed for one optimizer step. */
    public int microBatches() {
        return tokensPerStep == null ? 1 : Math.toIntExact(tokensPerStep / ((long) batch * length));
    }

    /** Sequences of one optimizer step. */
    public long sequences() {
        return (long) batch * microBatches();
    }

    /** Tokens of one optimizer step. */
    public long tokens() {
        return sequences() * length;
    }
}
