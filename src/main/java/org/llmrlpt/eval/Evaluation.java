package org.llmrlpt.eval;

import org.llmrlpt.autograd.Tape;
import org.llmrlpt.data.Batch;
import org.llmrlpt.device.ArenaKind;
import org.llmrlpt.device.Program;
import org.llmrlpt.device.ProgramBuilder;
import org.llmrlpt.device.Session;
import org.llmrlpt.device.Tensor;
import org.llmrlpt.kernels.Kernels;
import org.llmrlpt.kernels.Shaping;
import org.llmrlpt.nn.TokenInputs;
import org.llmrlpt.nn.Transformer;

/** The forward pass with the head's statistics and no gradients, as a program. */
public final class Evaluation {
    private final Session session;
    private final TokenInputs inputs;
    private final Tensor targets;
    private final Tensor scale;
    private final Tensor statistics;
    private final Program program;

    /** Records the program for {@code batch} sequences of {@code length} tokens; k is the objective's, for its mass. */
    public Evaluation(Session session, Kernels kernels, Transformer model, Shaping shaping, int batch, int length) {
        this.session = session;
        int rows = batch * length;
        ProgramBuilder p = session.program("evaluate");
        inputs = TokenInputs.of(p, rows);
        targets = p.integerInput("targets", rows);
        scale = p.scalarInput("scale", 1);
        Tape tape = new Tape(kernels, p, false);
        Tensor h = model.forward(tape, inputs, length);
        statistics = tape.policyHead(h, model.outputWeights(), targets, scale, shaping);
        program = p.build();
    }

    /** Adds the statistics of a batch to {@code sums}. */
    public void run(Batch batch, TokenStatistics sums, int[] bytesPerToken) {
        inputs.set(program, batch.tokens(), batch.positions(), batch.starts());
        program.set(targets, batch.targets());
        program.set(scale, 1f);
        program.run();
        session.fetch(ArenaKind.OUTPUTS);
        sums.add(session, statistics, batch.targets(), bytesPerToken);
    }
}
