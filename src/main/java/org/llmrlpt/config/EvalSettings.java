package org.llmrlpt.config;

/** What {@code eval} measures, and on what. */
public record EvalSettings(
    @Key(value = "model", help = "checkpoint: a Hugging Face folder, or a run folder for its newest one") String model,
    @Key(value = "tokenizer", help = "another tokenizer than the one in the model's folder") String tokenizer,
    @Key(value = "data", help = "text, .jsonl, .gz of either, a folder of them, or a prepared folder (its validation"
        + " split)") String data,
    @Key(value = "data.field", or = "text", help = "field of .jsonl lines that holds the text") String field,
    @Key(value = "length", min = 1, max = 1 << 20,
        help = "tokens of a window; default: what the checkpoint was made for, "
        + "at most 1024") Integer length,
    @Key(value = "batch", or = "8", min = 1, max = 1 << 16, help = "windows computed at once") int batch,
    @Key(value = "tokens", or = "0", min = 0, max = 1L << 40,
        help = "tokens used from the beginning; 0: all") long tokens,
    @Key(value = "objective.k", or = "100", min = 1, max = 1 << 24, help = "k of the top-k mass") int k,
    @Key(value = "json", or = "false", help = "print one JSON object instead of a table") boolean json,
    DeviceSettings device) {

    public EvalSettings {
        if (length != null) {
            TrainingSettings.requirePositions(batch, length);
        }
    }
}
