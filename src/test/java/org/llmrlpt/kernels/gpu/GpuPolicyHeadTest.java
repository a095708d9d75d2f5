package org.llmrlpt.kernels.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.function.IntBinaryOperator;
import org.junit.jupiter.api.Test;
import org.llmrlpt.device.Tensor;
import org.llmrlpt.kernels.Closeness;
import org.llmrlpt.kernels.KernelHarness;
import org.llmrlpt.kernels.RandomNumbers;
import org.llmrlpt.kernels.RowStatistics;
import org.llmrlpt.kernels.Shaping;

class GpuPolicyHeadTest {
    private static final int ROWS = 8;
    private static final int WIDTH = 5;
    private static final int VOCABULARY = 70;

    @Test
    void chunksAreEvenAndGrowAfterTheEighth() {
        assertEquals(1100, GpuPolicyHead.chunkRows(1100, 20), "all fit");
        assertEquals(256, GpuPolicyHead.chunkRows(512, 50_304), "two");
        assertEquals(512, GpuPolicyHead.chunkRows(4096, 50_304), "eight, larger than is usual");
        assertEquals(1261, GpuPolicyHead.chunkRows(16 * 1024, 50_304), "13, as large as they may be");
        assertEquals(1, GpuPolicyHead.chunkRows(5, 200_000_000), "a row at a time");
    }

    @Test
    void severalChunksGiveWhatOneGives() {
        Tensors one = train((rows, vocabulary) -> rows);
        Tensors three = train((rows, vocabulary) -> 3);
        Closeness.assertSameBits("statistics", one.statistics, three.statistics);
        Closeness.assertSameBits("dH", one.dH, three.dH);
        Closeness.assertClose("dW", Closeness.doubles(one.dW), three.dW, 1e-5, 1e-7);
    }

    private record Tensors(float[] statistics, float[] dH, float[] dW) {
    }

    private static Tensors train(IntBinaryOperator chunkRows) {
        try (KernelHarness harness = new KernelHarness(new GpuKernels())) {
            Tensor h = harness.input("h", ROWS, WIDTH, RandomNumbers.gaussian("h", ROWS * WIDTH));
            Tensor w = harness.input("w", VOCABULARY, WIDTH, RandomNumbers.gaussian("w", VOCABULARY * WIDTH));
            Tensor targets = harness.ints("targets", RandomNumbers.ints("targets", ROWS, VOCABULARY));
            Tensor scale = harness.input("scale", 1, 1, 0.1f);
            Tensor statistics = harness.output("statistics", ROWS, RowStatistics.COLUMNS);
            Tensor dH = harness.output("dH", ROWS, WIDTH);
            Tensor dW = harness.inOut("dW", VOCABULARY, WIDTH, new float[VOCABULARY * WIDTH]);
            harness.run((k, p) -> new GpuPolicyHead(k, chunkRows).record(p, h, w, targets, scale,
                new Shaping(-0.25f, 0.1f, -0.1f, 10), statistics, dH, dW, false));
            return new Tensors(harness.values(statistics), harness.values(dH), harness.values(dW));
        }
    }
}
