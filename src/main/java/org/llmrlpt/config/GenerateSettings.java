package org.llmrlpt.config;

/** What {@code generate} writes. */
public record GenerateSettings(
    @Key(value = "model", help = "checkpoint: a Hugging Face folder, or a run folder for its newest one") String model,
    @Key(value = "checkpoint", help = "another name of model") String checkpoint,
    @Key(value = "tokenizer", help = "another tokenizer than the one in the model's folder") String tokenizer,
    @Key(value = "prompt", mayBeEmpty = true, help = "text to go on with; default: the beginning of a document")
    String prompt,
    @Key(value = "tokens", or = "200", min = 1, max = 1 << 20, help = "most tokens to add") int tokens,
    @Key(value = "samples", or = "1", min = 1, max = 1 << 20, help = "how many texts") int samples,
    @Key(value = "seed", or = "1", help = "seed of the draws") long seed,
    SamplingSettings sampling,
    DeviceSettings device) {

    public GenerateSettings {
        if (model != null && checkpoint != null) {
            throw new UserError("settings 'model' and 'checkpoint' mean the same: give one of them");
        }
        model = model == null ? checkpoint : model;
        prompt = prompt == null ? "" : prompt;
    }
}
