package org.llmrlpt.generate;

import org.llmrlpt.autograd.Tape;
import org.llmrlpt.config.ModelShape;
import org.llmrlpt.config.UserError;
import org.llmrlpt.device.ArenaKind;
import org.llmrlpt.device.ProgramBuilder;
import org.llmrlpt.device.Session;
import org.llmrlpt.device.Tensor;
import org.llmrlpt.kernels.Kernels;
import org.llmrlpt.nn.Transformer;

/**
 * Keys, already rotated, and values of all layers: S slots of L rows, one row for each token of the sequence that has
 * the slot. It also records what both programs of generation do with new rows: rotate, and put into the cache.
 */
final class KeyValueCache {
    private final Kernels kernels;
    private final Transformer model;
    private final int slots;
    private final int length;
    private final Tensor all;

    /** Reserves S = {@code slots} slots of L = {@code length} rows. */
    KeyValueCache(Session session, Kernels kernels, Transformer model, int slots, int length) {
        this.kernels = kernels;
        this.model = model;
        this.slots = slots;
        this.length = length;
        ModelShape shape = model.shape();
        long rows = 2L * shape.layers() * slots * length;
        if (rows * shape.kvWidth() > Integer.MAX_VALUE - 64) {
            throw new UserError("the keys and values of " + slots + " sequences of " + length + " tokens are more than"
                + " the 2^31 numbers that one TornadoVM array holds: let fewer sequences run at the same time, or"
                + " shorter ones");
        }
        all = session.persistent(ArenaKind.CACHE, "cache", (int) rows, shape.kvWidth());
    }

    /** S, how many sequences it holds. */
    int slots() {
        return slots;
    }

    /** L, the longest sequence it holds. */
    int length() {
        return length;
    }

    /** [2 layers S L, G D]: plane after plane, the keys of a layer and then its values. */
    Tensor all() {
        return all;
    }

    /** The keys of a layer, [S L, G D]. */
    Tensor keys(int layer) {
        return plane(2 * layer);
    }

    /** The values of a layer, [S L, G D]. */
    Tensor values(int layer) {
        return plane(2 * layer + 1);
    }

    private Tensor plane(int number) {
        return all.rows(number * slots * length, slots * length);
    }

    /**
     * Records what happens to a layer's qkv [R, (H + 2G) D] before its attention: queries and keys rotate, and keys and
     * values go to row positions[r] of slot slots[r].
     *
     * @return the rotated queries and keys, [R, (H + G) D]
     */
    Tensor store(ProgramBuilder p, int layer, Tensor qkv, Tape.QkNorm norms, Tensor slotOfRow, Tensor positions) {
        ModelShape shape = model.shape();
        int d = shape.headWidth();
        int q = shape.queryWidth();
        int kv = shape.kvWidth();
        Tensor rotated = p.activation("rotated", qkv.rows(), q + kv);
        if (norms == null) {
            kernels.rope(p, qkv.columns(0, q + kv), positions, model.angles(), rotated, d);
        } else {
            kernels.qkNormRope(p, qkv.columns(0, q), norms.query().weight(), positions, model.angles(),
                rotated.columns(0, q), p.activation("q_rstd", qkv.rows(), shape.heads()), d, norms.eps());
            kernels.qkNormRope(p, qkv.columns(q, kv), norms.key().weight(), positions, model.angles(),
                rotated.columns(q, kv), p.activation("k_rstd", qkv.rows(), shape.kvHeads()), d, norms.eps());
        }
        kernels.cacheStore(p, rotated.columns(q, kv), qkv.columns(q + kv, kv), slotOfRow, positions, keys(layer),
            values(layer), length);
        return rotated;
    }
}
