package org.llmrlpt.train;

import org.llmrlpt.data.Batch;
import org.llmrlpt.device.Session;
import org.llmrlpt.eval.BatchProgram;
import org.llmrlpt.eval.TokenStatistics;
import org.llmrlpt.kernels.Kernels;
import org.llmrlpt.kernels.Shaping;
import org.llmrlpt.nn.Transformer;

/** Forward pass, objective and backward pass of one micro-batch as a program; gradients add up until the update. */
public final class TrainingStep {
    private final BatchProgram program;

    /**
     * Records the program for micro-batches of {@code batch} sequences of {@code length} tokens.
     *
     * @param checkpointed layers, from the first on, that keep their input only and compute the rest again
     */
    public TrainingStep(Session session, Kernels kernels, Transformer model, Shaping shaping, int batch, int length,
        int checkpointed) {
        program = BatchProgram.training(session, kernels, model, shaping, batch, length, checkpointed);
    }

    /**
     * Adds a micro-batch's gradients to those there are, and its statistics to {@code sums}.
     *
     * @param counted positions with a target in the whole step, over all its micro-batches: the loss is their mean, so
     *     that splitting a batch changes nothing
     */
    public void run(Batch batch, long counted, TokenStatistics sums, int[] bytesPerToken) {
        program.run(batch, counted == 0 ? 0f : (float) (1.0 / counted), sums, bytesPerToken);
    }
}
