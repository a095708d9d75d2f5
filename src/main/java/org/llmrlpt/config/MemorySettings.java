package org.llmrlpt.config;

/** What is given up for memory. */
public record MemorySettings(
    @Key(value = "memory.checkpoint-layers", or = "false",
        help = "layers whose activations are computed again in the backward pass instead of kept: false, true (all) or"
        + " how many; same results, about a third more time") String checkpointLayers) {

    public MemorySettings {
        if (!checkpointLayers.matches("true|false|\\d{1,9}")) {
            throw new UserError("setting 'memory.checkpoint-layers' must be true, false or a number of layers, not '"
                + checkpointLayers + "'");
        }
    }

    /** Of a model of {@code layers} layers. */
    public int checkpointed(int layers) {
        return switch (checkpointLayers) {
            case "false" -> 0;
            case "true" -> layers;
            default -> Math.min(layers, Integer.parseInt(checkpointLayers));
        };
    }
}
