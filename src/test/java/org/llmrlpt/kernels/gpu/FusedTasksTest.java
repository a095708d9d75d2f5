package org.llmrlpt.kernels.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.llmrlpt.kernels.Closeness.assertClose;
import static org.llmrlpt.kernels.Closeness.assertSameBits;
import static org.llmrlpt.kernels.Closeness.doubles;
import static org.llmrlpt.kernels.RandomNumbers.gaussian;
import static org.llmrlpt.kernels.RandomNumbers.ints;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.llmrlpt.device.Tensor;
import org.llmrlpt.kernels.KernelHarness;
import org.llmrlpt.kernels.References;

/** Tasks that take the place of others compute what these would. */
class FusedTasksTest {
    private static final int ROWS = 5;
    private static final int D = 6;
    private static final int QUERIES = 3;
    private static final int KEYS = 2;
    private static final float EPS = 1e-5f;

    private final GpuKernels kernels = new GpuKernels();

    @Test
    void anAdditionAndTheNormOfItsSumAreOneTask() {
        int columns = 33;
        float[] as = gaussian("a", ROWS * columns);
        float[] bs = gaussian("b", ROWS * columns);
        float[] ws = gaussian("w", columns);
        try (KernelHarness h = new KernelHarness(kernels)) {
            Tensor a = h.input("a", ROWS, columns, as);
            Tensor b = h.input("b", ROWS, columns, bs);
            Tensor w = h.input("w", 1, columns, ws);
            Tensor sum = h.output("sum", ROWS, columns);
            Tensor y = h.output("y", ROWS, columns);
            Tensor rstd = h.output("rstd", 1, ROWS);
            h.run((set, p) -> {
                set.add(p, a, b, sum);
                set.rmsNorm(p, sum, w, y, rstd, EPS);
                assertEquals(1, p.place());
            });
            assertClose("sum", References.sum(doubles(as), bs), h.values(sum));
            assertClose("y", References.rmsNorm(References.sum(doubles(as), bs), doubles(ws), columns, EPS),
                h.values(y));
        }
    }

    @Test
    void twoNormsOfOneSumAreBothWritten() {
        float[] as = gaussian("a", ROWS * D);
        float[] ws = gaussian("w", D);
        try (KernelHarness h = new KernelHarness(kernels)) {
            Tensor a = h.input("a", ROWS, D, as);
            Tensor w = h.input("w", 1, D, ws);
            Tensor sum = h.output("sum", ROWS, D);
            Tensor y = h.output("y", ROWS, D);
            Tensor other = h.output("other", ROWS, D);
            Tensor rstd = h.output("rstd", 1, ROWS);
            h.run((set, p) -> {
                set.add(p, a, a, sum);
                set.rmsNorm(p, sum, w, y, rstd, EPS);
                set.rmsNorm(p, sum, w, other, rstd, EPS);
            });
            double[] expected = References.rmsNorm(References.sum(doubles(as), as), doubles(ws), D, EPS);
            assertClose("y", expected, h.values(y));
            assertClose("other", expected, h.values(other));
        }
    }

    @Test
    void theNormOfSomethingElseStaysATaskOfItsOwn() {
        try (KernelHarness h = new KernelHarness(kernels)) {
            Tensor a = h.input("a", ROWS, D, gaussian("a", ROWS * D));
            Tensor w = h.input("w", 1, D, gaussian("w", D));
            Tensor sum = h.output("sum", ROWS, D);
            Tensor y = h.output("y", ROWS, D);
            Tensor rstd = h.output("rstd", 1, ROWS);
            h.run((set, p) -> {
                set.add(p, a, a, sum);
                set.rmsNorm(p, a, w, y, rstd, EPS);
                assertEquals(2, p.place());
            });
            assertClose("y", References.rmsNorm(doubles(h.values(a)), doubles(h.values(w)), D, EPS), h.values(y));
        }
    }

