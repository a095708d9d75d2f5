package org.llmrlpt.bench;

import static org.llmrlpt.bench.CaseRecorder.nothing;

import java.util.Arrays;
import java.util.function.IntUnaryOperator;
import org.llmrlpt.config.ModelShape;
import org.llmrlpt.config.UserError;
import org.llmrlpt.device.ArenaKind;
import org.llmrlpt.device.Tensor;
import org.llmrlpt.kernels.Kernels;
import org.llmrlpt.kernels.RowStatistics;
import org.llmrlpt.kernels.SampledTokens;
import org.llmrlpt.kernels.SeenKeys;
import org.llmrlpt.kernels.Shaping;
import org.llmrlpt.kernels.Surrogate;
import org.llmrlpt.kernels.SurrogateStatistics;

/**
 * Every primitive as a program of its own, with the shapes that a training step of a model gives it. R is batch times
 * length; the other letters are those of {@link Kernels}.
 */
final class KernelCases {
    private static final Shaping SHAPED = new Shaping(-0.25f, 0f, -0.1f, 100);
    private static final float DECAY = 0.1f;

    private final Kernels kernels;
    private final CaseRecorder cases;
    private final ModelShape m;
    private final int length;
    private final int rows;

    KernelCases(Kernels kernels, CaseRecorder cases, ModelShape shape, int batch, int length) {
        this.kernels = kernels;
        this.cases = cases;
        this.m = shape;
        this.length = length;
        this.rows = batch * length;
    }

    /** Records all programs. */
    void record() {
        products("qkv", m.queryWidth() + 2 * m.kvWidth(), m.width());
        products("o", m.width(), m.queryWidth());
        products("gate and up", 2 * m.ffn(), m.width());
        products("down", m.width(), m.ffn());
        attention();
        rotation();
        if (m.qkNorm()) {
            queriesAndKeys();
        }
        norm();
        swiGlu();
        embedding();
        head("head, cross-entropy", Shaping.CROSS_ENTROPY, true);
        head("head, shaped", SHAPED, true);
        head("head, evaluation", SHAPED, false);
        policyGradient();
        optimizer();
    }

    private void products(String name, int n, int k) {
        String shape = rows + " x " + k + " x " + n;
        Tensor x = tensor(ArenaKind.CONSTANTS, "x", rows, k);
        Tensor y = tensor(ArenaKind.CONSTANTS, "y", rows, n);
        Tensor w = tensor(ArenaKind.PARAMETERS, "w", n, k);
        Tensor dW = tensor(ArenaKind.GRADIENTS, "w", n, k);
        add("linear, " + name, shape, p -> {
            kernels.linear(p, x, w, y);
            return nothing();
        });
        add("linear dX, " + name, shape, p -> {
            kernels.linearBackwardInput(p, y, w, x, false);
            return nothing();
        });
        add("linear dW, " + name, shape, p -> {
            kernels.linearBackwardWeight(p, y, x, dW, false);
            return nothing();
        });
    }

    private void attention() {
        int d = m.headWidth();
        Tensor qkv = tensor(ArenaKind.CONSTANTS, "qkv", rows, m.queryWidth() + 2 * m.kvWidth());
        Tensor dQkv = tensor(ArenaKind.CONSTANTS, "dQkv", rows, qkv.columns());
        Tensor out = tensor(ArenaKind.CONSTANTS, "out", rows, m.queryWidth());
        Tensor dOut = tensor(ArenaKind.CONSTANTS, "dOut", rows, m.queryWidth());
        Tensor lse = tensor(ArenaKind.CONSTANTS, "lse", rows, m.heads());
        String shape = rows / length + " x " + length + ", " + m.heads() + "/" + m.kvHeads() + " heads of " + d;
        add("attention", shape, p -> {
            Tensor seen = p.integerInput("seen", rows * SeenKeys.COLUMNS);
            kernels.attention(p, part(qkv, 0), part(qkv, 1), part(qkv, 2), seen, out, lse, length, d);
            return program -> program.set(seen, new int[rows * SeenKeys.COLUMNS]);
        });
        add("attention backward", shape, p -> {
            Tensor seen = p.integerInput("seen", rows * SeenKeys.COLUMNS);
            kernels.attentionBackward(p, part(qkv, 0), part(qkv, 1), part(qkv, 2), seen, out, lse, dOut,
                part(dQkv, 0), part(dQkv, 1), part(dQkv, 2), length, d);
            return program -> program.set(seen, new int[rows * SeenKeys.COLUMNS]);
        });
    }

