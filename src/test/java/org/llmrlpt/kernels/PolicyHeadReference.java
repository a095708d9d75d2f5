package org.llmrlpt.kernels;

import java.util.Comparator;
import java.util.stream.IntStream;

/** The policy head in double precision, straight from the paper's definition (Eq. 10–13). */
final class PolicyHeadReference {
    final double[] statistics;
    final double[] dH;
    final double[] dW;

    PolicyHeadReference(float[] h, float[] w, int[] targets, double scale, Shaping shaping, int width,
        float[] dWBefore) {
        int vocabulary = w.length / width;
        statistics = new double[targets.length * RowStatistics.COLUMNS];
        dH = new double[h.length];
        dW = Closeness.doubles(dWBefore);
        for (int r = 0; r < targets.length; r++) {
            if (targets[r] < 0) {
                continue;
            }
            double[] z = new double[vocabulary];
            for (int i = 0; i < vocabulary; i++) {
                for (int c = 0; c < width; c++) {
                    z[i] += (double) h[r * width + c] * w[i * width + c];
                }
            }
            double[] dZ = gradient(z, targets[r], scale, shaping, r * RowStatistics.COLUMNS);
            for (int i = 0; i < vocabulary; i++) {
                for (int c = 0; c < width; c++) {
                    dH[r * width + c] += dZ[i] * w[i * width + c];
                    dW[i * width + c] += dZ[i] * h[r * width + c];
                }
            }
        }
    }

    private double[] gradient(double[] z, int x, double scale, Shaping shaping, int at) {
        int n = z.length;
        int k = Math.min(shaping.k(), n);
        int[] ranked = IntStream.range(0, n).boxed()
            .sorted(Comparator.<Integer>comparingDouble(i -> -z[i]).thenComparing(i -> i)).mapToInt(i -> i).toArray();
        boolean[] head = new boolean[n];
        for (int i = 0; i < k; i++) {
            head[ranked[i]] = true;
        }
        double largest = z[ranked[0]];
        double sum = 0;
        double others = 0;
        for (int i = 0; i < n; i++) {
            sum += Math.exp(z[i] - largest);
            others += i == x ? 0 : Math.exp(z[i] - largest);
        }
        double rest = others / sum;
        double w = Math.pow(Math.max(rest, Shaping.ONE_MINUS_P_FLOOR), shaping.beta());
        double rewards = 0;
        double entropy = 0;
        double mass = 0;
        for (int i = 0; i < n; i++) {
            double p = Math.exp(z[i] - largest) / sum;
            rewards += i == x ? 0 : p * (head[i] ? shaping.lambdaHead() : shaping.lambdaTail());
            entropy -= p == 0 ? 0 : p * (i == x ? Math.log1p(-rest) : Math.log(p));
            mass += head[i] ? p : 0;
        }
        double px = Math.exp(z[x] - largest) / sum;
        double[] dZ = new double[n];
        for (int i = 0; i < n; i++) {
            double p = Math.exp(z[i] - largest) / sum;
            double reward = head[i] ? shaping.lambdaHead() : shaping.lambdaTail();
            dZ[i] = i == x ? -scale * (w * rest - px * rewards) : -scale * p * (reward - w - rewards);
        }
        statistics[at + RowStatistics.COUNTED] = 1;
        statistics[at + RowStatistics.OBJECTIVE] = w + rewards;
        statistics[at + RowStatistics.NLL] = -Math.log1p(-rest);
        statistics[at + RowStatistics.ENTROPY] = entropy;
        statistics[at + RowStatistics.TOP_K_MASS] = mass;
        statistics[at + RowStatistics.TARGET_PROBABILITY] = px;
        statistics[at + RowStatistics.RANK_ONE] = ranked[0] == x ? 1 : 0;
        statistics[at + RowStatistics.TARGET_IN_TOP_K] = head[x] ? 1 : 0;
        return dZ;
    }
}
