package org.llmrlpt.nn;

import java.util.ArrayList;
import java.util.List;
import org.llmrlpt.config.ModelShape;
import org.llmrlpt.config.UserError;

/**
 * Where each weight lies in the parameter arena and which Hugging Face tensors it holds. Matrices come first (they
 * decay), norms last (they do not). Query, key and value projections are one matrix here, and so are gate and up: one
 * product instead of three or two.
 */
public record ParameterLayout(List<Entry> entries, int elements, int decayed, long count) {
    /**
     * A weight matrix.
     *
     * @param name our name, for instance "3.qkv"
     * @param at first element in the arena
     * @param kind how it is initialised
     * @param parts the Hugging Face tensors it holds, one below the other
     */
    public record Entry(String name, int at, int rows, int columns, Kind kind, List<Part> parts) {
    }

    /**
     * A tensor of a Hugging Face checkpoint.
     *
     * @param row first row in the entry
     * @param vector whether the checkpoint has it as [columns] instead of [rows, columns]
     */
    public record Part(String name, int row, int rows, int columns, boolean vector) {
        public long[] fileShape() {
            return vector ? new long[] {columns} : new long[] {rows, columns};
        }
    }

    /** How a weight begins: normal, normal with the smaller deviation of residual branches, or ones. */
    public enum Kind { NORMAL, RESIDUAL, ONES }

    private static final int ALIGNMENT = 16;

    /** The layout of a model. */
    public static ParameterLayout of(ModelShape s) {
        return new Builder().build(s);
    }

    private static final class Builder {
        private final List<Entry> entries = new ArrayList<>();
        private long at;
        private long count;

        ParameterLayout build(ModelShape s) {
            int c = s.width();
            int d = s.headWidth();
            matrix("embedding", c, Kind.NORMAL, "model.embed_tokens.weight", s.vocabulary());
            if (!s.tied()) {
                matrix("head", c, Kind.NORMAL, "lm_head.weight", s.vocabulary());
            }
            for (int l = 0; l < s.layers(); l++) {
                String hf = "model.layers." + l + ".";
                int q = s.heads() * d;
                int kv = s.kvHeads() * d;
                add(l + ".qkv", c, Kind.NORMAL, List.of(
                    new Part(hf + "self_attn.q_proj.weight", 0, q, c, false),
                    new Part(hf + "self_attn.k_proj.weight", q, kv, c, false),
                    new Part(hf + "self_attn.v_proj.weight", q + kv, kv, c, false)));
                matrix(l + ".o", q, Kind.RESIDUAL, hf + "self_attn.o_proj.weight", c);
                add(l + ".gate_up", c, Kind.NORMAL, List.of(
                    new Part(hf + "mlp.gate_proj.weight", 0, s.ffn(), c, false),
                    new Part(hf + "mlp.up_proj.weight", s.ffn(), s.ffn(), c, false)));
                matrix(l + ".down", s.ffn(), Kind.RESIDUAL, hf + "mlp.down_proj.weight", c);
            }
            long decayed = at;
            for (int l = 0; l < s.layers(); l++) {
                String hf = "model.layers." + l + ".";
                vector(l + ".attention_norm", c, hf + "input_layernorm.weight");
                vector(l + ".feed_forward_norm", c, hf + "post_attention_layernorm.weight");
                if (s.qkNorm()) {
                    vector(l + ".q_norm", d, hf + "self_attn.q_norm.weight");
                    vector(l + ".k_norm", d, hf + "self_attn.k_norm.weight");
                }
            }
            vector("norm", c, "model.norm.weight");
            return new ParameterLayout(List.copyOf(entries), Math.toIntExact(at), Math.toIntExact(decayed), count);
        }

        private void matrix(String name, int columns, Kind kind, String hfName, int rows) {
            add(name, columns, kind, List.of(new Part(hfName, 0, rows, columns, false)));
        }

        private void vector(String name, int n, String hfName) {
            add(name, n, Kind.ONES, List.of(new Part(hfName, 0, 1, n, true)));
        }

        private void add(String name, int columns, Kind kind, List<Part> parts) {
            int rows = parts.stream().mapToInt(Part::rows).sum();
            long size = (long) rows * columns;
            if (at + size > Integer.MAX_VALUE - 64) {
                throw new UserError("the model has more than 2^31 weights, more than one TornadoVM "
                    + "array holds: choose a smaller model");
            }
            entries.add(new Entry(name, (int) at, rows, columns, kind, parts));
            count += size;
            at += (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        }
    }
}