    /** Queries, keys or values of a tensor that has all three. */
    private Tensor part(Tensor qkv, int which) {
        return which == 0 ? qkv.columns(0, m.queryWidth())
            : qkv.columns(m.queryWidth() + (which - 1) * m.kvWidth(), m.kvWidth());
    }

    private void rotation() {
        int d = m.headWidth();
        Tensor x = tensor(ArenaKind.CONSTANTS, "out", rows, m.queryWidth());
        Tensor y = tensor(ArenaKind.CONSTANTS, "dOut", rows, m.queryWidth());
        Tensor angles = tensor(ArenaKind.CONSTANTS, "angles", length, d);
        Tensor w = tensor(ArenaKind.PARAMETERS, "w", 1, d);
        Tensor rstd = tensor(ArenaKind.CONSTANTS, "lse", rows, m.heads());
        String shape = rows + " x " + m.heads() + " heads of " + d;
        IntUnaryOperator position = i -> i % length;
        add("rope", shape, p -> {
            Tensor positions = p.integerInput("positions", rows);
            kernels.rope(p, x, positions, angles, y, d);
            return program -> program.set(positions, ints(position));
        });
        add("rope backward", shape, p -> {
            Tensor positions = p.integerInput("positions", rows);
            kernels.ropeBackward(p, x, positions, angles, y, d);
            return program -> program.set(positions, ints(position));
        });
        if (m.qkNorm()) {
            add("qk-norm and rope", shape, p -> {
                Tensor positions = p.integerInput("positions", rows);
                kernels.qkNormRope(p, x, w, positions, angles, y, rstd, d, (float) m.normEps());
                return program -> program.set(positions, ints(position));
            });
            Tensor dW = tensor(ArenaKind.GRADIENTS, "w", 1, d);
            Tensor dX = tensor(ArenaKind.CONSTANTS, "dX", rows, m.queryWidth());
            add("qk-norm and rope backward", shape, p -> {
                Tensor positions = p.integerInput("positions", rows);
                kernels.qkNormRopeBackward(p, x, w, rstd, positions, angles, y, dX, dW, d);
                return program -> program.set(positions, ints(position));
            });
        }
    }

    /** As in a layer: keys right after queries. */
    private void queriesAndKeys() {
        int d = m.headWidth();
        Tensor x = tensor(ArenaKind.CONSTANTS, "qkv", rows, m.queryWidth() + 2 * m.kvWidth());
        Tensor y = tensor(ArenaKind.CONSTANTS, "dQkv", rows, x.columns());
        Tensor angles = tensor(ArenaKind.CONSTANTS, "angles", length, d);
        Tensor w = tensor(ArenaKind.PARAMETERS, "w", 2, d);
        Tensor dW = tensor(ArenaKind.GRADIENTS, "w", 2, d);
        Tensor query = tensor(ArenaKind.CONSTANTS, "lse", rows, m.heads());
        Tensor key = tensor(ArenaKind.CONSTANTS, "key_rstd", rows, m.kvHeads());
        String shape = rows + " x " + m.heads() + "+" + m.kvHeads() + " heads of " + d;
        add("qk-norm and rope, both", shape, p -> {
            Tensor positions = p.integerInput("positions", rows);
            kernels.qkNormRope(p, part(x, 0), w.rows(0, 1), positions, angles, part(y, 0), query, d,
                (float) m.normEps());
            kernels.qkNormRope(p, part(x, 1), w.rows(1, 1), positions, angles, part(y, 1), key, d,
                (float) m.normEps());
            return program -> program.set(positions, ints(i -> i % length));
        });
        add("qk-norm and rope, both backward", shape, p -> {
            Tensor positions = p.integerInput("positions", rows);
            kernels.qkNormRopeBackward(p, part(x, 0), w.rows(0, 1), query, positions, angles, part(y, 0), part(y, 0),
                dW.rows(0, 1), d);
            kernels.qkNormRopeBackward(p, part(x, 1), w.rows(1, 1), key, positions, angles, part(y, 1), part(y, 1),
                dW.rows(1, 1), d);
            return program -> program.set(positions, ints(i -> i % length));
        });
    }

