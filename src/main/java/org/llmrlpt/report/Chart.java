package org.llmrlpt.report;

import java.util.Arrays;
import java.util.List;

/**
 * Curves over one axis.
 *
 * @param title what is shown
 * @param xTitle the horizontal axis
 * @param yTitle the vertical axis with its unit
 * @param logarithmic whether the vertical axis is; values of 0 and below are then left out
 * @param curves at least one, with at least one point
 */
public record Chart(String title, String xTitle, String yTitle, boolean logarithmic, List<Curve> curves) {

    /** Whether any curve has a finite value above {@code bound}. */
    boolean hasValueAbove(double bound) {
        return curves.stream().flatMapToDouble(c -> Arrays.stream(c.y())).anyMatch(y -> y > bound
            && Double.isFinite(y));
    }

    /** The same curves over a linear vertical axis. */
    Chart onLinearAxis() {
        return new Chart(title, xTitle, yTitle, false, curves);
    }
}
