package org.llmrlpt.train;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;

import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.llmrlpt.kernels.Kernels;
import org.llmrlpt.kernels.cpu.CpuKernels;
import org.llmrlpt.kernels.cpu.Workers;

class SmallTrainingTest {
    @Test
    void wholeStepsAndTheirPartsRunAtTheSameTime() {
        Kernels kernels = new CpuKernels();
        CompletableFuture<Void> whole = CompletableFuture.runAsync(
            () -> Workers.alone(() -> SmallTraining.run(kernels)));
        CompletableFuture<Void> parts = CompletableFuture.runAsync(
            () -> Workers.alone(() -> SmallTraining.runLastThingsFirst(kernels)));
        assertDoesNotThrow(() -> CompletableFuture.allOf(whole, parts).join());
    }
}
