package org.llmrlpt.report;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.llmrlpt.cli.Commandline;
import org.llmrlpt.files.JsonFile;

class ReportTest {
    private static final Pattern SVG = Pattern.compile("<svg .*?</svg>", Pattern.DOTALL);

    @TempDir
    Path folder;

    private Path run(int steps, Map<String, Double> atStepOne) throws IOException {
        Path run = folder.resolve("run-" + steps);
        Files.createDirectories(run.resolve("samples"));
        JsonFile.write(run.resolve("config.json"), Map.of("objective.beta", "-0.25", "data", "<b>&\"quoted\""));
        StringBuilder lines = new StringBuilder();
        for (int step = 1; step <= steps; step++) {
            Map<String, Object> line = new LinkedHashMap<>(Map.of("step", step, "split", "train"));
            for (Map.Entry<String, Double> e : atStepOne.entrySet()) {
                line.put(e.getKey(), e.getValue() / step);
            }
            lines.append(JsonFile.line(line)).append('\n');
        }
        lines.append(JsonFile.line(Map.of("step", steps, "split", "validation", "nll", 2.5, "nll_standard_error", 0.1)))
            .append('\n');
        Files.writeString(run.resolve("metrics.jsonl"), lines);
        return run;
    }

    private static String write(Path run) throws IOException {
        RunReport.write(run, run.resolve("report.html"));
        return Files.readString(run.resolve("report.html"));
    }

    private static List<String> charts(String html) {
        List<String> charts = new ArrayList<>();
        for (Matcher m = SVG.matcher(html); m.find(); ) {
            if (m.group().contains("plt-container")) {
                charts.add(m.group());
            }
        }
        return charts;
    }

    @Test
    void thePageNeedsNothingElse() throws IOException {
        String html = write(run(20, Map.of("nll", 3.0, "entropy", 2.0, "grad_norm", 1.0, "lr", 1e-3)));
        String outside = html.replace("http://www.w3.org/2000/svg", "").replace("http://www.w3.org/1999/xlink", "");
        assertFalse(outside.contains("http"), "no address of anything else");
        for (String loading : new String[] {"<script", "<link", "src=", "@import", "url(\"", "<iframe"}) {
            assertFalse(html.contains(loading), loading);
        }
        assertTrue(html.startsWith("<!DOCTYPE html>") && html.contains("charset=\"utf-8\""));
    }

    @Test
    void everyFieldOfARunHasItsChart() throws Exception {
        assertEquals(List.of("Negative log-likelihood", "Entropy", "Gradient norm", "Learning rate"),
            titles(write(run(20, Map.of("nll", 3.0, "entropy", 2.0, "grad_norm", 1.0, "lr", 1e-3)))));
        assertEquals(List.of("Reward", "Negative log-likelihood", "Response length", "Clipped tokens", "Speed"),
            titles(write(run(30, Map.of("reward_mean", 0.5, "response_length_mean", 12.0, "clipped_low", 0.1,
                "clipped_high", 0.2, "tokens_per_second", 900.0)))));
    }

