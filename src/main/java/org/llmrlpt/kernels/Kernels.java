package org.llmrlpt.kernels;

import org.llmrlpt.device.ProgramBuilder;
import org.llmrlpt.device.Tensor;

/**
 * The primitives. Each method appends to a program the task or tasks that compute it. R is rows (batch B times length
 * T, sequence by sequence), C model width, H query heads, G key/value heads, D head width, F feed-forward width, V
 * vocabulary. All matrices are row-major; a tensor may be a view with a row stride where "strided" is said. dX is the
 * gradient of X. "accumulates" means +=; everything else overwrites.
 */
public interface Kernels {
    /** "cpu" or "gpu". */
    String name();

    /** How matrices are multiplied, for people: the numbers and the method. */
    String products();

    /** Whether tensor cores multiply them. */
    default boolean usesTensorCores() {
        return false;
    }

    /** out[r] = table[token[r]]; table [V, C], tokens int [1, R], out [R, C]. */
    void embedding(ProgramBuilder p, Tensor table, Tensor tokens, Tensor out);

    /** dTable[token[r]] accumulates dOut[r], in the order of r whatever the threads. */
    void embeddingBackward(ProgramBuilder p, Tensor tokens, Tensor dOut, Tensor dTable);

    /** y = x wᵀ; x [R, K] strided, w [N, K], y [R, N] strided. */
    void linear(ProgramBuilder p, Tensor x, Tensor w, Tensor y);

    /** y = residual + x wᵀ: {@link #linear}, then {@link #add}; residual and y [R, N], not the same. */
    default void linearAdd(ProgramBuilder p, Tensor x, Tensor w, Tensor residual, Tensor y) {
        linear(p, x, w, y);
        add(p, residual, y, y);
    }

    /**
     * Floats of a copy of w [N, K] from which {@link #linearPacked} multiplies few rows faster than {@link #linear};
     * 0 if these kernels have no use for one.
     */
    default long packedFloats(Tensor w) {
        return 0;
    }

    /** Makes that copy: packed [1, {@link #packedFloats}] of w [N, K]. */
    default void pack(ProgramBuilder p, Tensor w, Tensor packed) {
        throw new UnsupportedOperationException(name() + " packs no weights");
    }

    /** y = x wᵀ to the same bits as {@link #linear}, from the copy of w; x [R, K] strided, y [R, N] strided. */
    default void linearPacked(ProgramBuilder p, Tensor x, Tensor packed, Tensor y) {
        throw new UnsupportedOperationException(name() + " packs no weights");
    }

    /** dX = dY w, or accumulates it; dY [R, N] strided, w [N, K], dX [R, K] strided. */
    void linearBackwardInput(ProgramBuilder p, Tensor dY, Tensor w, Tensor dX, boolean accumulate);

    /** dW = dYᵀ x, or accumulates it; dY [R, N] strided, x [R, K] strided, dW [N, K]. */
    void linearBackwardWeight(ProgramBuilder p, Tensor dY, Tensor x, Tensor dW, boolean accumulate);

    /** rstd[r] = 1/sqrt(mean(x[r]²) + eps), y = x rstd w; x, y [R, C], w [1, C], rstd [1, R]. */
    void rmsNorm(ProgramBuilder p, Tensor x, Tensor w, Tensor y, Tensor rstd, float eps);

    /**
     * With x̂ = x rstd and g = dY w: dX = rstd (g - x̂ mean(g x̂)), or accumulates it; dW accumulates sum over r of
     * dY x̂, in an order that does not depend on the threads. y is computed again, with the same bits (may be dY).
     */
    void rmsNormBackward(ProgramBuilder p, Tensor x, Tensor w, Tensor rstd, Tensor dY, Tensor dX, Tensor dW, Tensor y,
        boolean accumulate);

    /**
     * Rotary position embedding of heads: within each head of D columns the pairs (i, i + D/2) turn by the angle of the
     * row's position. x, y [R, heads·D] strided (y may be x), positions int [1, R], angles [maxLength, D]: cosines in
     * the first D/2 columns, sines in the others.
     */
    void rope(ProgramBuilder p, Tensor x, Tensor positions, Tensor angles, Tensor y, int headWidth);

    /** dX = dY turned back; dX may be dY. Shapes as in {@link #rope}. */
    void ropeBackward(ProgramBuilder p, Tensor dY, Tensor positions, Tensor angles, Tensor dX, int headWidth);

