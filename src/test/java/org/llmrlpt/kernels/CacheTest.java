package org.llmrlpt.kernels;

import static org.llmrlpt.kernels.Closeness.assertSameBits;
import static org.llmrlpt.kernels.RandomNumbers.gaussian;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.llmrlpt.device.Tensor;
import org.llmrlpt.kernels.KernelHarness.Layout;

class CacheTest {
    private static final int SLOTS = 3;
    private static final int LENGTH = 5;
    private static final int COLUMNS = 6;
    private static final int PLANE = SLOTS * LENGTH;

    @ParameterizedTest
    @MethodSource("org.llmrlpt.kernels.TestedKernels#all")
    void rowsGoToTheirPositionInTheirSlotAndIdleOnesNowhere(Kernels kernels) {
        int[] slots = {2, -1, 0, 2};
        int[] positions = {4, 3, 0, 1};
        float[] k = gaussian("k", 4 * COLUMNS);
        float[] v = gaussian("v", 4 * COLUMNS);
        float[] before = gaussian("cache", 2 * PLANE * COLUMNS);
        float[] want = before.clone();
        for (int r = 0; r < 4; r++) {
            if (slots[r] >= 0) {
                int row = slots[r] * LENGTH + positions[r];
                System.arraycopy(k, r * COLUMNS, want, row * COLUMNS, COLUMNS);
                System.arraycopy(v, r * COLUMNS, want, (PLANE + row) * COLUMNS, COLUMNS);
            }
        }
        try (KernelHarness h = new KernelHarness(kernels)) {
            Tensor kIn = h.input("k", 4, COLUMNS, Layout.STRIDED, k);
            Tensor vIn = h.input("v", 4, COLUMNS, Layout.STRIDED, v);
            Tensor slotsIn = h.ints("slots", slots);
            Tensor positionsIn = h.ints("positions", positions);
            Tensor cache = h.inOut("cache", 2 * PLANE, COLUMNS, before);
            h.run((set, p) -> set.cacheStore(p, kIn, vIn, slotsIn, positionsIn, cache.rows(0, PLANE),
                cache.rows(PLANE, PLANE), LENGTH));
            assertSameBits("cache", want, h.values(cache));
        }
    }

    @ParameterizedTest
    @MethodSource("org.llmrlpt.kernels.TestedKernels#all")
    void theFirstRowsOfASlotAreCopiedInEveryPlane(Kernels kernels) {
        int planes = 4;
        float[] before = gaussian("cache", planes * PLANE * COLUMNS);
        float[] want = before.clone();
        for (int plane = 0; plane < planes; plane++) {
            int first = plane * PLANE * COLUMNS;
            System.arraycopy(before, first + LENGTH * COLUMNS, want, first, 3 * COLUMNS);
            System.arraycopy(before, first + LENGTH * COLUMNS, want, first + 2 * LENGTH * COLUMNS, 5 * COLUMNS);
        }
        try (KernelHarness h = new KernelHarness(kernels)) {
            Tensor sources = h.ints("sources", 1, 0, 1);
            Tensor counts = h.ints("counts", 3, 0, 5);
            Tensor cache = h.inOut("cache", planes * PLANE, COLUMNS, before);
            h.run((set, p) -> set.cacheCopy(p, sources, counts, cache, LENGTH));
            assertSameBits("cache", want, h.values(cache));
        }
    }

    @ParameterizedTest
    @MethodSource("org.llmrlpt.kernels.TestedKernels#all")
    void aStepReadsTheGivenTokenOrTheOneDrawnInItsSlot(Kernels kernels) {
        try (KernelHarness h = new KernelHarness(kernels)) {
            Tensor given = h.ints("given", -1, 7, -1, -1);
            Tensor drawn = h.ints("drawn", 5, 3, 8);
            Tensor slots = h.ints("slots", 2, 1, -1, 0);
            Tensor tokens = h.ints("tokens", -9, -9, -9, -9);
            Tensor ids = h.input("ids", 9, 1, 0f, 1f, 2f, 3f, 4f, 5f, 6f, 7f, 8f);
            Tensor read = h.output("read", 4, 1);
            h.run((set, p) -> {
                set.nextTokens(p, given, drawn, slots, tokens);
                set.embedding(p, ids, tokens, read);
            });
            assertSameBits("tokens", new float[] {8f, 7f, 0f, 5f}, h.values(read));
        }
    }
}
