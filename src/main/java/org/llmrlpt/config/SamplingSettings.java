package org.llmrlpt.config;

/** How a token is drawn from the distribution of the next one. */
public record SamplingSettings(
    @Key(value = "temperature", or = "0.8", min = 0, max = 100,
        help = "divides the logits; 0: always the most probable")
    double temperature,
    @Key(value = "top-k", or = "0", min = 0, max = 1 << 24,
        help = "draw among the k most probable only; 0: all") int topK,
    @Key(value = "top-p", or = "1", min = 0, max = 1, help = "draw among the most probable whose mass reaches p")
    double topP) {
}
