package org.llmrlpt.eval;

import org.llmrlpt.data.Batch;
import org.llmrlpt.device.Session;
import org.llmrlpt.kernels.Kernels;
import org.llmrlpt.kernels.Shaping;
import org.llmrlpt.nn.Transformer;

/** The forward pass with the head's statistics and no gradients, as a program. */
public final class Evaluation {
    private final BatchProgram program;

    /** Records the program for {@code batch} sequences of {@code length} tokens; k is the objective's, for its mass. */
    public Evaluation(Session session, Kernels kernels, Transformer model, Shaping shaping, int batch, int length) {
        program = BatchProgram.evaluating(session, kernels, model, shaping, batch, length);
    }

    /** Adds the statistics of a batch to {@code sums}. */
    public void run(Batch batch, TokenStatistics sums, int[] bytesPerToken) {
        program.run(batch, 1f, sums, bytesPerToken);
    }
}
