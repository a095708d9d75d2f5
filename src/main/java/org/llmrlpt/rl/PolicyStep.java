package org.llmrlpt.rl;

import org.llmrlpt.autograd.Tape;
import org.llmrlpt.device.Program;
import org.llmrlpt.device.ProgramBuilder;
import org.llmrlpt.device.Session;
import org.llmrlpt.device.Tensor;
import org.llmrlpt.kernels.Kernels;
import org.llmrlpt.kernels.SampledTokens;
import org.llmrlpt.kernels.Surrogate;
import org.llmrlpt.kernels.SurrogateStatistics;
import org.llmrlpt.nn.TokenInputs;
import org.llmrlpt.nn.Transformer;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/**
 * Forward pass and surrogate of one micro-batch of R packed positions as a program; the backward pass too where it is
 * to train, whose gradients add up until the update.
 */
final class PolicyStep {
    private final Session session;
    private final TokenInputs inputs;
    private final Tensor targets;
    private final Tensor known;
    private final Tensor statistics;
    private final Program program;

    /** Records the program; {@code name} and R tell it from others of the session. */
    PolicyStep(Session session, Kernels kernels, Transformer model, Surrogate surrogate, String name, int rows,
        boolean trains) {
        this.session = session;
        ProgramBuilder p = session.program(name + rows + "_");
        inputs = TokenInputs.of(p, rows);
        targets = p.integerInput("targets", rows);
        known = p.scalarInput("sampled_tokens", rows * SampledTokens.COLUMNS);
        Tape tape = new Tape(kernels, p, trains);
        Tensor h = model.forward(tape, inputs, rows);
        statistics = tape.policyGradient(h, model.outputWeights(), targets,
            known.matrix(known.name(), 0, rows, SampledTokens.COLUMNS), surrogate);
        tape.backward();
        program = p.build();
    }

    /** Positions of a micro-batch. */
    int rows() {
        return targets.columns();
    }

    /** Adds a micro-batch's gradients, where it trains, to those there are, and its statistics to {@code sums}. */
    void run(PackedBatch batch, SurrogateSums sums) {
        execute(batch);
        sums.add(session, statistics, batch);
    }

    /** Enters this model's log-probabilities into a micro-batch as those of the reference. */
    void fillReference(PackedBatch batch) {
        execute(batch);
        FloatArray values = session.floats(statistics);
        for (int r = 0; r < batch.rows(); r++) {
            batch.known()[r * SampledTokens.COLUMNS + SampledTokens.REFERENCE_LOG_P] =
                values.get(statistics.offset() + r * SurrogateStatistics.COLUMNS + SurrogateStatistics.LOG_P);
        }
    }

    private void execute(PackedBatch batch) {
        inputs.set(program, batch.tokens(), batch.positions(), batch.seen());
        program.set(targets, batch.targets());
        program.set(known, batch.known());
        program.run();
        session.fetch(statistics);
    }
}
