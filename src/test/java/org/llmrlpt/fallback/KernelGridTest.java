package org.llmrlpt.fallback;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.WorkerGrid2D;
import uk.ac.manchester.tornado.api.WorkerGrid3D;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** Kernels on grids: the same numbers on the fallback, fast and strict, and on the real TornadoVM. */
class KernelGridTest {
    private final KernelContext context = new KernelContext();

    @ParameterizedTest
    @EnumSource(Mode.class)
    void everyThreadOfAThreeDimensionalGridKnowsWhereItIs(Mode mode) throws Exception {
        mode.run(() -> {
            IntArray out = new IntArray(8 * 6 * 4 * 6);
            TaskGraph graph = new TaskGraph("where").task("w", ProbeKernels::kWhere, context, out)
                    .transferToHost(DataTransferMode.EVERY_EXECUTION, out);
            WorkerGrid3D grid = new WorkerGrid3D(8, 6, 4);
            grid.setLocalWork(4, 2, 2);
            try (var plan = Plans.of(new GridScheduler("where.w", grid), graph)) { plan.execute(); }
            for (int z = 0; z < 4; z++) {
                for (int y = 0; y < 6; y++) {
                    for (int x = 0; x < 8; x++) {
                        int at = ((z * 6 + y) * 8 + x) * 6;
                        assertEquals(x % 4 + 100 * (y % 2) + 10000 * (z % 2), out.get(at));
                        assertEquals(x / 4 + 100 * (y / 2) + 10000 * (z / 2), out.get(at + 1));
                        assertEquals(4, out.get(at + 2));
                        assertEquals(2, out.get(at + 3));
                        assertEquals(2, out.get(at + 4));
                        assertEquals(x + 100 * y + 10000 * z, out.get(at + 5));
                    }
                }
            }
        });
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void aSoftmaxThatReducesRowsInLocalMemoryAgreesWithDoubles(Mode mode) throws Exception {
        mode.run(() -> {
            int rows = 37;
            int width = 101;
            FloatArray in = random(rows * width, 1);
            FloatArray out = new FloatArray(rows * width);
            TaskGraph graph = new TaskGraph("rows").transferToDevice(DataTransferMode.EVERY_EXECUTION, in)
                    .task("softmax", ProbeKernels::kSoftmax, context, in, out, width)
                    .transferToHost(DataTransferMode.EVERY_EXECUTION, out);
            try (var plan = Plans.of(Plans.grids(rows * 64, 64, "rows.softmax"), graph)) {
                plan.execute();
                plan.execute();
            }
            for (int r = 0; r < rows; r++) {
                double sum = 0;
                for (int j = 0; j < width; j++) { sum += Math.exp(in.get(r * width + j)); }
                for (int j = 0; j < width; j++) {
                    assertEquals(Math.exp(in.get(r * width + j)) / sum, out.get(r * width + j), 1e-6);
                }
            }
        });
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void aTiledProductOfRaggedMatricesAgreesWithDoubles(Mode mode) throws Exception {
        mode.run(() -> {
            int m = 50;
            int n = 70;
            int k = 45;
            FloatArray a = random(m * k, 2);
            FloatArray b = random(k * n, 3);
            FloatArray out = new FloatArray(m * n);
            TaskGraph graph = new TaskGraph("product").transferToDevice(DataTransferMode.EVERY_EXECUTION, a, b)
                    .task("mm", ProbeKernels::kMatMul, context, a, b, out, m, n, k)
                    .transferToHost(DataTransferMode.EVERY_EXECUTION, out);
            WorkerGrid2D grid = new WorkerGrid2D(80, 64);
            grid.setLocalWork(16, 16, 1);
            try (var plan = Plans.of(new GridScheduler("product.mm", grid), graph)) { plan.execute(); }
            for (int i = 0; i < m; i++) {
                for (int j = 0; j < n; j++) {
                    double sum = 0;
                    for (int x = 0; x < k; x++) { sum += (double) a.get(i * k + x) * b.get(x * n + j); }
                    assertEquals(sum, out.get(i * n + j), 2e-5);
                }
            }
        });
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void atomicAdditionsFromAllThreadsAllCount(Mode mode) throws Exception {
        mode.run(() -> {
            IntArray in = new IntArray(1000);
            for (int i = 0; i < 1000; i++) { in.set(i, i * 7 % 1001); }
            IntArray count = new IntArray(1);
            TaskGraph graph = new TaskGraph("count").transferToDevice(DataTransferMode.EVERY_EXECUTION, in, count)
                    .task("even", ProbeKernels::kCountEven, context, in, count, 1000)
                    .transferToHost(DataTransferMode.EVERY_EXECUTION, count);
            try (var plan = Plans.of(Plans.grids(1024, 128, "count.even"), graph)) { plan.execute(); }
            int expected = 0;
            for (int i = 0; i < 1000; i++) { expected += in.get(i) % 2 == 0 ? 1 : 0; }
            assertEquals(expected, count.get(0));
        });
    }

    private static FloatArray random(int size, long seed) {
        Random random = new Random(seed);
        FloatArray array = new FloatArray(size);
        for (int i = 0; i < size; i++) { array.set(i, random.nextFloat() * 2 - 1); }
        return array;
    }
}
