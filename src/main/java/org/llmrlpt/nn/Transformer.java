package org.llmrlpt.nn;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.llmrlpt.autograd.Parameter;
import org.llmrlpt.autograd.Tape;
import org.llmrlpt.config.ModelShape;
import org.llmrlpt.device.ArenaKind;
import org.llmrlpt.device.Session;
import org.llmrlpt.device.Tensor;

/**
 * A decoder in the style of Qwen3 (with QK-norm) or Llama (without): token embedding, layers of
 * {@code x += attention(norm(x)); x += swiGlu(norm(x))}, a last norm. The logits are left to the policy head.
 */
public final class Transformer {
    private final ModelShape shape;
    private final Parameters parameters;
    private final Parameter embedding;
    private final Parameter head;
    private final Parameter lastNorm;
    private final List<Layer> layers = new ArrayList<>();
    private final Tensor angles;

    private record Layer(Parameter qkv, Parameter o, Parameter gateUp, Parameter down, Parameter attentionNorm,
        Parameter feedForwardNorm, Tape.QkNorm qkNorm) {
    }

    /** With gradients that add up over several runs, if it trains; see the other constructor. */
    public Transformer(ModelShape shape, Session session, boolean trains, int maxLength) {
        this(shape, session, trains ? Parameters.Gradients.OF_SEVERAL_RUNS : Parameters.Gradients.NONE, maxLength);
    }

    /**
     * Reserves the weights, the gradients and the table of rotary angles.
     *
     * @param maxLength longest sequence that any program of the session has
     */
    public Transformer(ModelShape shape, Session session, Parameters.Gradients gradients, int maxLength) {
        this.shape = shape;
        parameters = new Parameters(session, ParameterLayout.of(shape), gradients);
        embedding = parameters.get("embedding");
        head = shape.tied() ? embedding : parameters.get("head");
        lastNorm = parameters.get("norm");
        float eps = (float) shape.normEps();
        for (int l = 0; l < shape.layers(); l++) {
            Tape.QkNorm qkNorm = shape.qkNorm()
                ? new Tape.QkNorm(parameters.get(l + ".q_norm"), parameters.get(l + ".k_norm"), eps) : null;
            layers.add(new Layer(parameters.get(l + ".qkv"), parameters.get(l + ".o"), parameters.get(l + ".gate_up"),
                parameters.get(l + ".down"), parameters.get(l + ".attention_norm"),
                parameters.get(l + ".feed_forward_norm"), qkNorm));
        }
        angles = session.persistent(ArenaKind.CONSTANTS, "angles", maxLength, shape.headWidth());
    }

    /** How a layer's queries meet keys and values: those of a batch of sequences, or those of a cache. */
    @FunctionalInterface
    public interface Attention {
        /**
         * Records the attention of one layer.
         *
         * @param layer its number, from 0
         * @param qkv [R, (H + 2G) D]
         * @param norms weights of the QK-norm; null without
         * @return [R, H D]
         */
        Tensor record(int layer, Tensor qkv, Tape.QkNorm norms);
    }

    /**
     * Records the forward pass of whole sequences up to the last norm.
     *
     * @param in tokens, position of each in its document, and which keys it sees
     * @param length T, rows of a sequence
     * @return [R, C], what the policy head reads
     */
    public Tensor forward(Tape tape, TokenInputs in, int length) {
        return forward(tape, in, length, 0);
    }

    /** As {@link #forward(Tape, TokenInputs, int)}; the first {@code checkpointed} layers keep their input only. */
    public Tensor forward(Tape tape, TokenInputs in, int length, int checkpointed) {
        Tape.Heads heads = new Tape.Heads(shape.heads(), shape.kvHeads(), shape.headWidth());
        return forward(tape, in.tokens(), checkpointed, (layer, qkv, norms) ->
            tape.attention(qkv, heads, norms, in.positions(), in.seen(), angles, length));
    }

    /** Records the forward pass of tokens, int [1, R], up to the last norm, with another attention: [R, C]. */
    public Tensor forward(Tape tape, Tensor tokens, Attention attention) {
        return forward(tape, tokens, 0, attention);
    }

    private Tensor forward(Tape tape, Tensor tokens, int checkpointed, Attention attention) {
        Tensor x = tape.embedding(embedding, tokens);
        for (int l = 0; l < layers.size(); l++) {
            int number = l;
            x = l < checkpointed ? tape.checkpoint(x, input -> forward(tape, number, input, attention))
                : forward(tape, l, x, attention);
        }
        return tape.rmsNorm(x, lastNorm, (float) shape.normEps());
    }

    private Tensor forward(Tape tape, int number, Tensor x, Attention attention) {
        float eps = (float) shape.normEps();
        Layer layer = layers.get(number);
        Tensor qkv = tape.linear(tape.rmsNorm(x, layer.attentionNorm, eps), layer.qkv);
        Tensor attended = attention.record(number, qkv, layer.qkNorm);
        Tensor between = tape.linearResidual(x, attended, layer.o);
        return tape.feedForward(between, tape.rmsNorm(between, layer.feedForwardNorm, eps), layer.gateUp, layer.down);
    }

    /** [maxLength, D]: the rotary angles of all positions that the session's programs have. */
    public Tensor angles() {
        return angles;
    }

    /** [V, C]: the output projection; the embedding itself when they are tied. */
    public Parameter outputWeights() {
        return head;
    }

    /** All weights that rows are multiplied with. */
    public List<Parameter> products() {
        return Stream.concat(layers.stream().flatMap(l -> Stream.of(l.qkv, l.o, l.gateUp, l.down)), Stream.of(head))
            .toList();
    }

    public Parameters parameters() {
        return parameters;
    }

    public ModelShape shape() {
        return shape;
    }

    /**
     * Fills the table of rotary angles on the host, in double: cos and sin of position · base^(-2i/D). Call it between
     * the session's start and its first upload.
     */
    public void fillAngles(Session session) {
        int d = shape.headWidth();
        var table = session.floats(angles);
        for (int t = 0; t < angles.rows(); t++) {
            int row = angles.offset() + t * d;
            for (int i = 0; i < d / 2; i++) {
                double angle = t * Math.pow(shape.ropeBase(), -2.0 * i / d);
                table.set(row + i, (float) Math.cos(angle));
                table.set(row + d / 2 + i, (float) Math.sin(angle));
            }
        }
    }
}
