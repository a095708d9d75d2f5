package org.llmrlpt.config;

/**
 * What {@code bench train} measures: a training step as {@code pretrain} does it, under the same names; without
 * {@code data} the tokens are random.
 */
public record BenchTrainSettings(
    ModelSettings model,
    DataSettings data,
    @Key(value = "length", or = "256", min = 1, max = 1 << 20, help = "T, tokens of a sequence") int length,
    @Key(value = "batch", or = "16", min = 1, max = 1 << 16, help = "B, sequences computed at once") int batch,
    @Key(value = "tokens-per-step", min = 1, max = 1L << 40,
        help = "tokens of an optimizer step, a multiple of batch x length; default: one batch") Long tokensPerStep,
    @Key(value = "steps", or = "10", min = 1, max = 1 << 20, help = "timed steps") int steps,
    @Key(value = "warmup", or = "5", min = 0, max = 1 << 20, help = "steps before the timed ones, at least") int warmup,
    @Key(value = "warmup-seconds", or = "5", min = 0, max = 3600, help = "seconds of warm-up, at least")
    double warmupSeconds,
    @Key(value = "seed", or = "1", help = "seed of weights and tokens") long seed,
    @Key(value = "json", or = "false", help = "print one JSON object as the last line") boolean json,
    ObjectiveSettings objective,
    OptimizerSettings optimizer,
    DeviceSettings device) {

    public BenchTrainSettings {
        PretrainSettings.requirePositions(batch, length);
        PretrainSettings.requireMultiple(tokensPerStep, batch, length);
    }

    /** Batches whose gradients are summed for one optimizer step. */
    public int microBatches() {
        return tokensPerStep == null ? 1 : Math.toIntExact(tokensPerStep / ((long) batch * length));
    }
}
