package org.llmrlpt.config;

/** What {@code eval} measures, and on what: a text, or the problems of a task. */
public record EvalSettings(
    @Key(value = "checkpoint", help = "a Hugging Face folder, or a run folder for its newest checkpoint")
    String checkpoint,
    @Key(value = "model", help = "another name of checkpoint") String model,
    @Key(value = "tokenizer", help = "another tokenizer than the one in the checkpoint's folder") String tokenizer,
    @Key(value = "data", help = "text, .jsonl, .gz of either, a folder of them, or a prepared folder (its validation"
        + " split): measures perplexity and entropy") String data,
    @Key(value = "data.field", or = DataSettings.DEFAULT_FIELD, help = "field of .jsonl lines that holds the text")
    String field,
    @Key(value = "length", min = 1, max = 1 << 20,
        help = "tokens of a window of text; default: what the checkpoint was made for, "
        + "at most 1024") Integer length,
    @Key(value = "batch", or = "8", min = 1, max = 1 << 16, help = "windows of text computed at once") int batch,
    @Key(value = "tokens", or = "0", min = 0, max = 1L << 40,
        help = "tokens of text used from the beginning; 0: all") long tokens,
    @Key(value = "objective.k", or = "100", min = 1, max = 1 << 24, help = "k of the top-k mass on text") int k,
    TaskSettings task,
    @Key(value = "problems", min = 1, max = 1 << 24, help = "most problems of the task; default: all of a file, 200 of "
        + "a built-in task") Integer problems,
    @Key(value = "samples", or = "16", min = 1, max = 1 << 16,
        help = "n, completions of each problem, for Avg@n, Cons@n and Pass@1 to Pass@n (paper: 128)") int samples,
    @Key(value = "max-new-tokens", min = 1, max = 1 << 20, help = "most tokens of a completion; default: 256, or what "
        + "the model's length leaves") Integer maxNewTokens,
    SamplingSettings sampling,
    @Key(value = "slots", or = "64", min = 1, max = 1 << 16, help = "completions computed at once") int slots,
    @Key(value = "seed", or = "1", help = "seed of the draws") long seed,
    @Key(value = "output", help = "folder for the samples and results of a task; default: the next free runs/eval-N")
    String output,
    @Key(value = "check-references", or = "false", help = "check the task's verifier instead of a model: each problem "
        + "with its own reference answer, and with another problem's") boolean checkReferences,
    @Key(value = "json", or = "false", help = "print one JSON object as the last line instead of a table") boolean json,
    DeviceSettings device) {

    public EvalSettings {
        if (length != null) {
            TrainingSettings.requirePositions(batch, length);
        }
        if (checkpoint != null && model != null) {
            throw new UserError("settings 'checkpoint' and 'model' mean the same: give one of them");
        }
        if (data != null && task.name() != null) {
            throw new UserError("settings 'data' and 'task' are measured one at a time: give one of them");
        }
        checkpoint = checkpoint == null ? model : checkpoint;
    }
}
