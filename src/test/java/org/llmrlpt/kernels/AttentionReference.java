package org.llmrlpt.kernels;

import java.util.stream.IntStream;

/** Attention and its gradients in double precision, straight from the definition. All arrays row-major, no gaps. */
final class AttentionReference {
    final double[] out;
    final double[] lse;
    final double[] dQ;
    final double[] dK;
    final double[] dV;

    private final int heads;
    private final int groups;
    private final int width;

    AttentionReference(float[] q, float[] k, float[] v, int[] seen, float[] dOut, int length, int heads, int groups,
        int width) {
        this.heads = heads;
        this.groups = groups;
        this.width = width;
        int rows = seen.length / SeenKeys.COLUMNS;
        out = new double[rows * heads * width];
        lse = new double[rows * heads];
        dQ = new double[rows * heads * width];
        dK = new double[rows * groups * width];
        dV = new double[rows * groups * width];
        for (int r = 0; r < rows; r++) {
            int sequence = r / length * length;
            for (int h = 0; h < heads; h++) {
                int at = r * SeenKeys.COLUMNS;
                query(q, k, v, dOut, r, h, IntStream.concat(
                    IntStream.range(seen[at + SeenKeys.FIRST], seen[at + SeenKeys.GAP]),
                    IntStream.rangeClosed(seen[at + SeenKeys.GAP_END], r - sequence)).map(j -> sequence + j).toArray());
            }
        }
    }

    /** The query of row r and head h against the keys of {@code rows}, up to r. */
    private void query(float[] q, float[] k, float[] v, float[] dOut, int r, int h, int[] rows) {
        double scale = 1 / Math.sqrt(width);
        int at = (r * heads + h) * width;
        double[] p = new double[r + 1];
        double largest = Double.NEGATIVE_INFINITY;
        for (int j : rows) {
            int key = key(j, h);
            for (int d = 0; d < width; d++) {
                p[j] += scale * q[at + d] * k[key + d];
            }
            largest = Math.max(largest, p[j]);
        }
        double sum = 0;
        for (int j : rows) {
            sum += Math.exp(p[j] - largest);
        }
        lse[r * heads + h] = largest + Math.log(sum);
        double delta = 0;
        double[] dP = new double[r + 1];
        for (int j : rows) {
            p[j] = Math.exp(p[j] - largest) / sum;
            int key = key(j, h);
            for (int d = 0; d < width; d++) {
                out[at + d] += p[j] * v[key + d];
                dP[j] += (double) dOut[at + d] * v[key + d];
                dV[key + d] += p[j] * dOut[at + d];
            }
            delta += p[j] * dP[j];
        }
        for (int j : rows) {
            double dScore = scale * p[j] * (dP[j] - delta);
            int key = key(j, h);
            for (int d = 0; d < width; d++) {
                dQ[at + d] += dScore * k[key + d];
                dK[key + d] += dScore * q[at + d];
            }
        }
    }

    private int key(int row, int head) {
        return (row * groups + head / (heads / groups)) * width;
    }
}