    /**
     * QK-norm, then RoPE: each head of x is RMS-normalised over its D columns and scaled by w [1, D] before it turns.
     * rstd [R, heads] is kept for the backward pass; y may not be x.
     */
    void qkNormRope(ProgramBuilder p, Tensor x, Tensor w, Tensor positions, Tensor angles, Tensor y, Tensor rstd,
        int headWidth, float eps);

    /** Backward of {@link #qkNormRope}: dX overwritten (may be dY), dW accumulates. */
    void qkNormRopeBackward(ProgramBuilder p, Tensor x, Tensor w, Tensor rstd, Tensor positions, Tensor angles,
        Tensor dY, Tensor dX, Tensor dW, int headWidth);

    /**
     * Causal grouped-query attention inside documents: in each sequence of {@code length} rows, row t of head h sees
     * those keys up to t of head h/(H/G) that {@link SeenKeys} names; scale 1/sqrt(D). Online softmax: no length x
     * length matrix in memory. q [R, H·D] strided, k and v [R, G·D] strided, seen int [1, R·SeenKeys.COLUMNS], out
     * [R, H·D] strided, lse [R, H] = log-sum-exp of the scaled scores.
     */
    void attention(ProgramBuilder p, Tensor q, Tensor k, Tensor v, Tensor seen, Tensor out, Tensor lse, int length,
        int headWidth);

    /** Backward of {@link #attention}: dQ, dK, dV overwritten, strided like q, k, v. */
    void attentionBackward(ProgramBuilder p, Tensor q, Tensor k, Tensor v, Tensor seen, Tensor out, Tensor lse,
        Tensor dOut, Tensor dQ, Tensor dK, Tensor dV, int length, int headWidth);

    /** out = silu(gate) up; gateUp [R, 2F]: gate in the first F columns, up in the others; out [R, F]. */
    void swiGlu(ProgramBuilder p, Tensor gateUp, Tensor out);

    /**
     * Backward of {@link #swiGlu}: dGateUp overwritten (may be gateUp); out is computed again, with the same bits (may
     * be dOut).
     */
    void swiGluBackward(ProgramBuilder p, Tensor gateUp, Tensor dOut, Tensor dGateUp, Tensor out);

    /** y = a + b, all [R, C]; y may be a or b. */
    void add(ProgramBuilder p, Tensor a, Tensor b, Tensor y);

    /** x = 0; contiguous. */
    void zero(ProgramBuilder p, Tensor x);

    /**
     * The policy-gradient head: log-probabilities l of sampled tokens under softmax(h wᵀ / temperature), the clipped
     * surrogate of GRPO and, if dH and dW are given, its gradient. With the token's weight m, advantage A, ratio =
     * exp(l - l when drawn): L = -sum over rows with a target of m (min(ratio A, clip(ratio) A) - kl k3), and
     * dL/dz_i = dL/dl (1[i = x] - p_i) / temperature. Logits exist for a chunk of rows at a time only.
     *
     * @param h [R, C]
     * @param w [V, C]
     * @param targets int [1, R], the sampled tokens; -1: the row (of a prompt, or padding) does not count
     * @param tokens [R, SampledTokens.COLUMNS], what the host knows about them
     * @param statistics [R, SurrogateStatistics.COLUMNS]
     * @param dH [R, C], overwritten; null for evaluation
     * @param dW [V, C]; null for evaluation
     * @param accumulate whether the gradient is added to what dW holds
     */
    void policyGradient(ProgramBuilder p, Tensor h, Tensor w, Tensor targets, Tensor tokens, Surrogate surrogate,
        Tensor statistics, Tensor dH, Tensor dW, boolean accumulate);

    /**
     * The policy head (paper, Eq. 10–13): logits h wᵀ, their statistics and, if dH and dW are given, the gradient of
     * the loss L = -scale · sum of J over rows with a target: dL/dz_i = -scale (p_i r_i - p_i J), the target's
     * component as
     * -scale (w (1 - p_x) - p_x O). Logits exist for a chunk of rows at a time only.
     *
     * @param h [R, C]
     * @param w [V, C]
     * @param targets int [1, R]; -1: the row does not count
     * @param scale [1, 1], a step scalar: 1 / number of counted positions of the whole step
     * @param statistics [R, RowStatistics.COLUMNS]
     * @param dH [R, C], overwritten; null for evaluation
     * @param dW [V, C]; null for evaluation
     * @param accumulate whether the gradient is added to what dW holds
     */
    void policyHead(ProgramBuilder p, Tensor h, Tensor w, Tensor targets, Tensor scale, Shaping shaping,
        Tensor statistics, Tensor dH, Tensor dW, boolean accumulate);

