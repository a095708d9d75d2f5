package org.llmrlpt.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.llmrlpt.kernels.Closeness.assertSameBits;
import static org.llmrlpt.kernels.RandomNumbers.gaussian;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.llmrlpt.device.Tensor;
import org.llmrlpt.kernels.KernelHarness.Layout;

class SampleTest {
    private static final int SEED = -77;

    record Cut(float temperature, int k, float p) {
    }

    static Stream<Arguments> cuts() {
        List<Cut> cuts = List.of(new Cut(1f, 0, 1f), new Cut(0.6f, 0, 1f), new Cut(1f, 7, 1f), new Cut(1.5f, 0, 0.8f),
            new Cut(1f, 40, 0.5f), new Cut(0.9f, 1, 1f), new Cut(1f, 0, 0f), new Cut(2f, 5000, 0.999f));
        return TestedKernels.all().flatMap(k -> cuts.stream().map(c -> Arguments.of(k, c)));
    }

    /** Rows of different shape; each token must be the one that its number picks, in double precision. */
    @ParameterizedTest(name = "{1} on {0}")
    @MethodSource("cuts")
    void tokensAndStatisticsAgreeWithDoublePrecision(Kernels kernels, Cut cut) {
        // The strict fallback starts a thread for each of a group's: few rows must do for gpu kernels.
        boolean cpu = kernels.name().equals("cpu");
        int rows = cpu ? 12 : 3;
        for (int n : cpu ? new int[] {1, 37, 700, 3000} : new int[] {1, 37, 700}) {
            int allowed = Math.max(1, n - n / 10);
            float[] logits = gaussian("logits", rows * n);
            for (int i = 0; i < logits.length; i++) {
                logits[i] = i % 5 == 0 ? Math.round(3 * logits[i]) : 3 * logits[i];
            }
            float[] got = run(kernels, logits, rows, allowed, cut, Layout.STRIDED);
            for (int r = 0; r < rows; r++) {
                float[] row = Arrays.copyOfRange(logits, r * n, r * n + n);
                check(row, allowed, cut, uniform(r), Arrays.copyOfRange(got, 3 * r, 3 * r + 3));
            }
        }
    }

    private static void check(float[] z, int allowed, Cut cut, double u, float[] got) {
        double largest = IntStream.range(0, z.length).mapToDouble(i -> z[i] / (double) cut.temperature).max()
            .orElseThrow();
        double[] p = new double[z.length];
        double total = 0;
        for (int i = 0; i < p.length; i++) {
            p[i] = Math.exp(z[i] / (double) cut.temperature - largest);
            total += p[i];
        }
        double entropy = 0;
        for (int i = 0; i < p.length; i++) {
            p[i] /= total;
            entropy -= p[i] * Math.log(Math.max(p[i], 1e-300));
        }
        boolean[] kept = kept(z, p, allowed, cut);
        int token = (int) got[DrawStatistics.TOKEN];
        assertTrue(token >= 0 && token < allowed && kept[token], token + " of " + allowed + " may not be drawn");
        double mass = 0;
        double before = 0;
        for (int i = 0; i < allowed; i++) {
            mass += kept[i] ? p[i] : 0;
            before += kept[i] && i < token ? p[i] : 0;
        }
        double rounding = 2e-5 * mass;
        assertTrue(before - rounding <= u * mass && u * mass <= before + p[token] + rounding,
            u + " does not pick " + token);
        assertEquals(Math.log(p[token]), got[DrawStatistics.LOG_PROBABILITY], 1e-5);
        assertEquals(entropy, got[DrawStatistics.ENTROPY], 1e-5);
    }

