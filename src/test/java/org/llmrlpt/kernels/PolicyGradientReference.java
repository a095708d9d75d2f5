package org.llmrlpt.kernels;

/** The clipped surrogate in double precision, straight from its definition. */
final class PolicyGradientReference {
    private final double[] w;
    private final int[] targets;
    private final float[] tokens;
    private final Surrogate surrogate;
    private final int width;

    PolicyGradientReference(float[] w, int[] targets, float[] tokens, Surrogate surrogate, int width) {
        this.w = Closeness.doubles(w);
        this.targets = targets;
        this.tokens = tokens;
        this.surrogate = surrogate;
        this.width = width;
    }

    /** Statistics of all rows, {@link SurrogateStatistics#COLUMNS} each. */
    double[] statistics(double[] h) {
        return statistics(h, w);
    }

    /** The loss as a function of h. */
    double lossOfH(double[] h) {
        return loss(statistics(h, w));
    }

    /** The loss as a function of the output weights. */
    double lossOfW(double[] h, double[] weights) {
        return loss(statistics(h, weights));
    }

    private static double loss(double[] statistics) {
        double loss = 0;
        for (int at = SurrogateStatistics.LOSS; at < statistics.length; at += SurrogateStatistics.COLUMNS) {
            loss += statistics[at];
        }
        return loss;
    }

    private double[] statistics(double[] h, double[] weights) {
        double[] all = new double[targets.length * SurrogateStatistics.COLUMNS];
        for (int r = 0; r < targets.length; r++) {
            if (targets[r] >= 0) {
                row(logits(h, weights, r), r, all);
            }
        }
        return all;
    }

    private double[] logits(double[] h, double[] weights, int r) {
        double[] z = new double[weights.length / width];
        for (int i = 0; i < z.length; i++) {
            for (int c = 0; c < width; c++) {
                z[i] += h[r * width + c] * weights[i * width + c] / surrogate.temperature();
            }
        }
        return z;
    }

    private void row(double[] z, int r, double[] all) {
        double largest = Double.NEGATIVE_INFINITY;
        for (double v : z) {
            largest = Math.max(largest, v);
        }
        double sum = 0;
        for (double v : z) {
            sum += Math.exp(v - largest);
        }
        double entropy = 0;
        for (double v : z) {
            entropy -= Math.exp(v - largest) / sum * (v - largest - Math.log(sum));
        }
        double logP = z[targets[r]] - largest - Math.log(sum);
        double advantage = tokens[r * SampledTokens.COLUMNS + SampledTokens.ADVANTAGE];
        double weight = tokens[r * SampledTokens.COLUMNS + SampledTokens.WEIGHT];
        double ratio = Math.exp(logP - tokens[r * SampledTokens.COLUMNS + SampledTokens.OLD_LOG_P]);
        double clipped = Math.clamp(ratio, 1.0 - surrogate.clipLow(), 1.0 + surrogate.clipHigh());
        double away = tokens[r * SampledTokens.COLUMNS + SampledTokens.REFERENCE_LOG_P] - logP;
        double k3 = surrogate.kl() == 0 ? 0 : Math.exp(away) - away - 1;
        int at = r * SurrogateStatistics.COLUMNS;
        all[at + SurrogateStatistics.COUNTED] = 1;
        all[at + SurrogateStatistics.LOG_P] = logP;
        all[at + SurrogateStatistics.ENTROPY] = entropy;
        all[at + SurrogateStatistics.RATIO] = ratio;
        all[at + SurrogateStatistics.LOSS] =
            -weight * (Math.min(ratio * advantage, clipped * advantage) - surrogate.kl() * k3);
        all[at + SurrogateStatistics.CLIPPED_LOW] = advantage < 0 && ratio < clipped ? 1 : 0;
        all[at + SurrogateStatistics.CLIPPED_HIGH] = advantage > 0 && ratio > clipped ? 1 : 0;
        all[at + SurrogateStatistics.KL] = k3;
    }
}
