package org.llmrlpt.kernels;

import static org.llmrlpt.kernels.Closeness.assertClose;
import static org.llmrlpt.kernels.Closeness.assertSameBits;
import static org.llmrlpt.kernels.Closeness.doubles;
import static org.llmrlpt.kernels.RandomNumbers.gaussian;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.llmrlpt.device.Tensor;

class EmbeddingTest {
    private static final int VOCABULARY = 11;
    private static final int ROWS = 40;

    @ParameterizedTest
    @MethodSource("org.llmrlpt.kernels.TestedKernels#all")
    void copiesTheRowsThatTheNumbersName(Kernels kernels) {
        for (int columns : new int[] {1, 7, 64, 130}) {
            float[] table = gaussian("table", VOCABULARY * columns);
            int[] tokens = RandomNumbers.ints("tokens", ROWS, VOCABULARY);
            float[] want = new float[ROWS * columns];
            for (int r = 0; r < ROWS; r++) {
                System.arraycopy(table, tokens[r] * columns, want, r * columns, columns);
            }
            try (KernelHarness h = new KernelHarness(kernels)) {
                Tensor rows = h.input("table", VOCABULARY, columns, table);
                Tensor numbers = h.ints("tokens", tokens);
                Tensor embedded = h.output("embedded", ROWS, columns);
                h.run((k, p) -> k.embedding(p, rows, numbers, embedded));
                assertSameBits("embedded", want, h.values(embedded));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("org.llmrlpt.kernels.TestedKernels#all")
    void addsTheGradientsOfATokenInTheOrderOfItsRows(Kernels kernels) {
        for (int columns : new int[] {1, 7, 64, 130}) {
            float[] before = gaussian("dTable", VOCABULARY * columns);
            float[] gradients = gaussian("dOut", ROWS * columns);
            int[] tokens = RandomNumbers.ints("tokens", ROWS, VOCABULARY - 1);
            float[] inOrder = before.clone();
            double[] want = doubles(before);
            for (int r = 0; r < ROWS; r++) {
                for (int c = 0; c < columns; c++) {
                    inOrder[tokens[r] * columns + c] += gradients[r * columns + c];
                    want[tokens[r] * columns + c] += gradients[r * columns + c];
                }
            }
            try (KernelHarness h = new KernelHarness(kernels)) {
                Tensor numbers = h.ints("tokens", tokens);
                Tensor dOut = h.input("dOut", ROWS, columns, gradients);
                Tensor dTable = h.inOut("dTable", VOCABULARY, columns, before);
                h.run((k, p) -> k.embeddingBackward(p, numbers, dOut, dTable));
                assertClose("dTable", want, h.values(dTable));
                assertSameBits("dTable", inOrder, h.values(dTable));
            }
        }
    }
}