    /**
     * The tokens that a decode step reads: out[r] = given[r] where that is a token, else the one that the last step
     * drew for slot slots[r]; 0 in rows without a slot.
     *
     * @param given int [1, R]; -1: go on with the drawn token
     * @param drawn int [1, S], as {@link #sample} leaves it
     * @param slots int [1, R], each slot in one row at most; -1: the row is idle
     * @param out int [1, R]
     */
    void nextTokens(ProgramBuilder p, Tensor given, Tensor drawn, Tensor slots, Tensor out);

    /**
     * Puts keys and values into the cache: row r goes to row slots[r] · L + positions[r]; idle rows, slot -1, go
     * nowhere. k, v [R, G·D] strided, slots and positions int [1, R], keys and values [S·L, G·D], with
     * L = {@code length} rows for each slot.
     */
    void cacheStore(ProgramBuilder p, Tensor k, Tensor v, Tensor slots, Tensor positions, Tensor keys, Tensor values,
        int length);

    /**
     * Copies the first rows of slots: of every plane, keys and values of all layers, slot s gets the first counts[s]
     * rows of slot sources[s], which is no slot that gets rows itself.
     *
     * @param sources int [1, S]
     * @param counts int [1, S]; 0: the slot stays as it is
     * @param cache [planes·S·L, G·D]
     */
    void cacheCopy(ProgramBuilder p, Tensor sources, Tensor counts, Tensor cache, int length);

    /**
     * Attention of one query for each running sequence over its cached keys and values: row r sees the rows 0 to
     * positions[r] of its slot; idle rows, slot -1, become 0. Heads and scale as in {@link #attention}.
     *
     * @param q [R, H·D] strided
     * @param keys [S·L, G·D], L = {@code length}; {@code values} likewise
     * @param slots int [1, R]; {@code positions} likewise
     * @param out [R, H·D] strided
     */
    void decodeAttention(ProgramBuilder p, Tensor q, Tensor keys, Tensor values, Tensor slots, Tensor positions,
        Tensor out, int length, int headWidth);

    /**
     * Draws a token for each row from softmax(logits · inverse temperature), cut to the k most probable of the first
     * {@code allowed} ids and then to the most probable of these whose mass reaches the share top-p; the larger logit
     * comes first, among equals the lower id, and one token always stays. With k = 1 that is the most probable token.
     * Token i is drawn if the masses of the kept ids up to i are the first to exceed u times the mass of all, where u
     * is the {@link Philox} number of the row.
     *
     * @param logits [R, V]
     * @param slots int [1, R]; -1: the row is idle, its statistics become 0
     * @param draws int [1, 3R]: for each row the stream, low and high half, and the index of the token in it
     * @param choice int [1, 3]: the seed, low and high half, and k (0: all)
     * @param scales [1, 2]: inverse temperature, top-p (1: all)
     * @param allowed ids that may be drawn, at most V
     * @param drawn int [1, S]: gets the token at the row's slot
     * @param statistics [R, {@link DrawStatistics#COLUMNS}]
     */
    void sample(ProgramBuilder p, Tensor logits, Tensor slots, Tensor draws, Tensor choice, Tensor scales, int allowed,
        Tensor drawn, Tensor statistics);

    /**
     * out[0] = norm of all gradients together, out[1] = min(1, maxNorm / (norm + 1e-6)); maxNorm 0 means no clipping
     * (out[1] = 1). gradients is contiguous, out [1, 2].
     */
    void gradientNorm(ProgramBuilder p, Tensor gradients, float maxNorm, Tensor out);

    /**
     * One AdamW step over all parameters: g = gradient · clip[1]; p *= 1 - lr·decay for the first {@code decayed}
     * elements; m = b1 m + (1-b1) g; v = b2 v + (1-b2) g²; p -= lr (m/c1) / (sqrt(v/c2) + eps).
     *
     * @param clip [1, 2] as {@link #gradientNorm} leaves it
     * @param step [1, 3]: lr, c1 = 1 - b1^t, c2 = 1 - b2^t (computed on the host in double)
     */
    void adamW(ProgramBuilder p, Tensor parameters, Tensor gradients, Tensor moment1, Tensor moment2, Tensor clip,
        Tensor step, long decayed, float beta1, float beta2, float eps, float weightDecay);
}
