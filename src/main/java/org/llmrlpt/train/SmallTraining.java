package org.llmrlpt.train;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiFunction;
import org.llmrlpt.autograd.Parameter;
import org.llmrlpt.autograd.Tape;
import org.llmrlpt.config.ModelShape;
import org.llmrlpt.data.Batch;
import org.llmrlpt.device.ArenaKind;
import org.llmrlpt.device.Program;
import org.llmrlpt.device.ProgramBuilder;
import org.llmrlpt.device.Session;
import org.llmrlpt.device.Tensor;
import org.llmrlpt.eval.BatchProgram;
import org.llmrlpt.eval.TokenStatistics;
import org.llmrlpt.kernels.Kernels;
import org.llmrlpt.kernels.Shaping;
import org.llmrlpt.nn.Parameters;
import org.llmrlpt.nn.Transformer;
import org.llmrlpt.optim.AdamW;
import org.llmrlpt.random.RandomStream;

/** The training of the small model of {@link WarmUp}, whole and in parts. */
final class SmallTraining {
    private static final ModelShape SHAPE = WarmUp.SHAPE;
    private static final int ROWS = WarmUp.BATCH * WarmUp.LENGTH;

    private final Kernels kernels;
    private final Session session;
    private final Transformer model;
    private final AdamW optimizer;
    private final List<Tensor> weights = new ArrayList<>();

    private SmallTraining(Kernels kernels, Session session) {
        this.kernels = kernels;
        this.session = session;
        model = new Transformer(SHAPE, session, Parameters.Gradients.OF_ONE_RUN, WarmUp.LENGTH);
        optimizer = new AdamW(session, kernels, model.parameters(),
            new AdamW.Constants(0.9f, 0.95f, 1e-8f, 0.1f, 1f));
    }

    /** Whole steps. */
    static void run(Kernels kernels) {
        try (Session session = new Session()) {
            SmallTraining training = new SmallTraining(kernels, session);
            BatchProgram train = BatchProgram.training(session, kernels, training.model, Shaping.CROSS_ENTROPY,
                WarmUp.BATCH, WarmUp.LENGTH, 0);
            training.start();
            Batch batch = new Batch(WarmUp.BATCH, WarmUp.LENGTH);
            for (int i = 0; i < WarmUp.RUNS; i++) {
                train.run(batch, 1f / ROWS, new TokenStatistics(), new int[SHAPE.vocabulary()]);
                training.update(i);
            }
        }
    }

    /** What comes late in a step: the policy head, the update, the backward pass of the feed-forward layer. */
    static void runLastThingsFirst(Kernels kernels) {
        try (Session session = new Session()) {
            SmallTraining training = new SmallTraining(kernels, session);
            Part head = training.part("head", SHAPE.width(), (tape, x) -> x);
            Parameter down = training.parameter("down", SHAPE.width(), SHAPE.ffn());
            Part feedForward = training.part("feed forward", 2 * SHAPE.ffn(),
                (tape, gateUp) -> tape.linear(tape.swiGlu(gateUp), down));
            training.start();
            for (int i = 0; i < WarmUp.RUNS; i++) {
                head.run();
                training.update(i);
                feedForward.run();
            }
        }
    }

    private void start() {
        session.start();
        model.fillAngles(session);
        model.parameters().initialise(session, 0, SHAPE.layers());
        RandomStream random = RandomStream.of(0, "warm-up");
        for (Tensor w : weights) {
            for (int i = 0; i < w.size(); i++) {
                session.floats(w).set(w.offset() + i, (float) random.nextDouble() - 0.5f);
            }
        }
        session.upload();
    }

    private void update(int done) {
        optimizer.run(done + 1, 1e-3);
    }

    /** Both passes of {@code layers} between an embedding of so many columns and the policy head. */
    private Part part(String name, int columns, BiFunction<Tape, Tensor, Tensor> layers) {
        ProgramBuilder p = session.program(name);
        Tensor tokens = p.integerInput("tokens", ROWS);
        Tensor targets = p.integerInput("targets", ROWS);
        Tensor scale = p.scalarInput("scale", 1);
        Tape tape = new Tape(kernels, p, true);
        Tensor x = tape.embedding(parameter(name, SHAPE.vocabulary(), columns), tokens);
        tape.policyHead(layers.apply(tape, x), model.outputWeights(), targets, scale, Shaping.CROSS_ENTROPY);
        tape.backward();
        return new Part(p.build(), tokens, targets, scale);
    }

    private Parameter parameter(String name, int rows, int columns) {
        Tensor weight = session.persistent(ArenaKind.PARAMETERS, name, rows, columns);
        weights.add(weight);
        return new Parameter(weight, session.persistent(ArenaKind.GRADIENTS, name, rows, columns), null);
    }

    private record Part(Program program, Tensor tokens, Tensor targets, Tensor scale) {
        void run() {
            int[] ids = new int[ROWS];
            Arrays.setAll(ids, i -> i % SHAPE.vocabulary());
            program.set(tokens, ids);
            program.set(targets, ids);
            program.set(scale, 1f / ROWS);
            program.run();
        }
    }
}
