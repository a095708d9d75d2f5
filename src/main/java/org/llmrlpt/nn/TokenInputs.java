package org.llmrlpt.nn;

import org.llmrlpt.device.Program;
import org.llmrlpt.device.ProgramBuilder;
import org.llmrlpt.device.Tensor;

/** The integers that every program of the model takes: tokens, positions and document starts, [1, R] each. */
public record TokenInputs(Tensor tokens, Tensor positions, Tensor starts) {
    public static TokenInputs of(ProgramBuilder p, int rows) {
        return new TokenInputs(p.integerInput("tokens", rows), p.integerInput("positions", rows),
            p.integerInput("starts", rows));
    }

    /** Sets all three for the program's next run. */
    public void set(Program program, int[] tokenIds, int[] positionIds, int[] startIds) {
        program.set(tokens, tokenIds);
        program.set(positions, positionIds);
        program.set(starts, startIds);
    }
}
