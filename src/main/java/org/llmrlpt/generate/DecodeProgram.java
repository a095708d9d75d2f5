package org.llmrlpt.generate;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.llmrlpt.autograd.Tape;
import org.llmrlpt.config.ModelShape;
import org.llmrlpt.device.ArenaKind;
import org.llmrlpt.device.Program;
import org.llmrlpt.device.ProgramBuilder;
import org.llmrlpt.device.Session;
import org.llmrlpt.device.Tensor;
import org.llmrlpt.kernels.DrawStatistics;
import org.llmrlpt.kernels.Kernels;
import org.llmrlpt.nn.Transformer;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/**
 * One token more for each of at most R sequences: their newest tokens pass the model, attend to the cache, and the next
 * ones are drawn and kept on the device for the next step.
 */
final class DecodeProgram {
    private final Session session;
    private final int rows;
    private final Optional<PackedWeights> packed;
    private final Tensor given;
    private final Tensor slots;
    private final Tensor positions;
    private final Tensor draws;
    private final Tensor choice;
    private final Tensor scales;
    private final Tensor statistics;
    private final Program program;

    /**
     * Records the program for R = {@code rows} sequences.
     *
     * @param drawn int [1, S], the token that was drawn last in each slot; shared by all decode programs
     * @param allowed ids that may be drawn
     * @param packed copies of the weights to multiply with, where there are any
     */
    DecodeProgram(Session session, Kernels kernels, Transformer model, KeyValueCache cache, Tensor drawn, int allowed,
        int rows, Optional<PackedWeights> packed) {
        this.session = session;
        this.rows = rows;
        this.packed = packed;
        ProgramBuilder p = session.program("decode_" + rows + "_");
        given = p.integerInput("given", rows);
        slots = p.integerInput("slots", rows);
        positions = p.integerInput("positions", rows);
        draws = p.integerInput("draws", 3 * rows);
        choice = p.integerInput("choice", 3);
        scales = p.scalarInput("scales", 2);
        Tensor tokens = session.persistent(ArenaKind.INTEGERS, "decode_" + rows + "_.tokens", 1, rows);
        kernels.nextTokens(p, given, drawn, slots, tokens);
        ModelShape shape = model.shape();
        int q = shape.queryWidth();
        Tape tape = new Tape(kernels, p, w -> packed.map(copies -> copies.of(w)));
        Tensor h = model.forward(tape, tokens, (layer, qkv, norms) -> {
            Tensor rotated = cache.store(p, layer, qkv, norms, slots, positions);
            Tensor out = p.activation("attended", rows, q);
            kernels.decodeAttention(p, rotated.columns(0, q), cache.keys(layer), cache.values(layer), slots, positions,
                out, cache.length(), shape.headWidth());
            return out;
        });
        Tensor logits = tape.linear(h, model.outputWeights());
        statistics = p.output("draws", rows, DrawStatistics.COLUMNS);
        kernels.sample(p, logits, slots, draws, choice, scales, allowed, drawn, statistics);
        program = p.build();
    }

    /** R, how many sequences fit. */
    int rows() {
        return rows;
    }

    /** Copies the weights as they are now, if steps multiply with copies: to be called after every change of them. */
    void refreshWeights() {
        packed.ifPresent(PackedWeights::refresh);
    }

    /** Draws the next token of each sequence and adds it to it. */
    void run(List<Sequence> sequences, Sampling sampling, long seed) {
        int[] tokens = new int[rows];
        int[] slotOfRow = new int[rows];
        int[] position = new int[rows];
        int[] drawOfRow = new int[3 * rows];
        Arrays.fill(slotOfRow, -1);
        for (int r = 0; r < sequences.size(); r++) {
            Sequence s = sequences.get(r);
            tokens[r] = s.given();
            slotOfRow[r] = s.slot();
            position[r] = s.position();
            drawOfRow[3 * r] = (int) s.stream();
            drawOfRow[3 * r + 1] = (int) (s.stream() >> 32);
            drawOfRow[3 * r + 2] = s.count();
        }
        program.set(given, tokens);
        program.set(slots, slotOfRow);
        program.set(positions, position);
        program.set(draws, drawOfRow);
        program.set(choice, new int[] {(int) seed, (int) (seed >> 32), sampling.effectiveTopK()});
        program.set(scales, sampling.inverseTemperature(), (float) sampling.topP());
        program.run();
        session.fetch(statistics);
        FloatArray values = session.floats(statistics);
        for (int r = 0; r < sequences.size(); r++) {
            int at = statistics.offset() + r * DrawStatistics.COLUMNS;
            sequences.get(r).add((int) values.get(at + DrawStatistics.TOKEN),
                values.get(at + DrawStatistics.LOG_PROBABILITY), values.get(at + DrawStatistics.ENTROPY));
        }
    }
}
