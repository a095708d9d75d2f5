package org.llmrlpt.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.llmrlpt.kernels.RandomNumbers.gaussian;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Which targets the shaped objective counts among the k largest logits. */
class TopKTest {
    static Stream<Named<Kernels>> sets() {
        return TestedKernels.all();
    }

    @ParameterizedTest
    @MethodSource("sets")
    void theLastThatBelongsAndTheFirstThatDoesNotAgreeWithSorting(Kernels kernels) {
        int cases = 0;
        for (int n : new int[] {2, 3, 15, 16, 17, 63, 64, 65, 200, 1000, 5003}) {
            Map<String, float[]> rows = rows(n);
            List<List<Integer>> orders = rows.values().stream().map(TopKTest::sorted).toList();
            for (int k : new int[] {1, 2, 3, 10, 100, 999, n - 1, n, n + 5}) {
                // The real TornadoVM compiles a kernel for each pair, seconds long: there every fourth must do, which
                // still brings each n and each k.
                if (TestedKernels.isFallback() || cases++ % 4 == 0) {
                    agreesWithSorting(kernels, rows, orders, n, k);
                }
            }
        }
    }

    /** Each row comes twice: its target is the element of rank k, then that of rank k + 1 or else of rank 1. */
    private static void agreesWithSorting(Kernels kernels, Map<String, float[]> rows, List<List<Integer>> orders,
        int n, int k) {
        List<float[]> logits = new ArrayList<>();
        rows.values().forEach(row -> logits.addAll(List.of(row, row)));
        int count = logits.size();
        float[] w = new float[n * count];
        int[] targets = new int[count];
        for (int r = 0; r < count; r++) {
            for (int i = 0; i < n; i++) {
                w[i * count + r] = logits.get(r)[i];
            }
            int rank = Math.min(k, n) + r % 2;
            targets[r] = orders.get(r / 2).get(rank > n ? 0 : rank - 1);
        }
        double[] belongs = PolicyHeadTest.train(kernels, PolicyHeadTest.identity(count), w, targets, 1f,
            new Shaping(0f, 0.1f, -0.1f, k), count).column(RowStatistics.TARGET_IN_TOP_K);
        int r = 0;
        for (String name : rows.keySet()) {
            String of = name + ", the largest " + k + " of " + n;
            assertEquals(1, belongs[r], of);
            assertEquals(k < n ? 0 : 1, belongs[r + 1], of + ", and one more");
            r += 2;
        }
    }

    private static List<Integer> sorted(float[] row) {
        return IntStream.range(0, row.length).boxed()
            .sorted(Comparator.<Integer>comparingDouble(i -> -row[i] + 0.0).thenComparing(i -> i)).toList();
    }

    /** Rows that a selection by sampling, by bits or by pivots might stumble over. */
    private static Map<String, float[]> rows(int n) {
        Map<String, float[]> rows = new LinkedHashMap<>();
        rows.put("normal numbers", gaussian("normal", n));
        float[] rising = new float[n];
        float[] falling = new float[n];
        float[] equal = new float[n];
        float[] low = new float[n];
        float[] few = new float[n];
        float[] wide = gaussian("wide", n);
        int[] small = RandomNumbers.ints("few values", n, 3);
        for (int i = 0; i < n; i++) {
            rising[i] = i;
            falling[i] = -i;
            equal[i] = -2.5f;
            low[i] = i % 7 == 3 ? i : -1e30f;
            few[i] = small[i];
            wide[i] *= (float) Math.pow(10, i % 60 - 30);
        }
        rows.put("rising", rising);
        rows.put("falling", falling);
        rows.put("all equal", equal);
        rows.put("most very low", low);
        rows.put("three values", few);
        rows.put("all magnitudes", wide);
        float[] last = equal.clone();
        last[n - 1] = 1e30f;
        rows.put("a very high one at the end", last);
        return rows;
    }
}
