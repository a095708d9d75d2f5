package org.llmrlpt.train;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import org.llmrlpt.config.FileProblem;
import org.llmrlpt.data.Batch;
import org.llmrlpt.data.Windows;
import org.llmrlpt.files.AtomicFolder;
import org.llmrlpt.files.SafetensorsWriter;

/**
 * The beginning of a run for other programs: the initial weights as a Hugging Face folder, and the batches of the first
 * steps, so that they can train the same and compare NLL and gradient norm step by step with metrics.jsonl.
 */
final class Replay {
    private Replay() {
    }

    /**
     * Writes {@code replay/initial} and {@code replay/batches.safetensors} into the run's folder: int64 tensors inputs,
     * targets, positions and starts, [steps, sequences, T]; a target of -1 does not count.
     */
    static void write(Path run, Trainee trainee, Windows windows, int steps, int sequencesPerStep) {
        Path folder = run.resolve("replay");
        long per = (long) sequencesPerStep * windows.length();
        long[] shape = {steps, sequencesPerStep, windows.length()};
        try (Arena arena = Arena.ofConfined()) {
            if (Files.exists(folder)) { // of a run that was killed before its first checkpoint
                AtomicFolder.delete(folder);
            }
            Files.createDirectories(folder);
            Checkpoint.writeModel(folder.resolve("initial"), trainee);
            MemorySegment[] columns = new MemorySegment[4];
            for (int i = 0; i < columns.length; i++) {
                columns[i] = arena.allocate(ValueLayout.JAVA_LONG, steps * per);
            }
            Batch one = new Batch(1, windows.length());
            for (long sequence = 0; sequence < (long) steps * sequencesPerStep; sequence++) {
                windows.fill(sequence, one);
                int[][] parts = {one.tokens(), one.targets(), one.positions(), one.starts()};
                for (int i = 0; i < columns.length; i++) {
                    for (int t = 0; t < windows.length(); t++) {
                        columns[i].setAtIndex(ValueLayout.JAVA_LONG, sequence * windows.length() + t, parts[i][t]);
                    }
                }
            }
            new SafetensorsWriter().longs("inputs", columns[0], 0, shape).longs("targets", columns[1], 0, shape)
                .longs("positions", columns[2], 0, shape).longs("starts", columns[3], 0, shape)
                .write(folder.resolve("batches.safetensors"));
        } catch (IOException e) {
            throw FileProblem.writing(folder, e);
        }
    }
}
