package org.llmrlpt.kernels.cpu;

import static org.llmrlpt.kernels.cpu.Memory.at;
import static org.llmrlpt.kernels.cpu.Memory.getInt;
import static org.llmrlpt.kernels.cpu.Memory.setFloat;
import static org.llmrlpt.kernels.cpu.Memory.setInt;

import org.llmrlpt.kernels.DrawStatistics;
import org.llmrlpt.kernels.Philox;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** Draws tokens from rows of logits, each row by its own stream of random numbers ({@link SampledRow}). */
public final class SamplingKernels {
    /** Logits of a task, about. */
    private static final int LOGITS_PER_TASK = 1 << 12;
    private static final ThreadLocal<SampledRow> ROW = ThreadLocal.withInitial(SampledRow::new);

    private SamplingKernels() {
    }

    /**
     * For each row of logits [rows, vocabulary] with a slot: a token among the first {@code allowed} ids goes to
     * drawn[slots[r]], and with its statistics to row r of statistics [rows, {@link DrawStatistics#COLUMNS}].
     */
    public static void sample(Strided logits, IntArray ints, int slotsAt, int drawsAt, int choiceAt, FloatArray scales,
        int scalesAt, int allowed, int drawnAt, Strided statistics, int rows, int vocabulary) {
        long numbers = ints.getSegment().address();
        long choice = at(numbers, choiceAt);
        float inverseTemperature = scales.get(scalesAt);
        float topP = scales.get(scalesAt + 1);
        int perTask = Math.max(1, LOGITS_PER_TASK / vocabulary);
        Workers.forEach(Elements.tasks(rows, perTask), task -> {
            for (int r = task * perTask; r < Math.min(rows, (task + 1) * perTask); r++) {
                int slot = getInt(at(numbers, slotsAt + (long) r));
                long to = statistics.row(r);
                if (slot < 0) {
                    Memory.clear(to, DrawStatistics.COLUMNS);
                    continue;
                }
                long draw = at(numbers, drawsAt + 3L * r);
                float u = Philox.uniform(getInt(choice), getInt(choice + 4), getInt(draw), getInt(draw + 4),
                    getInt(draw + 8));
                SampledRow row = ROW.get();
                int token = row.draw(logits.row(r), vocabulary, allowed, inverseTemperature, getInt(choice + 8), topP,
                    u);
                setInt(at(numbers, drawnAt + (long) slot), token);
                setFloat(at(to, DrawStatistics.TOKEN), token);
                setFloat(at(to, DrawStatistics.LOG_PROBABILITY), (float) row.logProbability());
                setFloat(at(to, DrawStatistics.ENTROPY), (float) row.entropy());
            }
        });
    }
}
