package org.llmrlpt.eval;

import org.llmrlpt.device.Session;
import org.llmrlpt.device.Tensor;
import org.llmrlpt.kernels.RowStatistics;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/** Sums of the policy head's row statistics over many positions, in double and in a fixed order. */
public final class TokenStatistics {
    private final double[] sums = new double[RowStatistics.COLUMNS];
    private final double[] squares = new double[RowStatistics.COLUMNS];
    private long bytes;

    /**
     * Adds all rows of a program's statistics.
     *
     * @param statistics [R, COLUMNS], fetched from the device
     * @param targets the tokens that the rows predicted, -1 where none counts
     * @param bytesPerToken length in bytes of each token's text
     */
    public void add(Session session, Tensor statistics, int[] targets, int[] bytesPerToken) {
        FloatArray values = session.floats(statistics);
        int at = statistics.offset();
        for (int r = 0; r < statistics.rows(); r++, at += RowStatistics.COLUMNS) {
            if (values.get(at + RowStatistics.COUNTED) == 0f) {
                continue;
            }
            for (int c = 0; c < RowStatistics.COLUMNS; c++) {
                double v = values.get(at + c);
                sums[c] += v;
                squares[c] += v * v;
            }
            if (targets[r] < bytesPerToken.length) {
                bytes += bytesPerToken[targets[r]];
            }
        }
    }

    /** Positions that count. */
    public long count() {
        return (long) sums[RowStatistics.COUNTED];
    }

    /** Mean of a column of {@link RowStatistics} over the counted positions. */
    public double mean(int column) {
        return sums[column] / sums[RowStatistics.COUNTED];
    }

    /** Standard error of {@link #mean}, positions taken as independent. */
    public double standardError(int column) {
        double n = sums[RowStatistics.COUNTED];
        double mean = sums[column] / n;
        return n < 2 ? Double.NaN : Math.sqrt(Math.max(0, squares[column] / n - mean * mean) / (n - 1));
    }

    /** Mean of -log p of the target, nats per token. */
    public double nll() {
        return mean(RowStatistics.NLL);
    }

    public double perplexity() {
        return Math.exp(nll());
    }

    /** Bits per byte of the text that the targets spell; NaN where they spell none. */
    public double bitsPerByte() {
        return bytes == 0 ? Double.NaN : sums[RowStatistics.NLL] / Math.log(2) / bytes;
    }

    /** Standard error of {@link #bitsPerByte}, the number of bytes taken as given. */
    public double bitsPerByteError() {
        return bytes == 0 ? Double.NaN : standardError(RowStatistics.NLL) * count() / Math.log(2) / bytes;
    }

    public double entropy() {
        return mean(RowStatistics.ENTROPY);
    }
}
