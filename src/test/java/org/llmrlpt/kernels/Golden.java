package org.llmrlpt.kernels;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The golden vectors, small cases in float64: see README.md beside them. {@code -Dgolden.dir} names other ones. */
public final class Golden {
    private static final Path FOLDER = Path.of(System.getProperty("golden.dir", "src/test/resources/golden"));

    private final JsonNode node;

    private Golden(JsonNode node) {
        this.node = node;
    }

    /** All cases of {@code NAME.json}, in the file's order. */
    public static List<Golden> cases(String name) {
        return read(FOLDER.resolve(name + ".json"));
    }

    /** All cases of a file of the same format. */
    public static List<Golden> read(Path file) {
        try {
            List<Golden> cases = new ArrayList<>();
            new ObjectMapper().readTree(file.toFile()).forEach(c -> cases.add(new Golden(c)));
            if (cases.isEmpty()) {
                throw new IllegalStateException("no cases in " + file);
            }
            return cases;
        } catch (IOException e) {
            throw new UncheckedIOException("golden vectors " + file + " cannot be read", e);
        }
    }

    public JsonNode config() {
        return node.get("config");
    }

    /** A number of the configuration. */
    public double config(String key) {
        JsonNode value = config().get(key);
        if (value == null || !value.isNumber()) {
            throw new IllegalArgumentException(this + " has no number " + key);
        }
        return value.doubleValue();
    }

    /** Names of the inputs. */
    public List<String> inputs() {
        List<String> names = new ArrayList<>();
        node.get("inputs").fieldNames().forEachRemaining(names::add);
        return names;
    }

    /** Shape of an input. */
    public int[] shape(String key) {
        return ints(array("inputs", key).get("shape"));
    }

    /** An input, flat and row-major; the vectors' inputs are exact in float32. */
    public float[] floats(String key) {
        JsonNode data = array("inputs", key).get("data");
        float[] values = new float[data.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) data.get(i).doubleValue();
        }
        return values;
    }

    /** An integer input, flat and row-major. */
    public int[] ints(String key) {
        return ints(array("inputs", key).get("data"));
    }

    /** A text input. */
    public List<String> strings(String key) {
        return strings(array("inputs", key));
    }

    /** An expected array of texts. */
    public List<String> expectedStrings(String key) {
        return strings(array("expected", key));
    }

    private static List<String> strings(JsonNode array) {
        List<String> values = new ArrayList<>();
        array.get("data").forEach(v -> values.add(v.textValue()));
        return values;
    }

    /** An expected array, flat and row-major. */
    public double[] expected(String key) {
        JsonNode data = array("expected", key).get("data");
        double[] values = new double[data.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = data.get(i).doubleValue();
        }
        return values;
    }

    /** An expected integer array, flat and row-major. */
    public int[] expectedInts(String key) {
        return ints(array("expected", key).get("data"));
    }

    private JsonNode array(String part, String key) {
        JsonNode array = node.get(part).get(key);
        if (array == null) {
            throw new IllegalArgumentException(this + " has no " + key + " in its " + part);
        }
        return array;
    }

    private static int[] ints(JsonNode data) {
        int[] values = new int[data.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = data.get(i).intValue();
        }
        return values;
    }

    @Override
    public String toString() {
        return node.get("name").textValue();
    }
}
