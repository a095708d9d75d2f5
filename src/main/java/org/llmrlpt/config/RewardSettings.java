package org.llmrlpt.config;

/** What is rewarded beside a right answer, which is worth 1. */
public record RewardSettings(
    @Key(value = "reward.format", or = "0", min = -100, max = 100,
        help = "reward for giving an answer in the form asked for, right or wrong") double format,
    @Key(value = "reward.overlong-buffer", or = "0", min = 0, max = 1 << 20,
        help = "tokens before the length limit in which the soft over-length penalty grows (DAPO); 0: no penalty")
    int overlongBuffer,
    @Key(value = "reward.overlong-penalty", or = "1", min = 0, max = 100,
        help = "over-length penalty at the length limit (DAPO: 1)") double overlongPenalty) {
}
