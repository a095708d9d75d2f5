package org.llmrlpt.config;

/** What {@code bench kernels} measures: every primitive with the shapes that a training step of a model has. */
public record BenchKernelsSettings(
    ModelSettings model,
    @Key(value = "length", or = "256", min = 1, max = 1 << 20, help = "T, tokens of a sequence") int length,
    @Key(value = "batch", or = "16", min = 1, max = 1 << 16, help = "B, sequences computed at once") int batch,
    @Key(value = "seconds", or = "0.5", min = 0.01, max = 600,
        help = "time given to each primitive for each number of threads, after a warm-up as long") double seconds,
    @Key(value = "only", help = "measure only primitives whose name contains this") String only,
    @Key(value = "json", or = "false", help = "print one JSON object as the last line") boolean json,
    DeviceSettings device) {

    public BenchKernelsSettings {
        TrainingSettings.requirePositions(batch, length);
        device.requireProfilable(true);
    }
}