    private void norm() {
        Tensor x = tensor(ArenaKind.CONSTANTS, "x", rows, m.width());
        Tensor y = tensor(ArenaKind.CONSTANTS, "y", rows, m.width());
        Tensor dX = tensor(ArenaKind.CONSTANTS, "dX", rows, m.width());
        Tensor w = tensor(ArenaKind.PARAMETERS, "w", 1, m.width());
        Tensor dW = tensor(ArenaKind.GRADIENTS, "w", 1, m.width());
        Tensor rstd = tensor(ArenaKind.CONSTANTS, "rstd", 1, rows);
        String shape = rows + " x " + m.width();
        add("rms norm", shape, p -> {
            kernels.rmsNorm(p, x, w, y, rstd, (float) m.normEps());
            return nothing();
        });
        add("rms norm backward", shape, p -> {
            kernels.rmsNormBackward(p, x, w, rstd, y, dX, dW, y, false);
            return nothing();
        });
        add("residual", shape, p -> {
            kernels.add(p, x, y, dX);
            return nothing();
        });
        Tensor normed = tensor(ArenaKind.CONSTANTS, "normed", rows, m.width());
        Tensor h = tensor(ArenaKind.CONSTANTS, "x", rows, m.ffn());
        Tensor down = tensor(ArenaKind.PARAMETERS, "w", m.width(), m.ffn());
        add("linear and residual, down", rows + " x " + m.ffn() + " x " + m.width(), p -> {
            kernels.linearAdd(p, h, down, x, dX);
            return nothing();
        });
        add("residual and rms norm", shape, p -> {
            kernels.add(p, x, y, dX);
            kernels.rmsNorm(p, dX, w, normed, rstd, (float) m.normEps());
            return nothing();
        });
    }

    private void swiGlu() {
        Tensor gateUp = tensor(ArenaKind.CONSTANTS, "y", rows, 2 * m.ffn());
        Tensor dGateUp = tensor(ArenaKind.CONSTANTS, "dY", rows, 2 * m.ffn());
        Tensor out = tensor(ArenaKind.CONSTANTS, "x", rows, m.ffn());
        String shape = rows + " x " + m.ffn();
        add("swiglu", shape, p -> {
            kernels.swiGlu(p, gateUp, out);
            return nothing();
        });
        add("swiglu backward", shape, p -> {
            kernels.swiGluBackward(p, gateUp, out, dGateUp, out);
            return nothing();
        });
    }

    private void embedding() {
        Tensor table = tensor(ArenaKind.PARAMETERS, "w", m.vocabulary(), m.width());
        Tensor dTable = tensor(ArenaKind.GRADIENTS, "w", m.vocabulary(), m.width());
        Tensor x = tensor(ArenaKind.CONSTANTS, "x", rows, m.width());
        String shape = rows + " of " + m.vocabulary() + " x " + m.width();
        add("embedding", shape, p -> {
            Tensor tokens = p.integerInput("tokens", rows);
            kernels.embedding(p, table, tokens, x);
            return program -> program.set(tokens, ints(this::token));
        });
        add("embedding backward", shape, p -> {
            Tensor tokens = p.integerInput("tokens", rows);
            kernels.embeddingBackward(p, tokens, x, dTable);
            return program -> program.set(tokens, ints(this::token));
        });
    }

