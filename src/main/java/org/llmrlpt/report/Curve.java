package org.llmrlpt.report;

/**
 * A line of a chart.
 *
 * @param name its entry in the legend
 * @param x positions, rising
 * @param y values, as many
 * @param low lower ends of the band around the line; null for no band
 * @param high upper ends of the band; null for no band
 */
public record Curve(String name, double[] x, double[] y, double[] low, double[] high) {
    /** The arrays must be equally long. */
    public Curve {
        if (x.length != y.length || (low == null) != (high == null)
            || low != null && (low.length != x.length || high.length != x.length)) {
            throw new IllegalArgumentException("lengths of curve " + name);
        }
    }

    /**
     * Fewer points for a chart of limited width: the mean of each of {@code most} equal parts, with the part's least
     * and greatest value as band. A curve that is short enough stays as it is.
     */
    public Curve thinned(int most) {
        if (x.length <= most) {
            return this;
        }
        double[][] columns = new double[4][most];
        for (int i = 0; i < most; i++) {
            int from = (int) ((long) i * x.length / most);
            int to = (int) ((long) (i + 1) * x.length / most);
            columns[2][i] = Double.POSITIVE_INFINITY;
            columns[3][i] = Double.NEGATIVE_INFINITY;
            for (int j = from; j < to; j++) {
                columns[0][i] += x[j] / (to - from);
                columns[1][i] += y[j] / (to - from);
                columns[2][i] = Math.min(columns[2][i], low == null ? y[j] : low[j]);
                columns[3][i] = Math.max(columns[3][i], high == null ? y[j] : high[j]);
            }
        }
        return new Curve(name, columns[0], columns[1], columns[2], columns[3]);
    }
}
