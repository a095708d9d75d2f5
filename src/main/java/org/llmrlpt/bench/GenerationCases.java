package org.llmrlpt.bench;

import java.util.Arrays;
import java.util.function.IntUnaryOperator;
import org.llmrlpt.config.ModelShape;
import org.llmrlpt.device.ArenaKind;
import org.llmrlpt.device.Tensor;
import org.llmrlpt.kernels.DrawStatistics;
import org.llmrlpt.kernels.Kernels;

/** The primitives of generation, with the shapes that decoding has; every fifth row is idle. */
final class GenerationCases {
    private static final int TOP_K = 50;
    private static final int PLANES = 2;
    private static final int IDLE_EVERY = 5;

    private final Kernels kernels;
    private final CaseRecorder cases;
    private final ModelShape m;
    private final int length;
    private final int rows;

    /** {@code rows} sequences of up to {@code length} tokens are decoded at once, each in a slot of its own. */
    GenerationCases(Kernels kernels, CaseRecorder cases, ModelShape shape, int rows, int length) {
        this.kernels = kernels;
        this.cases = cases;
        this.m = shape;
        this.length = length;
        this.rows = rows;
    }

    /** Records all programs. */
    void record() {
        cache();
        decodeAttention();
        sampling();
    }

    private void cache() {
        Tensor keys = cases.tensor(ArenaKind.CACHE, "keys", rows * length, m.kvWidth());
        Tensor values = cases.tensor(ArenaKind.CACHE, "values", rows * length, m.kvWidth());
        Tensor all = cases.tensor(ArenaKind.CACHE, "planes", PLANES * rows * length, m.kvWidth());
        Tensor k = cases.tensor(ArenaKind.CONSTANTS, "k", rows, m.kvWidth());
        Tensor v = cases.tensor(ArenaKind.CONSTANTS, "v", rows, m.kvWidth());
        String shape = rows + " of " + length + " x " + m.kvWidth();
        cases.add("cache store", shape, p -> {
            Tensor slots = p.integerInput("slots", rows);
            Tensor positions = p.integerInput("positions", rows);
            kernels.cacheStore(p, k, v, slots, positions, keys, values, length);
            return program -> {
                program.set(slots, ints(this::slot));
                program.set(positions, ints(this::position));
            };
        });
        cases.add("cache copy", shape, p -> {
            Tensor sources = p.integerInput("sources", rows);
            Tensor counts = p.integerInput("counts", rows);
            kernels.cacheCopy(p, sources, counts, all, length);
            return program -> {
                program.set(sources, new int[rows]);
                program.set(counts, ints(i -> i == 0 ? 0 : position(i)));
            };
        });
    }

    private void decodeAttention() {
        Tensor keys = cases.tensor(ArenaKind.CACHE, "keys", rows * length, m.kvWidth());
        Tensor values = cases.tensor(ArenaKind.CACHE, "values", rows * length, m.kvWidth());
        Tensor q = cases.tensor(ArenaKind.CONSTANTS, "q", rows, m.queryWidth());
        Tensor out = cases.tensor(ArenaKind.CONSTANTS, "decoded", rows, m.queryWidth());
        cases.add("decode attention", rows + " x " + m.heads() + " heads of " + m.headWidth(), p -> {
            Tensor slots = p.integerInput("slots", rows);
            Tensor positions = p.integerInput("positions", rows);
            kernels.decodeAttention(p, q, keys, values, slots, positions, out, length, m.headWidth());
            return program -> {
                program.set(slots, ints(this::slot));
                program.set(positions, ints(this::position));
            };
        });
    }

    private void sampling() {
        Tensor logits = cases.tensor(ArenaKind.CONSTANTS, "logits", rows, m.vocabulary());
        Tensor drawn = cases.tensor(ArenaKind.INTEGERS, "drawn", 1, rows);
        Tensor next = cases.tensor(ArenaKind.INTEGERS, "next", 1, rows);
        Tensor statistics = cases.output("draws", rows, DrawStatistics.COLUMNS);
        cases.add("sample", rows + " x " + m.vocabulary(), p -> {
            Tensor slots = p.integerInput("slots", rows);
            Tensor draws = p.integerInput("draws", 3 * rows);
            Tensor choice = p.integerInput("choice", 3);
            Tensor scales = p.scalarInput("scales", 2);
            kernels.sample(p, logits, slots, draws, choice, scales, m.vocabulary(), drawn, statistics);
            return program -> {
                program.set(slots, ints(this::slot));
                int[] streams = new int[3 * rows];
                Arrays.setAll(streams, i -> i);
                program.set(draws, streams);
                program.set(choice, new int[] {1, 0, TOP_K});
                program.set(scales, 1f, 0.9f);
            };
        });
        cases.add("next tokens", Integer.toString(rows), p -> {
            Tensor slots = p.integerInput("slots", rows);
            Tensor given = p.integerInput("given", rows);
            kernels.nextTokens(p, given, drawn, slots, next);
            return program -> {
                program.set(slots, ints(this::slot));
                program.set(given, ints(i -> i % 2 == 0 ? i : -1));
            };
        });
    }

    private int slot(int row) {
        return row % IDLE_EVERY == IDLE_EVERY - 1 ? -1 : rows - 1 - row;
    }

    private int position(int row) {
        return (7 * row + 3) % length;
    }

    private int[] ints(IntUnaryOperator value) {
        int[] all = new int[rows];
        Arrays.setAll(all, value);
        return all;
    }
}
