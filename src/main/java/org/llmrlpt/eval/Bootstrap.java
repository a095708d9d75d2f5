package org.llmrlpt.eval;

import java.util.Arrays;
import org.llmrlpt.random.RandomStream;

/**
 * Means with 95 % bootstrap percentile intervals: the items (problems, seeds) are drawn again with replacement, always
 * with the same stream of random numbers, and the interval holds the middle 95 % of the means. It says how much a
 * figure would vary with other items of the same kind.
 */
public final class Bootstrap {
    private static final int RESAMPLES = 2000;
    private static final double TAIL = 0.025;

    private Bootstrap() {
    }

    /** A figure of an item. */
    @FunctionalInterface
    public interface Values {
        double at(int item, int figure);
    }

    /**
     * The means of several figures, all with the same draws, so that their intervals can be compared.
     *
     * @param items how many; NaN results for none
     * @param figures how many figures each item has
     */
    public static Estimate[] means(int items, int figures, Values values) {
        double[][] all = new double[items][figures];
        double[] mean = new double[figures];
        for (int i = 0; i < items; i++) {
            for (int f = 0; f < figures; f++) {
                all[i][f] = values.at(i, f);
                mean[f] += all[i][f];
            }
        }
        double[][] resampled = items == 0 ? new double[figures][RESAMPLES] : resample(all, figures);
        Estimate[] estimates = new Estimate[figures];
        for (int f = 0; f < figures; f++) {
            Arrays.sort(resampled[f]);
            estimates[f] = items == 0 ? new Estimate(Double.NaN, Double.NaN, Double.NaN)
                : new Estimate(mean[f] / items, resampled[f][(int) (TAIL * RESAMPLES)],
                    resampled[f][(int) ((1 - TAIL) * RESAMPLES) - 1]);
        }
        return estimates;
    }

    /** Sorted by figure: the mean of each draw. */
    private static double[][] resample(double[][] all, int figures) {
        RandomStream random = RandomStream.of(0, "bootstrap");
        double[][] means = new double[figures][RESAMPLES];
        double[] sums = new double[figures];
        for (int r = 0; r < RESAMPLES; r++) {
            Arrays.fill(sums, 0);
            for (int n = 0; n < all.length; n++) {
                double[] item = all[random.nextInt(all.length)];
                for (int f = 0; f < figures; f++) {
                    sums[f] += item[f];
                }
            }
            for (int f = 0; f < figures; f++) {
                means[f][r] = sums[f] / all.length;
            }
        }
        return means;
    }
}