    /** By sorting. */
    private static boolean[] kept(float[] z, double[] p, int allowed, Cut cut) {
        List<Integer> order = IntStream.range(0, allowed).boxed()
            .sorted(Comparator.<Integer>comparingDouble(i -> -z[i]).thenComparing(i -> i)).toList();
        int k = cut.k == 0 ? allowed : Math.min(cut.k, allowed);
        double all = order.subList(0, k).stream().mapToDouble(i -> p[i]).sum();
        boolean[] kept = new boolean[z.length];
        double mass = 0;
        for (int j = 0; j < k && (j == 0 || cut.p == 1 || mass < cut.p * all * (1 - 1e-6)); j++) {
            kept[order.get(j)] = true;
            mass += p[order.get(j)];
        }
        return kept;
    }

    @ParameterizedTest
    @MethodSource("org.llmrlpt.kernels.TestedKernels#all")
    void amongEqualLogitsTheGreedyChoiceIsTheLowestId(Kernels kernels) {
        int n = 300;
        float[] logits = new float[3 * n];
        logits[17] = 2f;
        logits[150] = 2f;
        logits[n + 299] = 1f;
        float[] got = run(kernels, logits, 3, n, new Cut(1f, 1, 1f), Layout.CONTIGUOUS);
        assertEquals(17f, got[0]);
        assertEquals(299f, got[3]);
        assertEquals(0f, got[6]);
    }

    /** With equal logits and k = 4 these are ids 0 to 3, and top-p 0.5 leaves two of them. */
    @ParameterizedTest
    @MethodSource("org.llmrlpt.kernels.TestedKernels#all")
    void amongEqualLogitsBothCutsKeepTheLowestIds(Kernels kernels) {
        int rows = 20;
        int n = 200;
        float[] four = run(kernels, new float[rows * n], rows, n, new Cut(1f, 4, 1f), Layout.CONTIGUOUS);
        float[] two = run(kernels, new float[rows * n], rows, n, new Cut(1f, 4, 0.5f), Layout.CONTIGUOUS);
        for (int r = 0; r < rows; r++) {
            assertEquals((int) (uniform(r) * 4), four[3 * r]);
            assertEquals((int) (uniform(r) * 2), two[3 * r]);
        }
    }

