package org.llmrlpt.kernels.cpu;

import static org.llmrlpt.kernels.Closeness.assertSameBits;
import static org.llmrlpt.kernels.RandomNumbers.gaussian;

import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.llmrlpt.device.Tensor;
import org.llmrlpt.kernels.KernelHarness;
import org.llmrlpt.kernels.RandomNumbers;
import org.llmrlpt.kernels.References;

/** Shapes here are large enough for several tasks each; the last rows and columns fill neither a task nor a vector. */
@EnabledIf("org.llmrlpt.kernels.TestedKernels#isFallback")
class ThreadCountTest {
    private static final int ROWS = 197;
    private static final int HEADS = 5;
    private static final int D = 38;
    private static final int C = HEADS * D;
    private static final int VOCABULARY = 61;
    private static final float EPS = 1e-6f;

    private final int threadsBefore = Workers.threads();

    @AfterEach
    void restoreThreads() {
        Workers.use(threadsBefore);
    }

    /** Each runs a kernel and its backward pass and gives all that they computed. */
    static Stream<Named<Supplier<List<float[]>>>> kernels() {
        return Stream.of(
            Named.of("embedding", ThreadCountTest::embedding),
            Named.of("linear", ThreadCountTest::linear),
            Named.of("rmsNorm", ThreadCountTest::rmsNorm),
            Named.of("rope", ThreadCountTest::rope),
            Named.of("qkNormRope", ThreadCountTest::qkNormRope),
            Named.of("swiGlu", ThreadCountTest::swiGlu),
            Named.of("add", ThreadCountTest::add),
            Named.of("gradientNorm and adamW", ThreadCountTest::adamW));
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void computesTheSameBitsOnAnyNumberOfThreads(Supplier<List<float[]>> kernel) {
        Workers.use(1);
        List<float[]> want = kernel.get();
        for (int threads : new int[] {2, 3, 1}) {
            Workers.use(threads);
            List<float[]> got = kernel.get();
            for (int i = 0; i < want.size(); i++) {
                assertSameBits("result " + i + " on " + threads + " threads", want.get(i), got.get(i));
            }
        }
    }

    private static KernelHarness harness() {
        return new KernelHarness(new CpuKernels());
    }

    private static List<float[]> values(KernelHarness h, Tensor... results) {
        return Arrays.stream(results).map(h::values).toList();
    }

    private static List<float[]> embedding() {
        try (KernelHarness h = harness()) {
            Tensor table = h.input("table", VOCABULARY, C, gaussian("table", VOCABULARY * C));
            Tensor tokens = h.ints("tokens", RandomNumbers.ints("tokens", ROWS, VOCABULARY));
            Tensor out = h.output("out", ROWS, C);
            Tensor dTable = h.inOut("dTable", VOCABULARY, C, gaussian("dTable", VOCABULARY * C));
            h.run((k, p) -> {
                k.embedding(p, table, tokens, out);
                k.embeddingBackward(p, tokens, out, dTable);
            });
            return values(h, out, dTable);
        }
    }

    private static List<float[]> linear() {
        int n = 77;
        try (KernelHarness h = harness()) {
            Tensor x = h.input("x", ROWS, C, gaussian("x", ROWS * C));
            Tensor w = h.input("w", n, C, gaussian("w", n * C));
            Tensor y = h.output("y", ROWS, n);
            Tensor dX = h.output("dX", ROWS, C);
            Tensor dW = h.inOut("dW", n, C, gaussian("dW", n * C));
            h.run((k, p) -> {
                k.linear(p, x, w, y);
                k.linearBackwardInput(p, y, w, dX, false);
                k.linearBackwardWeight(p, y, x, dW, true);
            });
            return values(h, y, dX, dW);
        }
    }

    private static List<float[]> rmsNorm() {
        try (KernelHarness h = harness()) {
            Tensor x = h.input("x", ROWS, C, gaussian("x", ROWS * C));
            Tensor w = h.input("w", 1, C, gaussian("w", C));
            Tensor y = h.output("y", ROWS, C);
            Tensor rstd = h.output("rstd", 1, ROWS);
            Tensor again = h.output("again", ROWS, C);
            Tensor dX = h.inOut("dX", ROWS, C, gaussian("dX", ROWS * C));
            Tensor dW = h.inOut("dW", 1, C, gaussian("dW", C));
            h.run((k, p) -> {
                k.rmsNorm(p, x, w, y, rstd, EPS);
                k.rmsNormBackward(p, x, w, rstd, y, dX, dW, again, true);
            });
            return values(h, y, rstd, dX, dW, again);
        }
    }

    private static List<float[]> rope() {
        try (KernelHarness h = harness()) {
            Tensor x = h.input("x", ROWS, C, gaussian("x", ROWS * C));
            Tensor positions = h.ints("positions", RandomNumbers.ints("positions", ROWS, ROWS));
            Tensor angles = h.input("angles", ROWS, D, References.angles(ROWS, D, 10000));
            Tensor y = h.output("y", ROWS, C);
            Tensor back = h.output("back", ROWS, C);
            h.run((k, p) -> {
                k.rope(p, x, positions, angles, y, D);
                k.ropeBackward(p, y, positions, angles, back, D);
            });
            return values(h, y, back);
        }
    }

    private static List<float[]> qkNormRope() {
        try (KernelHarness h = harness()) {
            Tensor x = h.input("x", ROWS, C, gaussian("x", ROWS * C));
            Tensor w = h.input("w", 1, D, gaussian("w", D));
            Tensor positions = h.ints("positions", RandomNumbers.ints("positions", ROWS, ROWS));
            Tensor angles = h.input("angles", ROWS, D, References.angles(ROWS, D, 10000));
            Tensor y = h.output("y", ROWS, C);
            Tensor rstd = h.output("rstd", ROWS, HEADS);
            Tensor dX = h.output("dX", ROWS, C);
            Tensor dW = h.inOut("dW", 1, D, gaussian("dW", D));
            h.run((k, p) -> {
                k.qkNormRope(p, x, w, positions, angles, y, rstd, D, EPS);
                k.qkNormRopeBackward(p, x, w, rstd, positions, angles, y, dX, dW, D);
            });
            return values(h, y, rstd, dX, dW);
        }
    }

    private static List<float[]> swiGlu() {
        try (KernelHarness h = harness()) {
            Tensor gateUp = h.input("gateUp", ROWS, 2 * C, gaussian("gateUp", ROWS * 2 * C));
            Tensor out = h.output("out", ROWS, C);
            Tensor dGateUp = h.output("dGateUp", ROWS, 2 * C);
            Tensor again = h.output("again", ROWS, C);
            h.run((k, p) -> {
                k.swiGlu(p, gateUp, out);
                k.swiGluBackward(p, gateUp, out, dGateUp, again);
            });
            return values(h, out, dGateUp, again);
        }
    }

    private static List<float[]> add() {
        try (KernelHarness h = harness()) {
            Tensor a = h.input("a", ROWS, C, gaussian("a", ROWS * C));
            Tensor sum = h.inOut("sum", ROWS, C, gaussian("sum", ROWS * C));
            h.run((k, p) -> k.add(p, a, sum, sum));
            return values(h, sum);
        }
    }

    private static List<float[]> adamW() {
        int n = 100_003;
        float[] squares = gaussian("v", n);
        for (int i = 0; i < n; i++) {
            squares[i] *= squares[i];
        }
        try (KernelHarness h = harness()) {
            Tensor parameters = h.inOut("parameters", 1, n, gaussian("parameters", n));
            Tensor gradients = h.inOut("gradients", 1, n, gaussian("gradients", n));
            Tensor m = h.inOut("m", 1, n, gaussian("m", n));
            Tensor v = h.inOut("v", 1, n, squares);
            Tensor clip = h.output("clip", 1, 2);
            Tensor step = h.input("step", 1, 3, 0.01f, 0.3f, 0.2f);
            h.run((k, p) -> {
                k.gradientNorm(p, gradients, 1f, clip);
                k.adamW(p, parameters, gradients, m, v, clip, step, n / 2, 0.9f, 0.95f, 1e-8f, 0.1f);
            });
            return values(h, parameters, gradients, m, v, clip);
        }
    }
}
