package org.llmrlpt.kernels.cpu;

import static org.llmrlpt.kernels.cpu.Memory.at;
import static org.llmrlpt.kernels.cpu.Memory.getFloat;
import static org.llmrlpt.kernels.cpu.Memory.setFloat;

import org.llmrlpt.kernels.SampledTokens;
import org.llmrlpt.kernels.Surrogate;
import org.llmrlpt.kernels.SurrogateStatistics;

/**
 * One row of the policy-gradient head. With l = log p of the token x at the temperature t, A its advantage, m its
 * weight, l' and l'' its log-probability when drawn and under the reference model:
 *
 * <pre>
 *     ratio = exp(l - l')       J = min(ratio A, clip(ratio, 1 - low, 1 + high) A)
 *     k3 = exp(l'' - l) - (l'' - l) - 1        loss = -m (J - kl k3)
 *     dloss/dl = -m (ratio A if J is not clipped, else 0) + m kl (1 - exp(l'' - l))
 *     dloss/dz_i = dloss/dl (1[i = x] - p_i) / t
 * </pre>
 *
 * 1 - p_x comes from the other tokens' exponentials, as in {@link PolicyRow}. For use by one thread.
 */
final class PolicyGradientRow {
    private final Exponentials exponentials = new Exponentials();

    /**
     * @param z address of the row's n logits; overwritten with their gradient, or undefined if there is no gradient
     * @param known address of the row's {@link SampledTokens}
     * @param statistics address of the row's {@link SurrogateStatistics}
     */
    void run(long z, int n, int target, long known, Surrogate surrogate, boolean gradient, long statistics) {
        float factor = surrogate.inverseTemperature();
        if (factor != 1f) {
            Rows.scale(factor, z, z, n);
        }
        float largest = Rows.max(z, n);
        float own = getFloat(at(z, target));
        // The token leaves the row, so that the others' sum is right when they are next to nothing beside it.
        setFloat(at(z, target), Float.NEGATIVE_INFINITY);
        exponentials.run(z, n, largest);
        double others = exponentials.sum();
        double ownExponential = Math.exp((double) own - largest);
        double total = others + ownExponential;
        double logTotal = own == largest ? Math.log1p(others) : Math.log(total);
        double logP = (double) own - largest - logTotal;
        double ownWeighted = ownExponential * Math.max((double) own - largest, -Double.MAX_VALUE);

        double advantage = getFloat(at(known, SampledTokens.ADVANTAGE));
        double weight = getFloat(at(known, SampledTokens.WEIGHT));
        double ratio = Math.exp(logP - getFloat(at(known, SampledTokens.OLD_LOG_P)));
        boolean low = advantage < 0 && ratio < 1 - surrogate.clipLow();
        boolean high = advantage > 0 && ratio > 1 + surrogate.clipHigh();
        double counted = low ? 1 - surrogate.clipLow() : high ? 1 + surrogate.clipHigh() : ratio;
        double slope = low || high ? 0 : -weight * ratio * advantage;
        double k3 = 0;
        if (surrogate.kl() != 0) {
            double away = getFloat(at(known, SampledTokens.REFERENCE_LOG_P)) - logP;
            k3 = Math.expm1(away) - away;
            slope -= weight * surrogate.kl() * Math.expm1(away);
        }
        set(statistics, SurrogateStatistics.COUNTED, 1);
        set(statistics, SurrogateStatistics.LOG_P, logP);
        set(statistics, SurrogateStatistics.ENTROPY, logTotal - (exponentials.product() + ownWeighted) / total);
        set(statistics, SurrogateStatistics.RATIO, ratio);
        set(statistics, SurrogateStatistics.LOSS, -weight * (counted * advantage - surrogate.kl() * k3));
        set(statistics, SurrogateStatistics.CLIPPED_LOW, low ? 1 : 0);
        set(statistics, SurrogateStatistics.CLIPPED_HIGH, high ? 1 : 0);
        set(statistics, SurrogateStatistics.KL, k3);
        if (gradient) {
            double unit = slope * factor / total;
            Rows.scale((float) -unit, z, z, n);
            setFloat(at(z, target), (float) (unit * others));
        }
    }

    private static void set(long statistics, int column, double value) {
        setFloat(at(statistics, column), (float) value);
    }
}