    private static List<String> titles(String html) throws Exception {
        List<String> titles = new ArrayList<>();
        for (String svg : charts(html)) {
            DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new ByteArrayInputStream(
                svg.getBytes(StandardCharsets.UTF_8)));
            Matcher m = Pattern.compile("<text class=\"plot-title\"[^>]*>\\s*(?:<tspan[^>]*>)?([^<]*)")
                .matcher(svg);
            assertTrue(m.find(), svg);
            titles.add(m.group(1).strip());
        }
        return titles;
    }

    /** A straight line must come out straight, and rising values as falling coordinates: SVG counts from the top. */
    @Test
    void theLineIsWhereTheValuesAre() {
        double[] x = {0, 10, 20, 30, 40};
        String svg = SvgCharts.svg(new Chart("straight", "step", "unit", false,
            List.of(new Curve("only", x, new double[] {1, 2, 3, 4, 5}, null, null))));
        List<double[]> points = path(svg);
        assertEquals(5, points.size());
        for (int i = 1; i < 5; i++) {
            assertEquals(points.get(1)[0] - points.get(0)[0], points.get(i)[0] - points.get(i - 1)[0], 1e-6);
            assertEquals(points.get(1)[1] - points.get(0)[1], points.get(i)[1] - points.get(i - 1)[1], 1e-6);
        }
        assertTrue(points.get(1)[1] < points.get(0)[1] && points.get(1)[0] > points.get(0)[0]);
    }

    @Test
    void aLogarithmicChartOfZerosIsDrawnOnALinearAxis() {
        String svg = SvgCharts.svg(new Chart("zeros", "step", "unit", true,
            List.of(new Curve("only", new double[] {1, 2, 3}, new double[] {0, 0, 0}, null, null))));
        List<double[]> points = path(svg);
        assertEquals(3, points.size());
        assertEquals(points.get(0)[1], points.get(2)[1], 1e-6);
    }

    /** The labels of the axis must tell what the value is: around 0 a small one could not be seen. */
    @Test
    void aFlatLineHasItsValueInTheMiddleOfTheAxisAndZeroAtItsFoot() {
        double middle = flat(1e-4);
        assertEquals(middle, flat(3), 1e-6);
        assertEquals(middle, flat(-3), 1e-6);
        assertTrue(flat(0) > middle + 50, "SVG counts from the top");
        assertFalse(flatChart(1e-4).equals(flatChart(3e-4)), "only the labels can tell them apart");
    }

    private static double flat(double value) {
        List<double[]> points = path(flatChart(value));
        assertEquals(points.get(0)[1], points.get(2)[1], 1e-6);
        return points.get(0)[1];
    }

    private static String flatChart(double value) {
        return SvgCharts.svg(new Chart("flat", "step", "unit", false,
            List.of(new Curve("only", new double[] {1, 2, 3}, new double[] {value, value, value}, null, null))));
    }

    @Test
    void theIntervalInTheMetricsIsTheBandOfAccuracy() throws IOException {
        Path run = run(1, Map.of("reward_mean", 0.5));
        Files.writeString(run.resolve("metrics.jsonl"), JsonFile.line(Map.of("step", 0, "split", "evaluation", "avg",
            0.4, "avg_low", 0.3, "avg_high", 0.6)) + "\n");
        Curve curve = Metrics.of(run).curveWithInterval("accuracy", "evaluation", "avg").orElseThrow();
        assertArrayEquals(new double[] {0.4}, curve.y());
        assertArrayEquals(new double[] {0.3}, curve.low());
        assertArrayEquals(new double[] {0.6}, curve.high());
        assertEquals(curve.high()[0], RunCharts.of(Metrics.of(run)).getFirst().curves().getFirst().high()[0]);
    }

    @Test
    void aChartWithoutFiniteValuesIsLeftOut() throws Exception {
        double[] x = {1, 2};
        Chart nothing = new Chart("nothing", "step", "unit", false,
            List.of(new Curve("only", x, new double[] {Double.NaN, Double.POSITIVE_INFINITY}, null, null)));
        Chart something = new Chart("something", "step", "unit", false,
            List.of(new Curve("only", x, new double[] {1, 2}, null, null)));
        assertEquals(List.of("something"), titles(new Page("page").charts(List.of(nothing, something)).html()));
    }

    @Test
    void logarithmicAxesMakeLinesOfPowersAndLeaveZeroOut() {
        String svg = SvgCharts.svg(new Chart("powers", "step", "unit", true,
            List.of(new Curve("only", new double[] {0, 1, 2, 3}, new double[] {0, 1, 10, 100}, null, null))));
        List<double[]> points = path(svg);
        assertEquals(3, points.size());
        assertEquals(points.get(1)[1] - points.get(0)[1], points.get(2)[1] - points.get(1)[1], 1e-6);
    }

    /** The points of the longest path that is a line, not an area. */
    private static List<double[]> path(String svg) {
        List<double[]> longest = List.of();
        for (Matcher m = Pattern.compile("<path[^>]*>").matcher(svg); m.find(); ) {
            Matcher d = Pattern.compile(" d=\"([^\"]*)\"").matcher(m.group());
            if (d.find() && m.group().contains("fill=\"none\"")) {
                List<double[]> points = new ArrayList<>();
                // The library moves to the first point and then draws a line to it again.
                for (Matcher p = Pattern.compile("L([-\\d.e]+) ([-\\d.e]+)").matcher(d.group(1)); p.find(); ) {
                    points.add(new double[] {Double.parseDouble(p.group(1)), Double.parseDouble(p.group(2))});
                }
                longest = points.size() > longest.size() ? points : longest;
            }
        }
        return longest;
    }

    @Test
    void longCurvesAreThinnedToMeansWithinTheirBand() {
        double[] x = new double[1000];
        double[] y = new double[1000];
        for (int i = 0; i < 1000; i++) {
            x[i] = i;
            y[i] = i % 2;
        }
        Curve thin = new Curve("c", x, y, null, null).thinned(10);
        double[] centres = {49.5, 149.5, 249.5, 349.5, 449.5, 549.5, 649.5, 749.5, 849.5, 949.5};
        assertArrayEquals(centres, thin.x(), 1e-9);
        for (int i = 0; i < 10; i++) {
            assertEquals(0.5, thin.y()[i], 1e-12);
            assertEquals(0, thin.low()[i]);
            assertEquals(1, thin.high()[i]);
        }
        Curve shortOne = new Curve("c", x, y, null, null);
        assertEquals(shortOne, shortOne.thinned(1000));
        assertThrows(IllegalArgumentException.class, () -> new Curve("c", x, new double[1], null, null));
    }

    @Test
    void textsOfTheModelCannotBecomeMarkup() throws IOException {
        Path run = run(3, Map.of("nll", 1.0));
        Files.writeString(run.resolve("samples/step-000003.txt"), "<script>alert(1)</script> & more");
        String html = write(run);
        assertTrue(html.contains("&lt;script&gt;alert(1)&lt;/script&gt; &amp; more"));
        assertTrue(html.contains("&lt;b&gt;&amp;&quot;quoted&quot;"));
    }

    @Test
    void unfinishedRunsAreSaidToBeSo() throws IOException {
        Path run = run(3, Map.of("nll", 1.0));
        assertTrue(write(run).contains("has not finished"));
        JsonFile.write(run.resolve("summary.json"), Map.of("validation_nll", 1.23456789));
        String html = write(run);
        assertFalse(html.contains("has not finished"));
        assertTrue(html.contains("1.23457"));
    }

    @Test
    void theCommandWritesThePageAndRefusesWhatIsNoRun() throws IOException {
        Commandline commands = new Commandline();
        Path run = run(3, Map.of("nll", 1.0));
        commands.succeed("report", "run=" + run);
        assertTrue(Files.size(run.resolve("report.html")) > 5000);
        commands.succeed("report", "run=" + run, "output=" + folder.resolve("new/page.html"));
        assertTrue(Files.exists(folder.resolve("new/page.html")));
        commands.refuse(new String[] {"'run' is missing"}, "report");
        commands.refuse(new String[] {"not a run folder"}, "report", "run=" + folder);
        Files.delete(run.resolve("metrics.jsonl"));
        commands.refuse(new String[] {"no steps"}, "report", "run=" + run);
    }

    @Test
    @Tag("programs")
    void pretrainLeavesAPage() throws IOException {
        Path run = folder.resolve("trained");
        new Commandline().succeed("pretrain", "run=" + run, "steps=2", "model.layers=1", "model.width=16",
            "model.heads=2", "model.kv-heads=2", "model.head-width=8", "model.ffn=16", "length=16", "batch=2",
            "sample.tokens=4",
            "data.builtin-megabytes=0.02", "evaluate.tokens=64", "device=cpu");
        String html = Files.readString(run.resolve("report.html"));
        assertEquals(7, charts(html).size());
        assertTrue(html.contains("validation_nll") && html.contains("step-000002.txt"));
    }
}
