package org.llmrlpt.train;

import java.util.function.LongConsumer;
import org.llmrlpt.config.DeviceSettings;
import org.llmrlpt.data.Batch;
import org.llmrlpt.data.Windows;
import org.llmrlpt.data.tokenizer.Tokenizer;
import org.llmrlpt.device.Session;
import org.llmrlpt.eval.BatchProgram;
import org.llmrlpt.eval.TokenStatistics;
import org.llmrlpt.kernels.Kernels;
import org.llmrlpt.kernels.Shaping;
import org.llmrlpt.nn.Transformer;

/** The evaluation of a checkpoint on a text. */
public final class TextMeasurement {
    private TextMeasurement() {
    }

    /**
     * Measures a checkpoint.
     *
     * @param windows all of the text that counts, at least one
     * @param rows most windows computed at once
     * @param k of the top-k mass
     * @param progress hears how many windows are done
     */
    public static TokenStatistics of(SavedModel saved, Tokenizer tokenizer, Windows windows, int rows, int k,
        Kernels kernels, DeviceSettings device, LongConsumer progress) {
        Batch batch = new Batch((int) Math.min(rows, windows.count()), windows.length());
        TokenStatistics statistics = new TokenStatistics();
        int[] bytesPerToken = tokenizer.bytesPerToken();
        try (Session session = new Session(device)) {
            Transformer model = saved.reserve(session, windows.length());
            BatchProgram evaluation = BatchProgram.evaluating(session, kernels, model, new Shaping(0, 0, 0, k),
                batch.rows(), windows.length());
            session.memoryPlan().requireFits(device.memoryBytes());
            session.start();
            saved.load(session, model);
            for (long n = 0; n < windows.count(); n += batch.rows()) {
                windows.fill(n, batch);
                evaluation.run(batch, batch.counted(), statistics, bytesPerToken);
                progress.accept(Math.min(windows.count(), n + batch.rows()));
            }
        }
        return statistics;
    }
}
