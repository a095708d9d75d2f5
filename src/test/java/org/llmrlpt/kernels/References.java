package org.llmrlpt.kernels;

/** The primitives' forward passes in double precision, written as plainly as their definitions. */
public final class References {
    private References() {
    }

    /** x / sqrt(mean(x²) + eps) w for rows of {@code columns} elements. */
    public static double[] rmsNorm(double[] x, double[] w, int columns, double eps) {
        double[] y = new double[x.length];
        for (int row = 0; row < x.length; row += columns) {
            double squares = 0;
            for (int c = 0; c < columns; c++) {
                squares += x[row + c] * x[row + c];
            }
            for (int c = 0; c < columns; c++) {
                y[row + c] = x[row + c] / Math.sqrt(squares / columns + eps) * w[c];
            }
        }
        return y;
    }

    /** Angles for positions 0..length-1: [length, d], cosines of position theta^(-2i/d), then sines. */
    public static float[] angles(int length, int d, double theta) {
        float[] table = new float[length * d];
        for (int t = 0; t < length; t++) {
            for (int i = 0; i < d / 2; i++) {
                double angle = t * Math.pow(theta, -2.0 * i / d);
                table[t * d + i] = (float) Math.cos(angle);
                table[t * d + d / 2 + i] = (float) Math.sin(angle);
            }
        }
        return table;
    }

    /** Turns the pairs (i, i + d/2) of each head of x [rows, heads·d] by its row's angles. */
    public static double[] rope(double[] x, int[] positions, float[] angles, int d) {
        double[] y = new double[x.length];
        int columns = x.length / positions.length;
        for (int r = 0; r < positions.length; r++) {
            for (int head = r * columns; head < (r + 1) * columns; head += d) {
                for (int i = 0; i < d / 2; i++) {
                    double cos = angles[positions[r] * d + i];
                    double sin = angles[positions[r] * d + d / 2 + i];
                    double a = x[head + i];
                    double b = x[head + d / 2 + i];
                    y[head + i] = a * cos - b * sin;
                    y[head + d / 2 + i] = b * cos + a * sin;
                }
            }
        }
        return y;
    }

    /** silu(gate) up; gateUp [rows, 2f], the result [rows, f]. */
    public static double[] swiGlu(double[] gateUp, int f) {
        double[] y = new double[gateUp.length / 2];
        for (int i = 0; i < y.length; i++) {
            double gate = gateUp[i / f * 2 * f + i % f];
            double up = gateUp[i / f * 2 * f + f + i % f];
            y[i] = gate / (1 + Math.exp(-gate)) * up;
        }
        return y;
    }

    /** x wᵀ; x [r, k], w [n, k], the result [r, n]. */
    public static double[] linear(double[] x, double[] w, int r, int n, int k) {
        double[] y = new double[r * n];
        for (int i = 0; i < r; i++) {
            for (int j = 0; j < n; j++) {
                for (int c = 0; c < k; c++) {
                    y[i * n + j] += x[i * k + c] * w[j * k + c];
                }
            }
        }
        return y;
    }

    /** a + b. */
    public static double[] sum(double[] a, float[] b) {
        double[] y = new double[a.length];
        for (int i = 0; i < y.length; i++) {
            y[i] = a[i] + b[i];
        }
        return y;
    }
}
