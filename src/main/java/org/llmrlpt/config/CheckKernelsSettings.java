package org.llmrlpt.config;

/** What {@code bench check-kernels} runs, and what it compares it with. */
public record CheckKernelsSettings(
    ModelSettings model,
    @Key(value = "length", or = "64", min = 1, max = 1 << 20, help = "T, tokens of a sequence") int length,
    @Key(value = "batch", or = "4", min = 1, max = 1 << 16, help = "B, sequences computed at once") int batch,
    @Key(value = "write", help = "folder to leave the results in, as a reference") String write,
    @Key(value = "against", help = "folder with the results of another runtime, to compare with") String against,
    @Key(value = "tolerance", or = "5e-5", min = 0, max = 1,
        help = "largest relative difference, root mean square over a tensor") double tolerance,
    @Key(value = "json", or = "false", help = "print one JSON object as the last line") boolean json,
    DeviceSettings device) {

    public CheckKernelsSettings {
        TrainingSettings.requirePositions(batch, length);
        if ((write == null) == (against == null)) {
            throw new UserError("give either write=FOLDER, to leave a reference, or against=FOLDER, to compare with "
                + "one");
        }
    }
}
