package org.llmrlpt.config;

/** Everything that defines a pre-training run. */
public record PretrainSettings(
    @Key(value = "run", help = "folder of the run; default: the next free runs/pretrain-N") String run,
    @Key(value = "resume", help = "folder of a run to go on with; its own settings apply") String resume,
    ModelSettings model,
    DataSettings data,
    @Key(value = "length", or = "256", min = 1, max = 1 << 20,
        help = "T, tokens of a sequence (paper: 4096)") int length,
    @Key(value = "batch", or = "16", min = 1, max = 1 << 16, help = "B, sequences computed at once") int batch,
    @Key(value = "tokens-per-step", min = 1, max = 1L << 40,
        help = "tokens of an optimizer step, a multiple of batch x length; default: one batch") Long tokensPerStep,
    @Key(value = "steps", or = "300", min = 0, max = 1L << 40, help = "optimizer steps of the whole run") long steps,
    @Key(value = "seed", or = "1", help = "seed of all random streams") long seed,
    ObjectiveSettings objective,
    OptimizerSettings optimizer,
    DeviceSettings device,
    @Key(value = "evaluate.every", or = "100", min = 0, help = "steps between validations; 0: only at the end")
    long evaluateEvery,
    @Key(value = "evaluate.tokens", or = "65536", min = 1, max = 1L << 40,
        help = "validation tokens used along the way; the end uses up to ten times as many") long evaluateTokens,
    @Key(value = "sample.every", or = "200", min = 0, help = "steps between text samples; 0: none") long sampleEvery,
    @Key(value = "sample.tokens", or = "120", min = 1, max = 1 << 20,
        help = "tokens of a text sample") int sampleTokens,
    @Key(value = "checkpoint.every", or = "200", min = 0, help = "steps between checkpoints; 0: only at the end")
    long checkpointEvery,
    @Key(value = "checkpoint.keep", or = "2", min = 1, max = 1 << 20, help = "newest checkpoints that are kept")
    int checkpointKeep,
    @Key(value = "check-finite", or = "true", help = "stop at the first loss or gradient that is not a finite number")
    boolean checkFinite,
    @Key(value = "debug.replay", or = "0", min = 0, max = 100000,
        help = "write the first checkpoint and the token batches "
        + "of the first N steps, so that another program can replay them") int debugReplay) {

    public PretrainSettings {
        requirePositions(batch, length);
        requireMultiple(tokensPerStep, batch, length);
    }

    private static final int MOST_POSITIONS = 1 << 26;
    private static final int MOST_MICRO_BATCHES = 1 << 20;

    static void requirePositions(int batch, int length) {
        if ((long) batch * length > MOST_POSITIONS) {
            throw new UserError("settings 'batch' x 'length' make " + (long) batch * length
                + " positions at once: lower them and use tokens-per-step for larger steps");
        }
    }

    static void requireMultiple(Long tokensPerStep, int batch, int length) {
        long positions = (long) batch * length;
        if (tokensPerStep != null
            && (tokensPerStep % positions != 0 || tokensPerStep / positions > MOST_MICRO_BATCHES)) {
            throw new UserError("setting 'tokens-per-step' is " + tokensPerStep + " but must be a multiple of batch x"
                + " length = " + positions + ", and at most " + MOST_MICRO_BATCHES + " times as much");
        }
    }

    /** Batches whose gradients are summed for one optimizer step. */
    public int microBatches() {
        return tokensPerStep == null ? 1 : Math.toIntExact(tokensPerStep / ((long) batch * length));
    }

    /** Sequences of one optimizer step. */
    public long sequencesPerStep() {
        return (long) batch * microBatches();
    }
}
