package org.llmrlpt.config;

/** Everything that defines a mid-training run: a pre-training run that begins with a checkpoint. */
public record MidtrainSettings(
    @Key(value = "checkpoint", help = "where the weights begin: a Hugging Face folder, or a run folder for its newest "
        + "checkpoint; its shape and tokenizer apply, and model.rope-base may change (paper: 1e4 to 1e6)")
    String checkpoint,
    @Key(value = "optimizer.state", or = "fresh", help = "AdamW's moments: fresh, or continued from the checkpoint, "
        + "which must be one of ours") OptimizerState optimizerState,
    @Defaults({"optimizer.lr=3e-4", "schedule=linear", "schedule.warmup=0"})
    PretrainSettings pretrain) {

    /** Where the optimizer's moments begin. */
    public enum OptimizerState { FRESH, CONTINUED }

    public MidtrainSettings {
        if (checkpoint == null) {
            throw new UserError("setting 'checkpoint' is missing: name a trained model with checkpoint=FOLDER, such as"
                + " a run of pretrain");
        }
    }
}
