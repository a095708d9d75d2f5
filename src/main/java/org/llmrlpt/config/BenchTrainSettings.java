package org.llmrlpt.config;

/**
 * What {@code bench train} measures: a training step as {@code pretrain} does it, under the same names; without
 * {@code data} the tokens are random.
 */
public record BenchTrainSettings(
    TrainingSettings training,
    @Key(value = "steps", or = "10", min = 1, max = 1 << 20, help = "timed steps") int steps,
    @Key(value = "warmup", or = "5", min = 0, max = 1 << 20, help = "steps before the timed ones, at least") int warmup,
    @Key(value = "warmup-seconds", or = "5", min = 0, max = 3600, help = "seconds of warm-up, at least")
    double warmupSeconds,
    @Key(value = "json", or = "false", help = "print one JSON object as the last line") boolean json) {
}