    /** The padding of a vocabulary may have any logits: its temperature then is no reason to draw just anything. */
    @ParameterizedTest
    @MethodSource("org.llmrlpt.kernels.TestedKernels#all")
    void whatMayNotBeDrawnDoesNotEvenOutWhatMay(Kernels kernels) {
        int rows = 3;
        int n = 700;
        float[] logits = new float[rows * n];
        for (int r = 0; r < rows; r++) {
            Arrays.fill(logits, r * n, r * n + n, -3f);
            logits[r * n + 100 * r + 7] = 0.5f;
            logits[r * n + 650] = 100f;
        }
        for (Cut cut : new Cut[] {new Cut(0.1f, 0, 1f), new Cut(0.1f, 5, 1f), new Cut(0.1f, 0, 0.9f)}) {
            float[] got = run(kernels, logits, rows, 600, cut, Layout.STRIDED);
            for (int r = 0; r < rows; r++) {
                assertEquals(100f * r + 7, got[3 * r]);
                assertEquals(-995f, got[3 * r + DrawStatistics.LOG_PROBABILITY], 1e-3f);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("org.llmrlpt.kernels.TestedKernels#all")
    void drawsFollowTheProbabilities(Kernels kernels) {
        float[] z = {0f, 1f, -1f, 2f, 0.5f};
        int rows = kernels.name().equals("cpu") ? 8000 : 200;
        float[] logits = new float[rows * z.length];
        for (int r = 0; r < rows; r++) {
            System.arraycopy(z, 0, logits, r * z.length, z.length);
        }
        float[] got = run(kernels, logits, rows, z.length, new Cut(1f, 0, 1f), Layout.CONTIGUOUS);
        double[] counts = new double[z.length];
        double total = 0;
        for (float x : z) {
            total += Math.exp(x);
        }
        for (int r = 0; r < rows; r++) {
            counts[(int) got[3 * r]]++;
        }
        double chiSquare = 0;
        for (int i = 0; i < z.length; i++) {
            double expected = rows * Math.exp(z[i]) / total;
            chiSquare += (counts[i] - expected) * (counts[i] - expected) / expected;
        }
        // With 4 degrees of freedom above 18.5 once in a thousand.
        assertTrue(chiSquare < 18.5, "chi-square " + chiSquare);
    }

    @ParameterizedTest
    @MethodSource("org.llmrlpt.kernels.TestedKernels#all")
    void drawnTokensGoToTheirSlotsAndIdleRowsAreZero(Kernels kernels) {
        int n = 50;
        try (KernelHarness h = new KernelHarness(kernels)) {
            Tensor logits = h.input("logits", 3, n, gaussian("logits", 3 * n));
            Tensor slots = h.ints("slots", 2, -1, 0);
            Tensor draws = h.ints("draws", 5, 0, 0, 6, 0, 0, 7, 0, 0);
            Tensor choice = h.ints("choice", SEED, 0, 0);
            Tensor scales = h.input("scales", 1, 2, 1f, 1f);
            Tensor drawn = h.ints("drawn", 49, 48, 47);
            Tensor given = h.ints("given", -1, -1, -1);
            Tensor all = h.ints("all", 0, 1, 2);
            Tensor tokens = h.ints("tokens", 0, 0, 0);
            float[] ids = new float[n];
            for (int i = 0; i < n; i++) {
                ids[i] = i;
            }
            Tensor table = h.input("ids", n, 1, ids);
            Tensor statistics = h.output("statistics", 3, DrawStatistics.COLUMNS);
            Tensor read = h.output("read", 3, 1);
            h.run((k, p) -> {
                k.sample(p, logits, slots, draws, choice, scales, n, drawn, statistics);
                k.nextTokens(p, given, drawn, all, tokens);
                k.embedding(p, table, tokens, read);
            });
            float[] s = h.values(statistics);
            assertSameBits("idle row", new float[3], Arrays.copyOfRange(s, 3, 6));
            assertSameBits("drawn", new float[] {s[6], 48f, s[0]}, h.values(read));
        }
    }

    @ParameterizedTest
    @MethodSource("org.llmrlpt.kernels.TestedKernels#all")
    void aRowDoesNotDependOnTheOtherRows(Kernels kernels) {
        int n = 400;
        float[] logits = gaussian("logits", 6 * n);
        Cut cut = new Cut(0.7f, 50, 0.9f);
        float[] many = run(kernels, logits, 6, n, cut, Layout.CONTIGUOUS);
        float[] one = run(kernels, Arrays.copyOf(logits, n), 1, n, cut, Layout.CONTIGUOUS);
        assertSameBits("first row", Arrays.copyOf(many, 3), one);
    }

    private static float uniform(int row) {
        return Philox.uniform(SEED, 9, 100 + row, 3, 2 * row);
    }

    private static float[] run(Kernels kernels, float[] logits, int rows, int allowed, Cut cut, Layout layout) {
        int n = logits.length / rows;
        int[] draw = new int[3 * rows];
        for (int r = 0; r < rows; r++) {
            draw[3 * r] = 100 + r;
            draw[3 * r + 1] = 3;
            draw[3 * r + 2] = 2 * r;
        }
        try (KernelHarness h = new KernelHarness(kernels)) {
            Tensor in = h.input("logits", rows, n, layout, logits);
            Tensor slots = h.ints("slots", IntStream.range(0, rows).toArray());
            Tensor draws = h.ints("draws", draw);
            Tensor choice = h.ints("choice", SEED, 9, cut.k);
            Tensor scales = h.input("scales", 1, 2, 1 / cut.temperature, cut.p);
            Tensor drawn = h.ints("drawn", new int[rows]);
            Tensor statistics = h.output("statistics", rows, DrawStatistics.COLUMNS);
            h.run((k, p) -> k.sample(p, in, slots, draws, choice, scales, allowed, drawn, statistics));
            return h.values(statistics);
        }
    }
}
