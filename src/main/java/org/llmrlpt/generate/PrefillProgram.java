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
import org.llmrlpt.kernels.SeenKeys;
import org.llmrlpt.nn.TokenInputs;
import org.llmrlpt.nn.Transformer;

/**
 * Fills the cache with the beginnings of prompts: all tokens but the last one, which the first decode step reads. The
 * prompts lie one behind the other in R rows, each a document of its own; rows that are left over go nowhere.
 */
final class PrefillProgram {
    private final int rows;
    private final TokenInputs inputs;
    private final Tensor slots;
    private final Program program;

    /** Records the program for {@code rows} tokens in all. */
    PrefillProgram(Session session, Kernels kernels, Transformer model, KeyValueCache cache, int rows) {
        this.rows = rows;
        ProgramBuilder p = session.program("prefill_" + rows + "_");
        inputs = TokenInputs.of(p, rows);
        slots = p.integerInput("slots", rows);
        ModelShape shape = model.shape();
        int q = shape.queryWidth();
        int kv = shape.kvWidth();
        model.forward(new Tape(kernels, p, false), inputs.tokens(), (layer, qkv, norms) -> {
            Tensor rotated = cache.store(p, layer, qkv, norms, slots, inputs.positions());
            Tensor out = p.activation("attended", rows, q);
            kernels.attention(p, rotated.columns(0, q), rotated.columns(q, kv), qkv.columns(q + kv, kv),
                inputs.seen(), out, p.activation("lse", rows, shape.heads()), rows, shape.headWidth());
            return out;
        });
        program = p.build();
    }

    /** R, how many tokens fit. */
    int rows() {
        return rows;
    }

    /** Fills the slots of sequences whose prompts fit into the rows together. */
    void run(List<Sequence> sequences) {
        int[] tokens = new int[rows];
        int[] positions = new int[rows];
        int[] starts = new int[rows];
        int[] slotOfRow = new int[rows];
        int at = 0;
        for (Sequence s : sequences) {
            int n = s.prefix();
            System.arraycopy(s.prompt(), 0, tokens, at, n);
            Arrays.fill(starts, at, at + n, at);
            Arrays.fill(slotOfRow, at, at + n, s.slot());
            for (int i = 0; i < n; i++) {
                positions[at + i] = i;
            }
            at += n;
        }
        Arrays.fill(slotOfRow, at, rows, -1);
        for (int r = at; r < rows; r++) {
            starts[r] = r;
        }
        inputs.set(program, tokens, positions, SeenKeys.from(starts));
        program.set(slots, slotOfRow);
        program.run();
    }
}
