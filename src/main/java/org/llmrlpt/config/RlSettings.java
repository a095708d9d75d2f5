package org.llmrlpt.config;

/** Everything that defines a run of reinforcement learning. */
public record RlSettings(
    @Key(value = "run", help = "folder of the run; default: the next free runs/rl-N") String run,
    @Key(value = "resume", help = "folder of a run to go on with; its own settings apply") String resume,
    @Key(value = "checkpoint", help = "where the policy begins: a Hugging Face folder, or a run folder for its newest "
        + "checkpoint") String checkpoint,
    TaskSettings task,
    RewardSettings reward,
    @Key(value = "group", or = "8", min = 2, max = 1 << 16, help = "answers to each prompt (paper: 16)") int group,
    @Key(value = "prompts", or = "16", min = 1, max = 1 << 20, help = "prompts of a step (paper: 128)") int prompts,
    @Key(value = "temperature", or = "1", min = 0.01, max = 100,
        help = "divides the logits, in sampling and in the loss (paper: 1)") double temperature,
    @Key(value = "max-new-tokens", help = "most tokens of an answer; or stages STEP:TOKENS,..., such as "
        + "0:8192,700:16384 (paper: 8K for 700 steps, then 16K); default: 64, or what the model's "
        + "length leaves") String maxNewTokens,
    @Key(value = "steps", or = "100", min = 0, max = 1L << 40, help = "rollouts of the whole run (paper: 1000)")
    long steps,
    @Key(value = "updates", or = "1", min = 1, max = 1 << 10,
        help = "optimizer steps on each rollout, with importance ratios (paper: 1, on-policy)") int updates,
    @Key(value = "seed", or = "1", help = "seed of problems and answers") long seed,
    @Key(value = "clip.low", or = "0.2", min = 0, max = 1, help = "the importance ratio counts down to 1 - this")
    double clipLow,
    @Key(value = "clip.high", or = "0.28", min = 0, max = 1000,
        help = "the importance ratio counts up to 1 + this (clip-higher)") double clipHigh,
    @Key(value = "advantage.std", or = "population", help = "what reward - group mean is divided by: the group's std "
        + "as a population, as a sample (TRL, verl), or none (Dr. GRPO)") AdvantageStd advantageStd,
    @Key(value = "loss", or = "token-mean", help = "token-mean over all answers (TRL: dapo), seq-mean-token-mean (TRL: "
        + "grpo), seq-mean-token-sum, or seq-mean-token-sum-norm, which divides by max-new-tokens (TRL: dr_grpo); "
        + "names as in verl") LossAggregation loss,
    @Key(value = "kl", or = "0", min = 0, max = 1000, help = "coefficient of the k3 divergence from the first policy; "
        + "0: no reference model is kept (paper: 0)") double kl,
    @Key(value = "dynamic-sampling", or = "true",
        help = "drop groups whose rewards are all equal and sample other prompts in their place")
    boolean dynamicSampling,
    @Key(value = "dynamic-sampling.rounds", or = "4", min = 1, max = 1 << 10,
        help = "most rounds of sampling in a step; then it makes do with the groups there are") int rounds,
    @Key(value = "mask-truncated", or = "false", help = "leave answers that were cut off out of the loss (DAPO)")
    boolean maskTruncated,
    @Key(value = "length", min = 2, max = 1 << 20, help = "most tokens of a prompt and its answer together; default: "
        + "what the model was made for") Integer length,
    @Key(value = "slots", or = "128", min = 1, max = 1 << 16, help = "answers sampled at the same time") int slots,
    @Key(value = "max-log-prob-difference", or = "0.01", min = 0,
        help = "stop where the log-probability of a sampled token differs by more between sampling and training")
    double maxDifference,
    @Key(value = "micro-batch", min = 16, max = 1 << 22, help = "tokens computed at once in training; default: all "
        + "answers of a step, as far as their activations take about 2 GiB") Integer microBatch,
    @Defaults({"optimizer.lr=5e-5", "optimizer.weight-decay=0", "optimizer.beta2=0.999", "schedule=constant",
        "schedule.warmup=0"})
    OptimizerSettings optimizer,
    DeviceSettings device,
    @Key(value = "evaluate.every", or = "20", min = 0,
        help = "steps between evaluations on held-out problems; 0: only at the beginning and the end")
    long evaluateEvery,
    @Key(value = "evaluate.problems", or = "100", min = 0, max = 1 << 20, help = "held-out problems; 0: no evaluation")
    int evaluateProblems,
    @Key(value = "evaluate.samples", or = "4", min = 1, max = 1 << 16, help = "m of Avg@m: answers to each of them")
    int evaluateSamples,
    @Key(value = "sample.every", or = "10", min = 0, help = "steps between rollouts kept in samples/; 0: none")
    long sampleEvery,
    @Key(value = "checkpoint.every", or = "50", min = 0, help = "steps between checkpoints; 0: only at the end")
    long checkpointEvery,
    @Key(value = "checkpoint.keep", or = "2", min = 1, max = 1 << 20, help = "newest checkpoints that are kept")
    int checkpointKeep,
    @Key(value = "check-finite", or = "true", help = "stop at the first loss or gradient that is not a finite number")
    boolean checkFinite,
    @Key(value = "profile", or = "false",
        help = "show at the end where the time went, by operation; a run keeps that in its folder")
    boolean profile) {

    /** What the differences from a group's mean are divided by. */
    public enum AdvantageStd { POPULATION, SAMPLE, NONE }

    /** How the tokens' terms become one loss. */
    public enum LossAggregation { TOKEN_MEAN, SEQ_MEAN_TOKEN_MEAN, SEQ_MEAN_TOKEN_SUM, SEQ_MEAN_TOKEN_SUM_NORM }

    public RlSettings {
        device.requireProfilable(profile);
        if (maxNewTokens != null) {
            LengthStages.parse(maxNewTokens);
        }
    }

    /** How many tokens an answer may have, by step; {@code usual} where the settings leave it open. */
    public LengthStages stages(int usual) {
        return LengthStages.parse(maxNewTokens == null ? Integer.toString(usual) : maxNewTokens);
    }
}
