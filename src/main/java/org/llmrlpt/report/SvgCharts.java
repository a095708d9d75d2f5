package org.llmrlpt.report;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jetbrains.letsPlot.commons.encoding.UnsupportedRGBEncoder;
import org.jetbrains.letsPlot.core.util.PlotSvgExportCommon;

/** Draws charts as SVG with the lets-plot library, which is given a plot as nested maps. */
final class SvgCharts {
    private static final int MOST_POINTS = 300;
    private static final int WIDTH = 560;
    private static final int HEIGHT = 300;
    private static final double LINE = 0.9;
    private static final double POINT = 2.5;
    private static final double BAND = 0.15;
    /** More entries side by side would be wider than the chart. */
    private static final int LEGEND_COLUMNS = 3;
    private static final List<String> COLOURS = List.of("#1f5fa8", "#d1495b", "#2e8b57", "#e69f00", "#7b4fa3",
        "#5c6670", "#00a0b0", "#a65628");

    private SvgCharts() {
    }

    /** The chart as an svg element. Where no value is above 0, even a logarithmic chart gets a linear axis. */
    static String svg(Chart chart) {
        return draw(chart.logarithmic() && !chart.hasValueAbove(0) ? chart.onLinearAxis() : chart);
    }

    private static String draw(Chart chart) {
        Map<String, Object> plot = new HashMap<>();
        plot.put("kind", "plot");
        plot.put("ggtitle", Map.of("text", chart.title()));
        plot.put("ggsize", Map.of("width", WIDTH, "height", HEIGHT));
        Range range = new Range();
        plot.put("layers", layers(chart, range));
        plot.put("scales", scales(chart, range));
        plot.put("theme", Map.of("legend_position", chart.curves().size() > 1 ? "bottom" : "none"));
        String svg = PlotSvgExportCommon.INSTANCE.buildSvgImageFromRawSpecs(plot, null, new UnsupportedRGBEncoder(),
            true);
        // The library gives a size in pixels only; with a view box the page can scale the chart.
        return svg.replaceFirst("<svg ", "<svg viewBox=\"0 0 " + WIDTH + " " + HEIGHT + "\" ");
    }

    private static List<Object> layers(Chart chart, Range range) {
        Columns bands = new Columns();
        Columns lines = new Columns();
        Columns points = new Columns();
        for (Curve full : chart.curves()) {
            Curve curve = full.thinned(MOST_POINTS);
            for (int i = 0; i < curve.x().length; i++) {
                boolean drawn = Double.isFinite(curve.y()[i]) && (!chart.logarithmic() || curve.y()[i] > 0);
                if (drawn) {
                    range.add(curve.y()[i]);
                    (curve.x().length == 1 ? points : lines).add(curve, i);
                }
                if (drawn && curve.low() != null && (!chart.logarithmic() || curve.low()[i] > 0)) {
                    range.add(curve.low()[i]);
                    range.add(curve.high()[i]);
                    bands.add(curve, i);
                }
            }
        }
        List<Object> layers = new ArrayList<>();
        bands.addLayer(layers, "ribbon", Map.of("x", "x", "ymin", "low", "ymax", "high", "fill", "name"),
            Map.of("alpha", BAND, "size", 0));
        lines.addLayer(layers, "line", Map.of("x", "x", "y", "y", "color", "name"), Map.of("size", LINE));
        points.addLayer(layers, "point", Map.of("x", "x", "y", "y", "color", "name"), Map.of("size", POINT));
        return layers;
    }

    private static List<Object> scales(Chart chart, Range range) {
        List<Object> names = new ArrayList<>();
        chart.curves().forEach(c -> names.add(c.name()));
        Map<String, Object> y = new HashMap<>(Map.of("aesthetic", "y", "name", chart.yTitle()));
        if (chart.logarithmic()) {
            y.put("trans", "log10");
        }
        if (range.low < range.high) {
            // Without limits a band would stretch the axis to 0.
            y.put("limits", List.of(range.low, range.high));
        } else if (range.low == range.high && !chart.logarithmic()) {
            // The library draws a flat line between -0.5 and 0.5 around it, which hides what a small value is.
            y.put("limits", range.low == 0 ? List.of(0, 1) : List.of(Math.min(0, 2 * range.low),
                Math.max(0, 2 * range.low)));
        }
        Map<String, Object> x = new HashMap<>(Map.of("aesthetic", "x", "name", chart.xTitle()));
        List<Object> scales = new ArrayList<>(List.of(x, y));
        for (String aesthetic : new String[] {"color", "fill"}) {
            Map<String, Object> scale = new HashMap<>();
            scale.put("aesthetic", aesthetic);
            scale.put("name", "");
            scale.put("values", COLOURS);
            scale.put("limits", names);
            scale.put("guide", aesthetic.equals("fill") ? "none"
                : Map.of("name", "legend", "ncol", LEGEND_COLUMNS, "byrow", true));
            scales.add(scale);
        }
        return scales;
    }

    /** What the vertical axis must hold. */
    private static final class Range {
        private double low = Double.POSITIVE_INFINITY;
        private double high = Double.NEGATIVE_INFINITY;

        void add(double value) {
            low = Math.min(low, value);
            high = Math.max(high, value);
        }
    }

    /** The data of a layer, by column. */
    private static final class Columns {
        private final Map<String, List<Object>> data = new HashMap<>();

        void add(Curve curve, int i) {
            put("name", curve.name());
            put("x", curve.x()[i]);
            put("y", curve.y()[i]);
            if (curve.low() != null) {
                put("low", curve.low()[i]);
                put("high", curve.high()[i]);
            }
        }

        private void put(String column, Object value) {
            data.computeIfAbsent(column, c -> new ArrayList<>()).add(value);
        }

        void addLayer(List<Object> layers, String geometry, Map<String, String> mapping,
            Map<String, Object> constants) {
            if (data.isEmpty()) {
                return;
            }
            Map<String, Object> used = new HashMap<>(data);
            used.keySet().retainAll(mapping.values());
            Map<String, Object> layer = new HashMap<>(constants);
            layer.put("geom", geometry);
            layer.put("data", used);
            layer.put("mapping", mapping);
            layers.add(layer);
        }
    }
}
