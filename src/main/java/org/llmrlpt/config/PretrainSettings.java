package org.llmrlpt.config;

/** Everything that defines a pre-training run. */
public record PretrainSettings(
    @Key(value = "run", help = "folder of the run; default: the next free one, such as runs/pretrain-1") String run,
    @Key(value = "resume", help = "folder of a run to go on with; its own settings apply") String resume,
    TrainingSettings training,
    @Key(value = "steps", or = "200", min = 0, max = 1L << 40, help = "optimizer steps of the whole run") long steps,
    @Key(value = "evaluate.every", or = "100", min = 0, help = "steps between validations; 0: only at the end")
    long evaluateEvery,
    @Key(value = "evaluate.tokens", or = "65536", min = 1, max = 1L << 40,
        help = "validation tokens used along the way; the end uses up to ten times as many") long evaluateTokens,
    @Key(value = "sample.every", or = "100", min = 0, help = "steps between text samples; 0: none") long sampleEvery,
    @Key(value = "sample.tokens", or = "120", min = 1, max = 1 << 20,
        help = "tokens of a text sample") int sampleTokens,
    @Key(value = "checkpoint.every", or = "100", min = 0, help = "steps between checkpoints; 0: only at the end")
    long checkpointEvery,
    @Key(value = "checkpoint.keep", or = "2", min = 1, max = 1 << 20, help = "newest checkpoints that are kept")
    int checkpointKeep,
    @Key(value = "check-finite", or = "true", help = "stop at the first loss or gradient that is not a finite number")
    boolean checkFinite,
    @Key(value = "debug.replay", or = "0", min = 0, max = 100000,
        help = "write the first checkpoint and the token batches "
        + "of the first N steps, so that another program can replay them") int debugReplay) {
}
