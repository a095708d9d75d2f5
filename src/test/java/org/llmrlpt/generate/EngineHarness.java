package org.llmrlpt.generate;

import java.util.Arrays;
import java.util.List;
import org.llmrlpt.autograd.Tape;
import org.llmrlpt.config.ModelShape;
import org.llmrlpt.device.Program;
import org.llmrlpt.device.ProgramBuilder;
import org.llmrlpt.device.Session;
import org.llmrlpt.device.Tensor;
import org.llmrlpt.kernels.Kernels;
import org.llmrlpt.kernels.RowStatistics;
import org.llmrlpt.kernels.SeenKeys;
import org.llmrlpt.kernels.Shaping;
import org.llmrlpt.nn.TokenInputs;
import org.llmrlpt.nn.Transformer;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/** A small model with an engine, and a full forward pass of one text with the policy head to compare it with. */
final class EngineHarness implements AutoCloseable {
    /** Ids 33 to 36 are padding. */
    static final int ALLOWED = 33;
    static final ModelShape SHAPE = new ModelShape(2, 24, 4, 2, 6, 20, 37, true, true, 10000, 1e-6, 48);
    static final ModelShape LLAMA = new ModelShape(2, 24, 3, 1, 8, 20, 37, false, false, 10000, 1e-6, 48);

    private static final String FALLBACK_MODE = "llmrlpt.fallback";

    private final Session session = new Session();
    private final Transformer model;
    private final int length;
    private final GenerationEngine engine;
    private final TokenInputs inputs;
    private final Tensor targets;
    private final Tensor statistics;
    private final Program full;

    EngineHarness(Kernels kernels, ModelShape shape, int slots, int length) {
        this.length = length;
        model = new Transformer(shape, session, false, shape.maxLength());
        engine = new GenerationEngine(session, kernels, model, ALLOWED, slots, length);
        ProgramBuilder p = session.program("full");
        inputs = TokenInputs.of(p, length);
        targets = p.integerInput("targets", length);
        Tensor scale = p.scalarInput("scale", 1);
        Tape tape = new Tape(kernels, p, false);
        statistics = tape.policyHead(model.forward(tape, inputs, length), model.outputWeights(), targets, scale,
            Shaping.CROSS_ENTROPY);
        full = p.build();
        String before = System.getProperty(FALLBACK_MODE, "fast");
        System.setProperty(FALLBACK_MODE, kernels.name().equals("gpu") ? "strict" : before);
        try {
            session.start();
        } finally {
            System.setProperty(FALLBACK_MODE, before);
        }
        model.fillAngles(session);
        model.parameters().initialise(session, 3, shape.layers());
        // Weights as they are drawn give nearly equal logits: larger ones make the choice of a token matter.
        scaleWeights(12f);
    }

    /** As training would between two generations, all matrices change. */
    void scaleWeights(float factor) {
        FloatArray weights = session.floats(model.parameters().weights());
        for (int i = 0; i < model.parameters().layout().decayed(); i++) {
            int at = model.parameters().weights().offset() + i;
            weights.set(at, factor * weights.get(at));
        }
        session.upload();
    }

    List<Completion> generate(List<Prompt> prompts, Sampling sampling, int newTokens, int... stopTokens) {
        return engine.generate(prompts, sampling, newTokens, stopTokens, 11, () -> false);
    }

    GenerationEngine engine() {
        return engine;
    }

    /** The policy head's statistics of each new token, one after the other. */
    float[][] full(Prompt prompt, Completion completion) {
        int[] text = Arrays.copyOf(prompt.tokens(), length);
        int n = prompt.tokens().length;
        System.arraycopy(completion.tokens(), 0, text, n, completion.tokens().length);
        int[] next = new int[length];
        Arrays.fill(next, -1);
        System.arraycopy(text, 1, next, 0, n + completion.tokens().length - 1);
        int[] positions = new int[length];
        Arrays.setAll(positions, i -> i);
        inputs.set(full, text, positions, SeenKeys.from(new int[length]));
        full.set(targets, next);
        full.run();
        session.fetch(statistics);
        float[][] rows = new float[completion.tokens().length][RowStatistics.COLUMNS];
        FloatArray values = session.floats(statistics);
        for (int i = 0; i < rows.length; i++) {
            for (int c = 0; c < RowStatistics.COLUMNS; c++) {
                rows[i][c] = values.get(statistics.offset() + (n - 1 + i) * RowStatistics.COLUMNS + c);
            }
        }
        return rows;
    }

    @Override
    public void close() {
        session.close();
    }
}