    private void head(String name, Shaping shaping, boolean gradients) {
        Tensor w = tensor(ArenaKind.PARAMETERS, "w", m.vocabulary(), m.width());
        Tensor dW = tensor(ArenaKind.GRADIENTS, "w", m.vocabulary(), m.width());
        Tensor h = tensor(ArenaKind.CONSTANTS, "x", rows, m.width());
        Tensor dH = tensor(ArenaKind.CONSTANTS, "dX", rows, m.width());
        add(name, rows + " x " + m.width() + " x " + m.vocabulary(), p -> {
            Tensor targets = p.integerInput("targets", rows);
            Tensor scale = p.scalarInput("scale", 1);
            Tensor statistics = cases.output("statistics", rows, RowStatistics.COLUMNS);
            kernels.policyHead(p, h, w, targets, scale, shaping, statistics, gradients ? dH : null,
                gradients ? dW : null, false);
            return program -> {
                program.set(targets, ints(this::token));
                program.set(scale, 1f / rows);
            };
        });
    }

    private void policyGradient() {
        Surrogate surrogate = new Surrogate(0.2f, 0.28f, 0.1f, 0.8f);
        Tensor w = tensor(ArenaKind.PARAMETERS, "w", m.vocabulary(), m.width());
        Tensor dW = tensor(ArenaKind.GRADIENTS, "w", m.vocabulary(), m.width());
        Tensor h = tensor(ArenaKind.CONSTANTS, "x", rows, m.width());
        Tensor dH = tensor(ArenaKind.CONSTANTS, "dX", rows, m.width());
        Tensor known = tensor(ArenaKind.CONSTANTS, "known", rows, SampledTokens.COLUMNS);
        add("head, policy gradient", rows + " x " + m.width() + " x " + m.vocabulary(), p -> {
            Tensor targets = p.integerInput("targets", rows);
            Tensor statistics = cases.output("surrogate", rows, SurrogateStatistics.COLUMNS);
            kernels.policyGradient(p, h, w, targets, known, surrogate, statistics, dH, dW, false);
            return program -> program.set(targets, ints(this::token));
        });
    }

    private void optimizer() {
        if (m.parameters() > Integer.MAX_VALUE) {
            throw new UserError("the model has more than 2^31 weights, more than one TornadoVM array holds: choose a"
                + " smaller model");
        }
        int n = (int) m.parameters();
        Tensor[] state = {tensor(ArenaKind.PARAMETERS, "all", 1, n), tensor(ArenaKind.GRADIENTS, "all", 1, n),
            tensor(ArenaKind.MOMENT1, "all", 1, n), tensor(ArenaKind.MOMENT2, "all", 1, n)};
        String shape = n + " parameters";
        add("gradient norm", shape, p -> {
            kernels.gradientNorm(p, state[1], 1f, cases.output("norm", 1, 2));
            return nothing();
        });
        add("adamw", shape, p -> {
            Tensor step = p.scalarInput("step", 3);
            Tensor clip = tensor(ArenaKind.CONSTANTS, "clip", 1, 2);
            kernels.adamW(p, state[0], state[1], state[2], state[3], clip, step, n, 0.9f, 0.95f, 1e-8f, DECAY);
            return program -> program.set(step, 1e-3f, 1f, 1f);
        });
    }

    private void add(String name, String shape, CaseRecorder.Recorder recorder) {
        cases.add(name, shape, recorder);
    }

    private Tensor tensor(ArenaKind kind, String name, int height, int width) {
        return cases.tensor(kind, name, height, width);
    }

    private int[] ints(IntUnaryOperator value) {
        int[] all = new int[rows];
        Arrays.setAll(all, value);
        return all;
    }

    /** Tokens far apart, as in text. */
    private int token(int i) {
        return Math.floorMod(i * 0x9E3779B1, m.vocabulary());
    }
}
