package org.llmrlpt.autograd;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.llmrlpt.device.ProgramBuilder;
import org.llmrlpt.device.Tensor;
import org.llmrlpt.kernels.Kernels;
import org.llmrlpt.kernels.RowStatistics;
import org.llmrlpt.kernels.Shaping;
import org.llmrlpt.kernels.Surrogate;
import org.llmrlpt.kernels.SurrogateStatistics;

/**
 * Reverse-mode differentiation at record time. Every operation appends its forward tasks to the program and, when the
 * tape trains, remembers how to append its backward tasks; {@link #backward()} appends those in reverse. The tape runs
 * once: what it leaves is a program that is executed thousands of times.
 *
 * <p>What is cheap to compute is not kept for the backward pass but computed again there, by the same arithmetic and so
 * with the same bits. Normed rows and SwiGLU come out of their own backward tasks, in the place of their gradients; the
 * products that read normed rows have put off the gradients of their weights until then. Rotated queries and keys are
 * rotated once more. {@link #checkpoint} computes whole layers again.
 *
 * <p>R is rows (batch times length), see {@link Kernels} for the other letters.
 */
public final class Tape {
    private final Kernels kernels;
    private final ProgramBuilder program;
    private final Deque<Runnable> backward = new ArrayDeque<>();
    private final Map<Tensor, Tensor> gradients = new IdentityHashMap<>();
    /** By tensor that was not kept: the products of it whose weights have no gradient yet. */
    private final Map<Tensor, List<Product>> waiting = new IdentityHashMap<>();
    private final Set<Parameter> begun = new HashSet<>();
    private final Function<Parameter, Optional<Tensor>> packed;
    private boolean training;

    /** A tape that trains keeps what the backward pass needs; one that does not lets activations die early. */
    public Tape(Kernels kernels, ProgramBuilder program, boolean training) {
        this(kernels, program, training, _ -> Optional.empty());
    }

    /** A tape that does not train; {@code packed} gives the packed copies of weights that have one. */
    public Tape(Kernels kernels, ProgramBuilder program, Function<Parameter, Optional<Tensor>> packed) {
        this(kernels, program, false, packed);
    }

    private Tape(Kernels kernels, ProgramBuilder program, boolean training,
        Function<Parameter, Optional<Tensor>> packed) {
        this.kernels = kernels;
        this.program = program;
        this.training = training;
        this.packed = packed;
    }

    /** Appends the backward tasks of everything recorded so far, last operation first. */
    public void backward() {
        backwardTo(0);
    }

    private void backwardTo(int remembered) {
        while (backward.size() > remembered) {
            backward.pop().run();
        }
    }

    /**
     * A part of the model of which only the input is kept: the backward pass runs its forward tasks again, just before
     * its backward tasks. {@code part} must give the same tasks each time and may read no other activation.
     */
    public Tensor checkpoint(Tensor x, UnaryOperator<Tensor> part) {
        if (!training) {
            return part.apply(x);
        }
        training = false;
        Tensor y = part.apply(x);
        training = true;
        backward.push(() -> {
            int before = backward.size();
            gradients.put(part.apply(x), gradient(y));
            backwardTo(before);
        });
        return y;
    }

    /** Rows of a table: tokens int [1, R], table [V, C] to [R, C]. */
    public Tensor embedding(Parameter table, Tensor tokens) {
        Tensor out = activation("embedded", tokens.columns(), table.weight().columns());
        kernels.embedding(program, table.weight(), tokens, out);
        return record(out, () -> kernels.embeddingBackward(program, tokens, gradient(out), gradient(table)));
    }

    /** x wᵀ: x [R, K], w [N, K] to [R, N]. */
    public Tensor linear(Tensor x, Parameter w) {
        Tensor y = product(x, w);
        return record(y, () -> productBackward(x, w, gradient(y)));
    }

    private Tensor product(Tensor x, Parameter w) {
        Tensor y = activation("linear", x.rows(), w.weight().rows());
        packed.apply(w).ifPresentOrElse(copy -> kernels.linearPacked(program, x, copy, y),
            () -> kernels.linear(program, x, w.weight(), y));
        return y;
    }

    /** The residual connection x + h wᵀ: x [R, N], h [R, K], w [N, K]. The sum's gradient serves as that of x too. */
    public Tensor linearResidual(Tensor x, Tensor h, Parameter w) {
        Tensor y = sum(x, h, w);
        return record(y, () -> {
            residualBackward(x, y);
            productBackward(h, w, gradient(y));
        });
    }

