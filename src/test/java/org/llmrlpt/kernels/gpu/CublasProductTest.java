package org.llmrlpt.kernels.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.llmrlpt.kernels.Closeness.assertClose;
import static org.llmrlpt.kernels.Closeness.doubles;
import static org.llmrlpt.kernels.RandomNumbers.gaussian;

import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.llmrlpt.config.UserError;
import org.llmrlpt.device.Tensor;
import org.llmrlpt.kernels.Closeness;
import org.llmrlpt.kernels.KernelHarness;
import org.llmrlpt.kernels.KernelHarness.Layout;
import org.llmrlpt.kernels.Kernels;
import org.llmrlpt.kernels.cpu.CpuKernels;
import org.llmrlpt.kernels.cublas.Compute;
import org.llmrlpt.kernels.cublas.CublasProvider;
import org.llmrlpt.kernels.cublas.Gemm;
import org.llmrlpt.kernels.cublas.GemmTask;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.common.Access;
import uk.ac.manchester.tornado.api.common.LibraryTaskDescriptor;
import uk.ac.manchester.tornado.api.exceptions.TornadoRuntimeException;
import uk.ac.manchester.tornado.runtime.library.spi.TornadoLibraryProvider;

/** What cuBLAS is asked for gives the products, computed here by a stand-in. */
@Tag("fallback")
class CublasProductTest {
    /** Operands are rounded to 8 bits, sums are not. */
    private static final double BF16_RTOL = 1e-2;

    /** y, dX and dW, and what cuBLAS was asked for them. */
    private record Products(List<float[]> values, List<Gemm> asked, List<Tensor> tensors) {
    }

    @ParameterizedTest
    @CsvSource({"1, 1, 1", "1, 7, 1", "5, 1, 1", "1, 1, 6", "4, 1, 3", "3, 5, 7", "1, 33, 20", "20, 70, 40",
        "130, 33, 129"})
    void agreesWithTheCpuKernelsForAnyShape(int r, int k, int n) {
        for (Layout layout : Layout.values()) {
            for (boolean accumulate : new boolean[] {false, true}) {
                Products is = products(Compute.FP32, r, k, n, layout, accumulate);
                Products want = products(null, r, k, n, layout, accumulate);
                for (int i = 0; i < 3; i++) {
                    assertClose("yXW".charAt(i) + " " + layout, doubles(want.values.get(i)), is.values.get(i));
                }
            }
        }
    }

    @Test
    void operandsRoundedToBf16GiveTheProductsNearly() {
        Products is = products(Compute.BF16, 20, 70, 40, Layout.STRIDED, true);
        Products want = products(null, 20, 70, 40, Layout.STRIDED, true);
        for (int i = 0; i < 3; i++) {
            double[] exact = doubles(want.values.get(i));
            float[] rounded = is.values.get(i);
            assertClose("product " + i, exact, rounded, BF16_RTOL, 0);
            assertThrows(AssertionError.class, () -> Closeness.assertClose("", exact, rounded));
        }
    }

    /** Of strided views: rows begin every k + 9 (x, dX) or n + 9 (y, dY) elements. */
    @Test
    void eachProductIsOneCall() {
        Products p = products(Compute.BF16, 3, 5, 7, Layout.STRIDED, true);
        int[] at = p.tensors.stream().mapToInt(Tensor::offset).toArray();
        int x = at[0];
        int w = at[1];
        int dY = at[2];
        assertEquals(List.of(
            new Gemm(true, false, 7, 3, 5, w, 5, x, 14, false, at[3], 16, Compute.BF16),
            new Gemm(false, false, 5, 3, 7, w, 5, dY, 16, true, at[4], 14, Compute.BF16),
            new Gemm(false, true, 5, 7, 3, x, 14, dY, 16, true, at[5], 5, Compute.BF16)), p.asked);
        assertTrue(x > 0 && w > 0 && dY > 0, "offsets tell nothing when they are 0");
    }

    @Test
    void columnsThatWouldOverlapAreRefused() {
        assertThrows(IllegalArgumentException.class,
            () -> new Gemm(false, false, 5, 3, 7, 0, 4, 0, 7, false, 0, 5, Compute.FP32));
    }

    @Test
    void tornadoVmFindsTheProvider() {
        List<String> names = ServiceLoader.load(TornadoLibraryProvider.class).stream()
            .map(p -> p.get().libraryName()).toList();
        assertEquals(List.of(new CublasProvider().libraryName()), names);
    }

    @Test
    void theFallbackRefusesLibraryTasksInOneSentence() {
        TaskGraph graph = new TaskGraph("g");
        LibraryTaskDescriptor task = new LibraryTaskDescriptor().withLibrary("some/library").withFunction("f")
            .withParameters(new Object[4]).withAccess(new Access[] {Access.READ_ONLY});
        String said = assertThrows(TornadoRuntimeException.class,
            () -> graph.libraryTask("t", (a, b, c, d) -> task, 1, 2, 3, 4)).getMessage();
        assertTrue(Stream.of("g.t", "some/library", "CUDA").allMatch(said::contains), said);
    }

    @Test
    void aDeviceOfAnotherBackendIsRefusedInOneSentence() {
        String said = assertThrows(UserError.class, () -> GemmTask.library(new TaskGraph("g"), "t", null, null, null,
            null, null)).getMessage();
        assertTrue(Stream.of("'device.matmul'", "only TornadoVM's CUDA backend", "JAVA", "device=BACKEND:DEVICE")
            .allMatch(said::contains), said);
    }

    private static Products products(Compute compute, int r, int k, int n, Layout layout, boolean accumulate) {
        List<Gemm> asked = new ArrayList<>();
        GemmTask host = new HostGemm();
        Kernels kernels = compute == null ? new CpuKernels()
            : new GpuKernels(compute, (graph, id, gemm, a, b, workspace, c) -> {
                asked.add(gemm);
                host.addTo(graph, id, gemm, a, b, workspace, c);
            });
        try (KernelHarness h = new KernelHarness(kernels)) {
            Tensor x = h.input("x", r, k, layout, gaussian("x", r * k));
            Tensor w = h.input("w", n, k, gaussian("w", n * k));
            Tensor dY = h.input("dY", r, n, layout, gaussian("dY", r * n));
            Tensor y = h.output("y", r, n, layout);
            Tensor dX = accumulate ? h.inOut("dX", r, k, layout, gaussian("dX", r * k)) : h.output("dX", r, k, layout);
            Tensor dW = accumulate ? h.inOut("dW", n, k, gaussian("dW", n * k)) : h.output("dW", n, k);
            h.run((set, p) -> {
                set.linear(p, x, w, y);
                set.linearBackwardInput(p, dY, w, dX, accumulate);
                set.linearBackwardWeight(p, dY, x, dW, accumulate);
            });
            return new Products(Stream.of(y, dX, dW).map(h::values).toList(), asked,
                List.of(x, w, dY, y, dX, dW));
        }
    }
}
