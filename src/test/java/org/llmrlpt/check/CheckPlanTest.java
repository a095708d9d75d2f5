package org.llmrlpt.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.llmrlpt.config.GpuCheckSettings;

class CheckPlanTest {
    private final List<Step> steps = new CheckPlan(Path.of("folder"),
        new GpuCheckSettings("folder", GpuCheckSettings.Size.FULL, 10, "auto", null),
        List.of("fp32", "fp16", "cublas-fp32", "cublas")).steps();

    @Test
    void kernelsMayDifferAsMuchAsTheirProductsRound() {
        assertTrue(step("kernels-ragged-cublas-fp32").arguments().contains("tolerance=5e-5"));
        assertTrue(step("kernels-real-fp16").arguments().contains("tolerance=5e-3"));
        assertTrue(step("kernels-real-cublas").arguments().containsAll(List.of("tolerance=4e-2",
            "device.matmul=cublas")));
    }

    @Test
    void unroundedCublasIsComparedAndTrainedWithButNotTakenApart() {
        assertEquals(List.of("training-cpu", "training-fp32", "training-fp16", "training-cublas-fp32",
            "training-cublas", "training-graphs-fp32"), named("training"));
        assertEquals(List.of("throughput-small-fp32", "throughput-small-fp16", "throughput-small-cublas-fp32",
            "throughput-small-cublas"), named("throughput-small"));
        assertEquals(List.of("throughput-dense-1b-fp32", "throughput-dense-1b-fp16", "throughput-dense-1b-cublas",
            "throughput-dense-1b-cublas-fp32"), named("throughput-dense-1b"));
        assertEquals("throughput-dense-1b-cublas-fp32", steps.getLast().name());
        assertEquals(List.of("throughput-graphs-fp16", "throughput-graphs-cublas"), named("throughput-graphs"));
        assertEquals(List.of("split-fp32", "split-fp16", "split-cublas"), named("split"));
    }

    private Step step(String name) {
        return steps.stream().filter(s -> s.name().equals(name)).findFirst().orElseThrow();
    }

    private List<String> named(String begin) {
        return steps.stream().map(Step::name).filter(n -> n.startsWith(begin)).toList();
    }
}
