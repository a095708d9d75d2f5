package org.llmrlpt.autograd;

import java.util.function.Function;
import org.llmrlpt.device.ProgramBuilder;
import org.llmrlpt.device.Tensor;
import org.llmrlpt.kernels.Kernels;

/**
 * The rotary positions of queries and keys, [R, (H + 2G) D] as one product leaves them with the values. With QK-norm
 * the rotated rows are a tensor of their own, for its gradient needs what was there before; without, they turn in
 * place.
 */
final class Rotation {
    private final Kernels kernels;
    private final ProgramBuilder program;
    private final Tape.Heads heads;
    private final Tape.QkNorm norms;
    private final Tensor positions;
    private final Tensor angles;
    private Tensor queryScale;
    private Tensor keyScale;

    /** {@code norms} is null without QK-norm. */
    Rotation(Kernels kernels, ProgramBuilder program, Tape.Heads heads, Tape.QkNorm norms, Tensor positions,
        Tensor angles) {
        this.kernels = kernels;
        this.program = program;
        this.heads = heads;
        this.norms = norms;
        this.positions = positions;
        this.angles = angles;
    }

    boolean inPlace() {
        return norms == null;
    }

    /** Queries and keys rotated, in the columns they had; the latest call's norms are those of the gradient. */
    Tensor forward(Tensor qkv) {
        int d = heads.width();
        if (inPlace()) {
            kernels.rope(program, both(qkv), positions, angles, both(qkv), d);
            return qkv;
        }
        Tensor rotated = program.activation("rotated", qkv.rows(), both(qkv).columns());
        queryScale = program.activation("query_rstd", qkv.rows(), heads.queries());
        keyScale = program.activation("key_rstd", qkv.rows(), heads.keyValues());
        kernels.qkNormRope(program, queries(qkv), norms.query().weight(), positions, angles, queries(rotated),
            queryScale, d, norms.eps());
        kernels.qkNormRope(program, keys(qkv), norms.key().weight(), positions, angles, keys(rotated), keyScale, d,
            norms.eps());
        return rotated;
    }

    /**
     * Turns the gradients of rotated queries and keys into those of what {@link #forward} was given, in place.
     *
     * @param gradients where the gradients of the norms add up
     */
    void backward(Tensor qkv, Tensor dQkv, Function<Parameter, Tensor> gradients) {
        int d = heads.width();
        if (inPlace()) {
            kernels.ropeBackward(program, both(dQkv), positions, angles, both(dQkv), d);
            return;
        }
        kernels.qkNormRopeBackward(program, queries(qkv), norms.query().weight(), queryScale, positions, angles,
            queries(dQkv), queries(dQkv), gradients.apply(norms.query()), d);
        kernels.qkNormRopeBackward(program, keys(qkv), norms.key().weight(), keyScale, positions, angles, keys(dQkv),
            keys(dQkv), gradients.apply(norms.key()), d);
    }

    Tensor queries(Tensor t) {
        return t.columns(0, heads.queries() * heads.width());
    }

    Tensor keys(Tensor t) {
        return t.columns(heads.queries() * heads.width(), heads.keyValues() * heads.width());
    }

    /** The values, which do not turn; {@code t} has all three. */
    Tensor values(Tensor t) {
        return t.columns((heads.queries() + heads.keyValues()) * heads.width(), heads.keyValues() * heads.width());
    }

    private Tensor both(Tensor t) {
        return t.columns(0, (heads.queries() + heads.keyValues()) * heads.width());
    }
}
