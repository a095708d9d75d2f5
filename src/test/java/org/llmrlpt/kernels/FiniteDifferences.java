package org.llmrlpt.kernels;

import java.util.function.ToDoubleFunction;
import java.util.function.UnaryOperator;

/** Gradients without calculus, of references in double precision. */
public final class FiniteDifferences {
    private static final double STEP = 1e-4;

    private FiniteDifferences() {
    }

    /** df/dx by differences of fourth order; good to about 1e-10 where f and its derivatives are of order one. */
    public static double[] gradient(float[] x, ToDoubleFunction<double[]> f) {
        double[] at = Closeness.doubles(x);
        double[] gradient = new double[at.length];
        for (int i = 0; i < at.length; i++) {
            double center = at[i];
            double near = difference(at, i, center, STEP, f);
            double far = difference(at, i, center, 2 * STEP, f);
            gradient[i] = (4 * near - far) / 3;
            at[i] = center;
        }
        return gradient;
    }

    private static double difference(double[] at, int i, double center, double step, ToDoubleFunction<double[]> f) {
        at[i] = center + step;
        double above = f.applyAsDouble(at);
        at[i] = center - step;
        double below = f.applyAsDouble(at);
        return (above - below) / (2 * step);
    }

    /** The gradient with respect to x of sum(y(x) dY): what the backward pass of y gets dX from dY by. */
    public static double[] backward(float[] x, float[] dY, UnaryOperator<double[]> y) {
        return gradient(x, at -> {
            double[] values = y.apply(at);
            double sum = 0;
            for (int i = 0; i < values.length; i++) {
                sum += values[i] * dY[i];
            }
            return sum;
        });
    }
}