    private Tensor sum(Tensor x, Tensor h, Parameter w) {
        Tensor y = activation("sum", x.rows(), x.columns());
        packed.apply(w).ifPresentOrElse(copy -> {
            kernels.linearPacked(program, h, copy, y);
            kernels.add(program, x, y, y);
        }, () -> kernels.linearAdd(program, h, w.weight(), x, y));
        return y;
    }

    private void residualBackward(Tensor x, Tensor y) {
        if (gradients.putIfAbsent(x, gradient(y)) != null) {
            throw new IllegalStateException(x + " is used after the residual that adds to it");
        }
    }

    private void productBackward(Tensor x, Parameter w, Tensor dY) {
        Product product = new Product(dY, w);
        accumulate(x, (dX, add) -> kernels.linearBackwardInput(program, dY, w.weight(), dX, add));
        if (waiting.containsKey(x)) {
            waiting.get(x).add(product);
        } else {
            weightGradient(product, x);
        }
    }

    private void weightGradient(Product product, Tensor x) {
        boolean adds = !isWholeAndNew(product.w);
        kernels.linearBackwardWeight(program, product.dY, x, gradient(product.w), adds);
    }

    /** x / rms(x) · w by row: x [R, C], w [1, C]. */
    public Tensor rmsNorm(Tensor x, Parameter w, float eps) {
        Tensor y = activation("normed", x.rows(), x.columns());
        Tensor rstd = activation("rstd", 1, x.rows());
        kernels.rmsNorm(program, x, w.weight(), y, rstd, eps);
        return recordNotKept(y, dY -> accumulate(x, (dX, add) ->
            kernels.rmsNormBackward(program, x, w.weight(), rstd, dY, dX, gradient(w), dY, add)));
    }

    /**
     * The feed-forward network with its residual, x + (silu(gate) up) downᵀ, where gate and up are the halves of
     * h gateUpᵀ: x and h [R, C], gateUp [2F, C], down [C, F].
     */
    public Tensor feedForward(Tensor x, Tensor h, Parameter gateUp, Parameter down) {
        Tensor both = product(h, gateUp);
        Tensor out = activation("swiglu", h.rows(), down.weight().columns());
        kernels.swiGlu(program, both, out);
        Tensor y = sum(x, out, down);
        return record(y, () -> {
            residualBackward(x, y);
            Tensor dOut = activation("d_swiglu", h.rows(), down.weight().columns());
            kernels.linearBackwardInput(program, gradient(y), down.weight(), dOut, false);
            // The gradient takes the place of what nothing reads after it: it is the largest tensor of a layer.
            kernels.swiGluBackward(program, both, dOut, both, dOut);
            weightGradient(new Product(gradient(y), down), dOut);
            productBackward(h, gateUp, both);
        });
    }

    /**
     * Grouped-query attention with rotary positions: qkv [R, (H + 2G) D] to [R, H D]. Queries and keys are rotated
     * (after QK-norm where the norms are given), values are used as they are. Without QK-norm they rotate in place.
     *
     * @param norms weights of the query and key norms; null without QK-norm
     * @param positions int [1, R]
     * @param seen int [1, R · SeenKeys.COLUMNS], see {@link org.llmrlpt.kernels.SeenKeys}
     * @param angles [maxLength, D], see {@link Kernels#rope}
     */
    public Tensor attention(Tensor qkv, Heads heads, QkNorm norms, Tensor positions, Tensor seen, Tensor angles,
        int length) {
        int d = heads.width();
        Rotation rotation = new Rotation(kernels, program, heads, norms, positions, angles);
        Tensor rotated = rotation.forward(qkv);
        Tensor out = activation("attended", qkv.rows(), heads.queries() * d);
        Tensor lse = activation("lse", qkv.rows(), heads.queries());
        kernels.attention(program, rotation.queries(rotated), rotation.keys(rotated), rotation.values(qkv), seen, out,
            lse, length, d);
        return record(out, () -> accumulate(qkv, (dQkv, add) -> {
            requireFresh(add, qkv);
            Tensor turned = rotation.inPlace() ? qkv : rotation.forward(qkv);
            kernels.attentionBackward(program, rotation.queries(turned), rotation.keys(turned), rotation.values(qkv),
                seen, out, lse, gradient(out), rotation.queries(dQkv), rotation.keys(dQkv), rotation.values(dQkv),
                length, d);
            rotation.backward(qkv, dQkv, this::gradient);
        }));
    }

