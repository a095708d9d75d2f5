package org.llmrlpt.train;

import org.llmrlpt.autograd.Tape;
import org.llmrlpt.data.Batch;
import org.llmrlpt.device.ArenaKind;
import org.llmrlpt.device.Program;
import org.llmrlpt.device.ProgramBuilder;
import org.llmrlpt.device.Session;
import org.llmrlpt.device.Tensor;
import org.llmrlpt.eval.TokenStatistics;
import org.llmrlpt.kernels.Kernels;
import org.llmrlpt.kernels.Shaping;
import org.llmrlpt.nn.TokenInputs;
import org.llmrlpt.nn.Transformer;

/** Forward pass, objective and backward pass of one micro-batch as a program; gradients add up until the update. */
public final class TrainingStep {
    private final Session session;
    private final TokenInputs inputs;
    private final Tensor targets;
    private final Tensor scale;
    private final Tensor statistics;
    private final Program program;

    /** Records the program for micro-batches of {@code batch} sequences of {@code length} tokens. */
    public TrainingStep(Session session, Kernels kernels, Transformer model, Shaping shaping, int batch, int length) {
        this.session = session;
        int rows = batch * length;
        ProgramBuilder p = session.program("train");
        inputs = TokenInputs.of(p, rows);
        targets = p.integerInput("targets", rows);
        scale = p.scalarInput("scale", 1);
        Tape tape = new Tape(kernels, p, true);
        Tensor h = model.forward(tape, inputs, length);
        statistics = tape.policyHead(h, model.outputWeights(), targets, scale, shaping);
        tape.backward();
        program = p.build();
    }

    /**
     * Adds a micro-batch's gradients to those there are, and its statistics to {@code sums}.
     *
     * @param counted positions with a target in the whole step, over all its micro-batches: the loss is their mean, so
     *     that splitting a batch changes nothing
     */
    public void run(Batch batch, long counted, TokenStatistics sums, int[] bytesPerToken) {
        inputs.set(program, batch.tokens(), batch.positions(), batch.starts());
        program.set(targets, batch.targets());
        program.set(scale, counted == 0 ? 0f : (float) (1.0 / counted));
        program.run();
        session.fetch(ArenaKind.OUTPUTS);
        sums.add(session, statistics, batch.targets(), bytesPerToken);
    }
}
