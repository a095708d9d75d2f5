package org.llmrlpt.nn;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import org.llmrlpt.autograd.Tape;
import org.llmrlpt.config.ModelShape;
import org.llmrlpt.data.Batch;
import org.llmrlpt.device.Program;
import org.llmrlpt.device.ProgramBuilder;
import org.llmrlpt.device.Session;
import org.llmrlpt.device.Tensor;
import org.llmrlpt.eval.BatchProgram;
import org.llmrlpt.eval.TokenStatistics;
import org.llmrlpt.kernels.Kernels;
import org.llmrlpt.kernels.SeenKeys;
import org.llmrlpt.kernels.Shaping;

/** A small model with the programs that tests look into: a training step, and the logits of every position. */
public final class ModelHarness implements AutoCloseable {
    private static final String FALLBACK_MODE = "llmrlpt.fallback";

    private final Session session = new Session();
    private final Transformer model;
    private final BatchProgram step;
    private final TokenInputs inputs;
    private final Tensor logits;
    private final Program forward;
    private final int[] bytesPerToken;

    /**
     * Records everything for {@code batch} sequences of {@code length} tokens; gpu kernels run on the strict
     * fallback.
     */
    public ModelHarness(Kernels kernels, ModelShape shape, Shaping shaping, int batch, int length) {
        this(kernels, shape, shaping, batch, length, 0);
    }

    /** The same, with so many layers that compute their activations again. */
    public ModelHarness(Kernels kernels, ModelShape shape, Shaping shaping, int batch, int length, int checkpointed) {
        this(kernels, shape, shaping, batch, length, checkpointed, Parameters.Gradients.OF_SEVERAL_RUNS);
    }

    /** The same, with gradients that are kept as is said. */
    public ModelHarness(Kernels kernels, ModelShape shape, Shaping shaping, int batch, int length, int checkpointed,
        Parameters.Gradients gradients) {
        model = new Transformer(shape, session, gradients, shape.maxLength());
        step = BatchProgram.training(session, kernels, model, shaping, batch, length, checkpointed);
        ProgramBuilder p = session.program("logits");
        inputs = TokenInputs.of(p, batch * length);
        Tensor h = model.forward(new Tape(kernels, p, false), inputs, length);
        logits = p.output("logits", batch * length, shape.vocabulary());
        kernels.linear(p, h, model.outputWeights().weight(), logits);
        forward = p.build();
        bytesPerToken = new int[shape.vocabulary()];
        Arrays.fill(bytesPerToken, 1);
        String before = System.getProperty(FALLBACK_MODE, "fast");
        System.setProperty(FALLBACK_MODE, kernels.name().equals("gpu") ? "strict" : before);
        try {
            session.start();
        } finally {
            System.setProperty(FALLBACK_MODE, before);
        }
        model.fillAngles(session);
    }

    public Session session() {
        return session;
    }

    public Transformer model() {
        return model;
    }

    /** Draws the weights and brings them to the device. */
    public void initialise(long seed) {
        model.parameters().initialise(session, seed, model.shape().layers());
        session.upload();
    }

    /** Runs one micro-batch of a step with {@code counted} positions in all; gradients add up. */
    public TokenStatistics train(Batch batch, long counted) {
        TokenStatistics statistics = new TokenStatistics();
        step.run(batch, counted, statistics, bytesPerToken);
        return statistics;
    }

    /** The logits [R, V] of all positions, flat. */
    public float[] logits(Batch batch) {
        inputs.set(forward, batch.tokens(), batch.positions(), SeenKeys.from(batch.starts()));
        forward.run();
        session.fetch(logits);
        return session.segment(logits).toArray(ValueLayout.JAVA_FLOAT);
    }

    /** All weights on the host, to be changed before {@link Session#upload}. */
    public float[] weights() {
        return session.segment(model.parameters().weights()).toArray(ValueLayout.JAVA_FLOAT);
    }

    /** Replaces all weights and sets the gradients to zero, on the device. */
    public void weights(float[] values) {
        fill(model.parameters().weights(), values);
        fill(model.parameters().gradients(), new float[values.length]);
        session.upload();
    }

    /** All gradients, brought from the device. */
    public float[] gradients() {
        Tensor gradients = model.parameters().gradients();
        session.fetch(gradients.arena());
        return session.segment(gradients).toArray(ValueLayout.JAVA_FLOAT);
    }

    private void fill(Tensor tensor, float[] values) {
        session.segment(tensor).copyFrom(MemorySegment.ofArray(values));
    }

    /** The elements of one Hugging Face tensor in an array laid out like the weights. */
    public float[] part(float[] flat, String hfName) {
        for (ParameterLayout.Entry e : model.parameters().layout().entries()) {
            for (ParameterLayout.Part part : e.parts()) {
                if (part.name().equals(hfName)) {
                    int at = e.at() + part.row() * e.columns();
                    return Arrays.copyOfRange(flat, at, at + part.rows() * part.columns());
                }
            }
        }
        throw new IllegalArgumentException("no weight " + hfName);
    }

    /** Puts the elements of one Hugging Face tensor into an array laid out like the weights. */
    public void putPart(float[] flat, String hfName, float[] values) {
        for (ParameterLayout.Entry e : model.parameters().layout().entries()) {
            for (ParameterLayout.Part part : e.parts()) {
                if (part.name().equals(hfName)) {
                    System.arraycopy(values, 0, flat, e.at() + part.row() * e.columns(), values.length);
                    return;
                }
            }
        }
        throw new IllegalArgumentException("no weight " + hfName);
    }

    /** A batch in which every row is one document. */
    public static Batch batch(int rows, int length, int[] tokens, int[] targets) {
        Batch batch = new Batch(rows, length);
        System.arraycopy(tokens, 0, batch.tokens(), 0, tokens.length);
        System.arraycopy(targets, 0, batch.targets(), 0, targets.length);
        Arrays.setAll(batch.positions(), i -> i % length);
        return batch;
    }

    @Override
    public void close() {
        session.close();
    }
}