    @Test
    void aGradientThatIsZeroedAndAddedToIsWritten() {
        int n = 7;
        float[] xs = gaussian("x", ROWS * D);
        float[] dYs = gaussian("dY", ROWS * n);
        try (KernelHarness h = new KernelHarness(kernels)) {
            Tensor x = h.input("x", ROWS, D, xs);
            Tensor w = h.input("w", 1, D, gaussian("w", D));
            Tensor rstd = h.input("rstd", 1, ROWS, gaussian("rstd", ROWS));
            Tensor dY = h.input("dY", ROWS, n, dYs);
            Tensor dW = h.output("dW", n, D);
            Tensor dNormed = h.input("dNormed", ROWS, D, gaussian("dNormed", ROWS * D));
            Tensor dX = h.output("dX", ROWS, D);
            Tensor normed = h.output("normed", ROWS, D);
            Tensor dNorm = h.output("dNorm", 1, D);
            Tensor added = h.inOut("added", 1, D, new float[D]);
            h.run((set, p) -> {
                set.linearBackwardWeight(p, dY, x, dW, false);
                assertEquals(1, p.place());
                set.zero(p, dNorm);
                set.rmsNormBackward(p, x, w, rstd, dNormed, dX, dNorm, normed, false);
                assertEquals(4, p.place());
                set.zero(p, dX);
                set.rmsNormBackward(p, x, w, rstd, dNormed, dX, added, normed, false);
                assertEquals(8, p.place(), "other memory is zeroed");
            });
            double[] want = new double[n * D];
            for (int i = 0; i < want.length; i++) {
                for (int r = 0; r < ROWS; r++) {
                    want[i] += (double) dYs[r * n + i / D] * xs[r * D + i % D];
                }
            }
            assertClose("dW", want, h.values(dW));
            assertSameBits("of the norm", h.values(added), h.values(dNorm));
        }
    }

    /** With something between the queries' tasks and the keys' these stay apart: the results have the same bits. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void queriesAndKeysShareTheirTasks(boolean together) {
        Outcome want = rotate(false);
        Outcome is = rotate(together);
        assertEquals(together ? 1 : 3, is.forwardTasks);
        assertEquals(together ? 4 : 7, is.backwardTasks);
        assertSameBits("y", want.y, is.y);
        assertSameBits("dX", want.dX, is.dX);
        assertClose("dW of queries", doubles(want.dQuery), is.dQuery);
        assertClose("dW of keys", doubles(want.dKey), is.dKey);
    }

    private record Outcome(int forwardTasks, int backwardTasks, float[] y, float[] dX, float[] dQuery, float[] dKey) {
    }

    private Outcome rotate(boolean together) {
        int columns = (QUERIES + KEYS) * D;
        int[] tasks = new int[2];
        try (KernelHarness h = new KernelHarness(kernels)) {
            Tensor x = h.input("x", ROWS, columns, gaussian("x", ROWS * columns));
            Tensor wq = h.input("wq", 1, D, gaussian("wq", D));
            Tensor wk = h.input("wk", 1, D, gaussian("wk", D));
            Tensor dY = h.input("dY", ROWS, columns, gaussian("dY", ROWS * columns));
            Tensor angles = h.input("angles", 7, D, References.angles(7, D, 100));
            Tensor positions = h.ints("positions", ints("positions", ROWS, 7));
            Tensor y = h.output("y", ROWS, columns);
            Tensor rq = h.output("rq", ROWS, QUERIES);
            Tensor rk = h.output("rk", ROWS, KEYS);
            Tensor dX = h.output("dX", ROWS, columns);
            Tensor dWq = h.inOut("dWq", 1, D, gaussian("dWq", D));
            Tensor dWk = h.inOut("dWk", 1, D, gaussian("dWk", D));
            Tensor other = h.output("other", 1, 1);
            Tensor one = h.input("one", 1, 1, 1f);
            h.run((set, p) -> {
                set.qkNormRope(p, queries(x), wq, positions, angles, queries(y), rq, D, EPS);
                if (!together) {
                    set.add(p, one, one, other);
                }
                set.qkNormRope(p, keys(x), wk, positions, angles, keys(y), rk, D, EPS);
                tasks[0] = p.place();
                set.qkNormRopeBackward(p, queries(x), wq, rq, positions, angles, queries(dY), queries(dX), dWq, D);
                if (!together) {
                    set.add(p, one, one, other);
                }
                set.qkNormRopeBackward(p, keys(x), wk, rk, positions, angles, keys(dY), keys(dX), dWk, D);
                tasks[1] = p.place() - tasks[0];
                set.add(p, one, one, other);
            });
            return new Outcome(tasks[0], tasks[1], h.values(y), h.values(dX), h.values(dWq), h.values(dWk));
        }
    }

    private static Tensor queries(Tensor t) {
        return t.columns(0, QUERIES * D);
    }

    private static Tensor keys(Tensor t) {
        return t.columns(QUERIES * D, KEYS * D);
    }
}
