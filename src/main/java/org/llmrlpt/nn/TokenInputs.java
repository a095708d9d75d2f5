package org.llmrlpt.nn;

import org.llmrlpt.device.Program;
import org.llmrlpt.device.ProgramBuilder;
import org.llmrlpt.device.Tensor;
import org.llmrlpt.kernels.SeenKeys;

/**
 * The integers that every program of the model takes: tokens and positions, [1, R] each, and which keys each position
 * sees, [1, R · {@link SeenKeys#COLUMNS}].
 */
public record TokenInputs(Tensor tokens, Tensor positions, Tensor seen) {
    public static TokenInputs of(ProgramBuilder p, int rows) {
        return new TokenInputs(p.integerInput("tokens", rows), p.integerInput("positions", rows),
            p.integerInput("seen", rows * SeenKeys.COLUMNS));
    }

    /** Sets all three for the program's next run; {@code seenKeys} as in {@link SeenKeys}. */
    public void set(Program program, int[] tokenIds, int[] positionIds, int[] seenKeys) {
        program.set(tokens, tokenIds);
        program.set(positions, positionIds);
        program.set(seen, seenKeys);
    }
}
