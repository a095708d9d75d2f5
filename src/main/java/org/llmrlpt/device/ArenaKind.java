package org.llmrlpt.device;

/**
 * The arenas: a handful of long-lived arrays, one of each kind, that every task graph shares. TornadoVM decides this:
 * a graph's description is small and fixed, and only one graph may own a device buffer.
 */
public enum ArenaKind {
    /** Weights. */
    PARAMETERS,
    /** Gradients of the weights, at the same offsets. */
    GRADIENTS,
    /** First moments of AdamW, at the same offsets. */
    MOMENT1,
    /** Second moments of AdamW, at the same offsets. */
    MOMENT2,
    /** What a program computes on its way; planned by lifetime, so nothing in it outlives a run of the program. */
    ACTIVATIONS,
    /** Keys and values of running sequences, which outlive the steps of a generation. */
    CACHE,
    /** Copies of weights in the order in which decoding reads them fastest, made anew for each generation. */
    PACKED,
    /** What a kernel leaves for itself between two barriers; nothing in it outlives a task. */
    WORKSPACE,
    /** Tables that are uploaded once, such as RoPE's angles. */
    CONSTANTS,
    /** Small floating-point inputs that change at every step, such as the learning rate. */
    SCALARS,
    /** What the host reads after a run: row statistics, the gradient norm, probabilities. */
    OUTPUTS,
    /** Integers: tokens, targets, positions, seen keys. */
    INTEGERS;

    public boolean isInteger() {
        return this == INTEGERS;
    }
}
