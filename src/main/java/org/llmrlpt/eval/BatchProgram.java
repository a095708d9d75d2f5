package org.llmrlpt.eval;

import org.llmrlpt.autograd.Tape;
import org.llmrlpt.data.Batch;
import org.llmrlpt.device.Program;
import org.llmrlpt.device.ProgramBuilder;
import org.llmrlpt.device.Session;
import org.llmrlpt.device.Tensor;
import org.llmrlpt.kernels.Kernels;
import org.llmrlpt.kernels.SeenKeys;
import org.llmrlpt.kernels.Shaping;
import org.llmrlpt.nn.TokenInputs;
import org.llmrlpt.nn.Transformer;

/** The forward pass and the policy head of a batch as a program, with the backward pass where it trains. */
public final class BatchProgram {
    private final Session session;
    private final TokenInputs inputs;
    private final Tensor targets;
    private final Tensor scale;
    private final Tensor statistics;
    private final Program program;

    /** Records a forward pass for {@code batch} sequences of {@code length} tokens, with all statistics. */
    public static BatchProgram evaluating(Session session, Kernels kernels, Transformer model, Shaping shaping,
        int batch, int length) {
        return new BatchProgram("evaluate", false, session, kernels, model, shaping, batch, length, 0);
    }

    /** Records both passes; the first {@code checkpointed} layers keep their input only and compute the rest again. */
    public static BatchProgram training(Session session, Kernels kernels, Transformer model, Shaping shaping,
        int batch, int length, int checkpointed) {
        return new BatchProgram("train", true, session, kernels, model, shaping, batch, length, checkpointed);
    }

    private BatchProgram(String name, boolean trains, Session session, Kernels kernels, Transformer model,
        Shaping shaping, int batch, int length, int checkpointed) {
        this.session = session;
        int rows = batch * length;
        ProgramBuilder p = session.program(name);
        inputs = TokenInputs.of(p, rows);
        targets = p.integerInput("targets", rows);
        scale = p.scalarInput("scale", 1);
        Tape tape = new Tape(kernels, p, trains);
        Tensor h = model.forward(tape, inputs, length, checkpointed);
        statistics = tape.policyHead(h, model.outputWeights(), targets, scale, shaping);
        tape.backward();
        program = p.build();
    }

    /**
     * Runs the program and adds the batch's statistics to {@code sums}; gradients add up until the update.
     *
     * @param counted positions with a target in the whole step, over all its micro-batches: the loss is their mean, so
     *     that splitting a batch changes nothing; of no effect where nothing trains
     */
    public void run(Batch batch, long counted, TokenStatistics sums, int[] bytesPerToken) {
        inputs.set(program, batch.tokens(), batch.positions(), SeenKeys.from(batch.starts()));
        program.set(targets, batch.targets());
        program.set(scale, counted == 0 ? 0f : (float) (1.0 / counted));
        program.run();
        session.fetch(statistics);
        sums.add(session, statistics, batch.targets(), bytesPerToken);
    }
}
