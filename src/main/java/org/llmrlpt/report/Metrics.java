package org.llmrlpt.report;

import com.fasterxml.jackson.databind.JsonNode;
import it.unimi.dsi.fastutil.doubles.DoubleArrayList;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleBiFunction;
import org.llmrlpt.files.JsonLines;
import org.llmrlpt.files.RunFolder;

/** The lines of a run's metrics.jsonl. */
public final class Metrics {
    private static final double TWO_SIDED_95 = 1.96;

    private final List<JsonNode> lines;

    private Metrics(List<JsonNode> lines) {
        this.lines = lines;
    }

    /** Those of a run; none where it has not begun. */
    public static Metrics of(Path run) {
        Path file = run.resolve(RunFolder.METRICS);
        return new Metrics(Files.exists(file) ? JsonLines.read(file) : List.of());
    }

    /**
     * A field over the steps.
     *
     * @param name the curve's entry in the legend
     * @param split which lines count: train, validation or evaluation
     * @param error field of the standard error, whose 95 % interval becomes the band; null for no band
     * @return empty where no line has the field
     */
    public Optional<Curve> curve(String name, String split, String field, String error) {
        return error == null ? curve(name, split, field, null, null)
            : curve(name, split, field, (line, y) -> y - TWO_SIDED_95 * line.path(error).asDouble(0),
                (line, y) -> y + TWO_SIDED_95 * line.path(error).asDouble(0));
    }

    /** A field over the steps, with the interval in FIELD_low and FIELD_high as band; empty where no line has it. */
    Optional<Curve> curveWithInterval(String name, String split, String field) {
        return curve(name, split, field, (line, y) -> line.path(field + "_low").asDouble(y),
            (line, y) -> line.path(field + "_high").asDouble(y));
    }

    private Optional<Curve> curve(String name, String split, String field, ToDoubleBiFunction<JsonNode, Double> low,
        ToDoubleBiFunction<JsonNode, Double> high) {
        DoubleArrayList[] columns = {new DoubleArrayList(), new DoubleArrayList(), new DoubleArrayList(),
            new DoubleArrayList()};
        boolean band = low != null;
        for (JsonNode line : lines) {
            JsonNode value = line.path(field);
            if (line.path("split").asText().equals(split) && value.isNumber() && line.path("step").isNumber()) {
                double y = value.doubleValue();
                columns[0].add(line.path("step").doubleValue());
                columns[1].add(y);
                if (band) {
                    columns[2].add(low.applyAsDouble(line, y));
                    columns[3].add(high.applyAsDouble(line, y));
                }
            }
        }
        return columns[0].isEmpty() ? Optional.empty() : Optional.of(new Curve(name, columns[0].toDoubleArray(),
            columns[1].toDoubleArray(), band ? columns[2].toDoubleArray() : null,
            band ? columns[3].toDoubleArray() : null));
    }
}