    /**
     * The fused policy head: statistics of every row and, on a tape that trains, the gradients of h and w at once.
     *
     * @return the statistics, [R, {@link RowStatistics#COLUMNS}], an output of the program
     */
    public Tensor policyHead(Tensor h, Parameter w, Tensor targets, Tensor scale, Shaping shaping) {
        Tensor statistics = program.output("statistics", h.rows(), RowStatistics.COLUMNS);
        if (!training) {
            kernels.policyHead(program, h, w.weight(), targets, scale, shaping, statistics, null, null, false);
            return statistics;
        }
        Tensor dH = activation("d_" + h.name(), h.rows(), h.columns());
        boolean adds = !isWholeAndNew(w);
        kernels.policyHead(program, h, w.weight(), targets, scale, shaping, statistics, dH, gradient(w), adds);
        gradients.put(h, dH);
        return statistics;
    }

    /**
     * The policy-gradient head: statistics of every row and, on a tape that trains, the gradients of h and w at once.
     *
     * @return the statistics, [R, {@link SurrogateStatistics#COLUMNS}], an output of the program
     */
    public Tensor policyGradient(Tensor h, Parameter w, Tensor targets, Tensor tokens, Surrogate surrogate) {
        Tensor statistics = program.output("statistics", h.rows(), SurrogateStatistics.COLUMNS);
        if (!training) {
            kernels.policyGradient(program, h, w.weight(), targets, tokens, surrogate, statistics, null, null, false);
            return statistics;
        }
        Tensor dH = activation("d_" + h.name(), h.rows(), h.columns());
        boolean adds = !isWholeAndNew(w);
        kernels.policyGradient(program, h, w.weight(), targets, tokens, surrogate, statistics, dH, gradient(w), adds);
        gradients.put(h, dH);
        return statistics;
    }

    /** How many heads there are and how wide they are. */
    public record Heads(int queries, int keyValues, int width) {
    }

    /** Weights [1, D] of the norms that queries and keys pass before they rotate. */
    public record QkNorm(Parameter query, Parameter key, float eps) {
    }

    /** What the gradient of a linear product's weights is made of, besides the input. */
    private record Product(Tensor dY, Parameter w) {
    }

    private interface GradientWriter {
        void write(Tensor gradient, boolean accumulate);
    }

    /** Lets {@code writer} write the gradient of x, or add to what later operations left there. */
    private void accumulate(Tensor x, GradientWriter writer) {
        Tensor existing = gradients.get(x);
        if (existing != null) {
            requireUnread(existing);
            writer.write(existing, true);
        } else {
            Tensor fresh = activation("d_" + x.name(), x.rows(), x.columns());
            gradients.put(x, fresh);
            writer.write(fresh, false);
        }
    }

    /** A residual may have made a gradient that is about to change that of a product as well. */
    private void requireUnread(Tensor gradient) {
        if (waiting.values().stream().flatMap(List::stream).anyMatch(product -> product.dY == gradient)) {
            throw new IllegalStateException(gradient + " changes while the gradient of weights waits for it");
        }
    }

    private static void requireFresh(boolean accumulates, Tensor x) {
        if (accumulates) {
            throw new IllegalStateException(x + " has a second user, but its gradient can only be written once");
        }
    }

    /**
     * Whether the first to write a gradient writes all that is to be cleared, and now does so; to be asked before
     * {@link #gradient(Parameter)}, which else clears it.
     */
    private boolean isWholeAndNew(Parameter w) {
        return w.cleared() != null && w.cleared().size() == w.gradient().size() && begun.add(w);
    }

    /** Where the gradient of w adds up; zero before the first use on this tape. */
    private Tensor gradient(Parameter w) {
        if (w.cleared() != null && begun.add(w)) {
            kernels.zero(program, w.cleared());
        }
        return w.gradient();
    }

    private Tensor gradient(Tensor y) {
        Tensor dY = gradients.get(y);
        if (dY == null) {
            throw new IllegalStateException("nothing depends on " + y + ": it has no gradient");
        }
        return dY;
    }

    private Tensor activation(String name, int rows, int columns) {
        return program.activation(name, rows, columns);
    }

    private Tensor record(Tensor result, Runnable backwardTasks) {
        if (training) {
            backward.push(backwardTasks);
        }
        return result;
    }

    /**
     * Records an operation whose result is not kept.
     *
     * @param backwardTasks gets the gradient of {@code y} and leaves y itself in its place
     */
    private Tensor recordNotKept(Tensor y, Consumer<Tensor> backwardTasks) {
        if (training) {
            waiting.put(y, new ArrayList<>());
        }
        return record(y, () -> {
            Tensor place = gradient(y);
            requireUnread(place);
            backwardTasks.accept(place);
            waiting.remove(y).forEach(product -> weightGradient(product, place));
        });
    }
}
