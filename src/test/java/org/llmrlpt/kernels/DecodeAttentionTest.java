package org.llmrlpt.kernels;

import static org.llmrlpt.kernels.Closeness.assertClose;
import static org.llmrlpt.kernels.Closeness.assertSameBits;
import static org.llmrlpt.kernels.RandomNumbers.gaussian;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.llmrlpt.device.Tensor;
import org.llmrlpt.kernels.KernelHarness.Layout;
import org.llmrlpt.kernels.cpu.CpuKernels;
import org.llmrlpt.kernels.cpu.Workers;

class DecodeAttentionTest {
    record Shape(int slots, int length, int heads, int groups, int width) {
        int keyColumns() {
            return groups * width;
        }
    }

    static Stream<Arguments> shapes() {
        List<Shape> shapes = List.of(new Shape(1, 1, 1, 1, 2), new Shape(3, 40, 4, 2, 8), new Shape(4, 150, 6, 2, 64),
            new Shape(2, 70, 4, 4, 24), new Shape(3, 131, 9, 1, 128), new Shape(2, 300, 3, 3, 80),
            new Shape(2, 50, 5, 1, 10));
        return TestedKernels.all().flatMap(k -> shapes.stream().map(s -> Arguments.of(k, s)));
    }

    @ParameterizedTest(name = "{1} on {0}")
    @MethodSource("shapes")
    void agreesWithDoublePrecisionInEverySlot(Kernels kernels, Shape s) {
        int[] slots = new int[s.slots];
        int[] positions = new int[s.slots];
        for (int r = 0; r < s.slots; r++) {
            slots[r] = s.slots - 1 - r;
            positions[r] = r == 0 ? s.length - 1 : RandomNumbers.ints("position" + r, 1, s.length)[0];
        }
        float[] q = gaussian("q", s.slots * s.heads * s.width);
        float[] cache = gaussian("cache", 2 * s.slots * s.length * s.keyColumns());
        for (Layout layout : Layout.values()) {
            assertClose("out", reference(s, q, cache, slots, positions), run(kernels, s, q, cache, slots, positions,
                layout), 1e-5, 1e-6);
        }
    }

    @ParameterizedTest
    @MethodSource("org.llmrlpt.kernels.TestedKernels#all")
    void idleRowsAreZeroAndRowsBehindThePositionAreNotRead(Kernels kernels) {
        Shape s = new Shape(3, 20, 4, 2, 8);
        float[] q = gaussian("q", 3 * 32);
        float[] cache = gaussian("cache", 2 * 60 * 16);
        int[] slots = {2, -1, 0};
        int[] positions = {6, 0, 0};
        float[] clean = run(kernels, s, q, cache, slots, positions, Layout.CONTIGUOUS);
        for (int row = 0; row < 120; row++) {
            int slot = row % 60 / 20;
            int seen = slot == 2 ? 7 : slot == 0 ? 1 : 0;
            if (row % 20 >= seen) {
                Arrays.fill(cache, row * 16, row * 16 + 16, Float.NaN);
            }
        }
        float[] dirty = run(kernels, s, q, cache, slots, positions, Layout.CONTIGUOUS);
        assertSameBits("out", clean, dirty);
        assertSameBits("idle row", new float[32], Arrays.copyOfRange(dirty, 32, 64));
    }

    @Test
    @EnabledIf("org.llmrlpt.kernels.TestedKernels#isFallback")
    void theBitsDependNeitherOnThreadsNorOnTheOtherRows() {
        Shape s = new Shape(4, 90, 6, 2, 40);
        float[] q = gaussian("q", 4 * 240);
        float[] cache = gaussian("cache", 2 * 360 * 80);
        int[] slots = {0, 1, 2, 3};
        int[] positions = {89, 40, 0, 71};
        int before = Workers.threads();
        try {
            Workers.use(1);
            float[] want = run(new CpuKernels(), s, q, cache, slots, positions, Layout.CONTIGUOUS);
            Workers.use(3);
            float[] got = run(new CpuKernels(), s, q, cache, slots, positions, Layout.CONTIGUOUS);
            assertSameBits("three threads", want, got);
            float[] alone = run(new CpuKernels(), s, q, cache, new int[] {-1, 1, -1, -1}, positions,
                Layout.CONTIGUOUS);
            assertSameBits("alone", Arrays.copyOfRange(want, 240, 480), Arrays.copyOfRange(alone, 240, 480));
        } finally {
            Workers.use(before);
        }
    }

    private static float[] run(Kernels kernels, Shape s, float[] q, float[] cache, int[] slots, int[] positions,
        Layout layout) {
        try (KernelHarness h = new KernelHarness(kernels)) {
            Tensor qIn = h.input("q", s.slots, s.heads * s.width, layout, q);
            Tensor all = h.input("cache", 2 * s.slots * s.length, s.keyColumns(), cache);
            Tensor slotsIn = h.ints("slots", slots);
            Tensor positionsIn = h.ints("positions", positions);
            Tensor out = h.output("out", s.slots, s.heads * s.width, layout);
            int rows = s.slots * s.length;
            h.run((k, p) -> k.decodeAttention(p, qIn, all.rows(0, rows), all.rows(rows, rows), slotsIn, positionsIn,
                out, s.length, s.width));
            return h.values(out);
        }
    }

    private static double[] reference(Shape s, float[] q, float[] cache, int[] slots, int[] positions) {
        int columns = s.keyColumns();
        int values = s.slots * s.length * columns;
        double[] out = new double[q.length];
        for (int r = 0; r < s.slots; r++) {
            for (int h = 0; h < s.heads; h++) {
                int from = (r * s.heads + h) * s.width;
                int column = h / (s.heads / s.groups) * s.width;
                double[] weights = new double[positions[r] + 1];
                double sum = 0;
                for (int j = 0; j < weights.length; j++) {
                    int key = (slots[r] * s.length + j) * columns + column;
                    double dot = 0;
                    for (int d = 0; d < s.width; d++) {
                        dot += (double) q[from + d] * cache[key + d];
                    }
                    weights[j] = Math.exp(dot / Math.sqrt(s.width));
                    sum += weights[j];
                }
                for (int j = 0; j < weights.length; j++) {
                    int key = values + (slots[r] * s.length + j) * columns + column;
                    for (int d = 0; d < s.width; d++) {
                        out[from + d] += weights[j] / sum * cache[key + d];
                    }
                }
            }
        }
        return out;
    }
}
