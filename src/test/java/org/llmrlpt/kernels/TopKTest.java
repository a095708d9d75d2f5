package org.llmrlpt.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.llmrlpt.kernels.Closeness.assertSameBits;
import static org.llmrlpt.kernels.RandomNumbers.gaussian;

import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.llmrlpt.device.Tensor;

class TopKTest {
    static Stream<Named<Kernels>> sets() {
        return TestedKernels.all();
    }

    @ParameterizedTest
    @MethodSource("sets")
    void thresholdsAgreeWithSorting(Kernels kernels) {
        int cases = 0;
        for (int n : new int[] {1, 2, 15, 16, 17, 63, 64, 65, 200, 1000, 5003}) {
            Map<String, float[]> rows = rows(n);
            float[] x = new float[rows.size() * n];
            int at = 0;
            for (float[] row : rows.values()) {
                System.arraycopy(row, 0, x, at, n);
                at += n;
            }
            for (int k : new int[] {1, 2, 3, 10, 100, 999, n - 1, n, n + 5}) {
                // The real TornadoVM compiles a kernel for each pair, seconds long: there every fourth must do, which
                // still brings each n and each k.
                boolean affordable = TestedKernels.isFallback() || cases++ % 4 == 0;
                if (k >= 1 && affordable) {
                    agreesWithSorting(kernels, rows, x, n, k);
                }
            }
        }
    }

    private static void agreesWithSorting(Kernels kernels, Map<String, float[]> rows, float[] x, int n, int k) {
        float[] got = thresholds(kernels, x, rows.size(), n, k);
        int r = 0;
        for (Map.Entry<String, float[]> row : rows.entrySet()) {
            float[] values = row.getValue();
            int last = IntStream.range(0, n).boxed()
                .sorted(Comparator.<Integer>comparingDouble(i -> -values[i] + 0.0).thenComparing(i -> i))
                .toList().get(Math.min(k, n) - 1);
            String name = row.getKey() + ", the largest " + k + " of " + n;
            assertEquals(values[last] + 0f, got[2 * r] + 0f, name);
            assertEquals(last, got[2 * r + 1], name);
            r++;
        }
    }

    @ParameterizedTest
    @MethodSource("sets")
    void aRowThatIsNotANumberSpoilsItselfOnly(Kernels kernels) {
        int n = 40;
        float[] x = gaussian("x", 3 * n);
        Arrays.fill(x, n, 2 * n, Float.NaN);
        float[] got = thresholds(kernels, x, 3, n, 4);
        float[] first = thresholds(kernels, Arrays.copyOf(x, n), 1, n, 4);
        float[] last = thresholds(kernels, Arrays.copyOfRange(x, 2 * n, 3 * n), 1, n, 4);
        assertSameBits("first row", first, Arrays.copyOf(got, 2));
        assertSameBits("last row", last, Arrays.copyOfRange(got, 4, 6));
    }

    /** Rows that a selection by sampling, by bits or by pivots might stumble over. */
    private static Map<String, float[]> rows(int n) {
        Map<String, float[]> rows = new LinkedHashMap<>();
        rows.put("normal numbers", gaussian("normal", n));
        float[] rising = new float[n];
        float[] falling = new float[n];
        float[] equal = new float[n];
        float[] zeros = new float[n];
        float[] infinite = new float[n];
        float[] few = new float[n];
        float[] wide = gaussian("wide", n);
        int[] small = RandomNumbers.ints("few values", n, 3);
        for (int i = 0; i < n; i++) {
            rising[i] = i;
            falling[i] = -i;
            equal[i] = -2.5f;
            zeros[i] = i % 3 == 0 ? 0f : -0f;
            infinite[i] = i % 7 == 3 ? i : Float.NEGATIVE_INFINITY;
            few[i] = small[i];
            wide[i] *= (float) Math.pow(10, i % 60 - 30);
        }
        rows.put("rising", rising);
        rows.put("falling", falling);
        rows.put("all equal", equal);
        rows.put("zeros of both signs", zeros);
        rows.put("minus infinity", infinite);
        rows.put("three values", few);
        rows.put("all magnitudes", wide);
        float[] last = equal.clone();
        last[n - 1] = Float.POSITIVE_INFINITY;
        rows.put("plus infinity at the end", last);
        return rows;
    }

    private static float[] thresholds(Kernels kernels, float[] x, int rows, int n, int k) {
        try (KernelHarness h = new KernelHarness(kernels)) {
            Tensor in = h.input("x", rows, n, x);
            Tensor threshold = h.output("threshold", rows, 2);
            h.run((set, p) -> set.topK(p, in, k, threshold));
            return h.values(threshold);
        }
    }
}
