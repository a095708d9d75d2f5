package org.llmrlpt.rl;

import org.llmrlpt.device.Session;
import org.llmrlpt.device.Tensor;
import org.llmrlpt.kernels.SampledTokens;
import org.llmrlpt.kernels.SurrogateStatistics;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/** Sums of the policy-gradient head's row statistics over the micro-batches of an update, in a fixed order. */
final class SurrogateSums {
    private final double[] sums = new double[SurrogateStatistics.COLUMNS];
    private double largestDifference;

    /** Adds a micro-batch's statistics, which have been fetched from the device. */
    void add(Session session, Tensor statistics, PackedBatch batch) {
        FloatArray values = session.floats(statistics);
        for (int r = 0; r < batch.used(); r++) {
            if (batch.targets()[r] < 0) {
                continue;
            }
            int at = statistics.offset() + r * SurrogateStatistics.COLUMNS;
            for (int c = 0; c < sums.length; c++) {
                sums[c] += values.get(at + c);
            }
            double old = batch.known()[r * SampledTokens.COLUMNS + SampledTokens.OLD_LOG_P];
            double difference = Math.abs(values.get(at + SurrogateStatistics.LOG_P) - old);
            largestDifference = Math.max(largestDifference, difference);
        }
    }

    /** Adds another update's sums. */
    void add(SurrogateSums other) {
        for (int c = 0; c < sums.length; c++) {
            sums[c] += other.sums[c];
        }
        largestDifference = Math.max(largestDifference, other.largestDifference);
    }

    /** Tokens that count. */
    long tokens() {
        return (long) sums[SurrogateStatistics.COUNTED];
    }

    double sum(int column) {
        return sums[column];
    }

    /** Mean over the tokens; NaN where there is none. */
    double mean(int column) {
        return sums[column] / sums[SurrogateStatistics.COUNTED];
    }

    /** Largest difference between the log-probability of a token now and when it was drawn. */
    double largestDifference() {
        return largestDifference;
    }
}
