package org.llmrlpt.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Every gpu kernel becomes PTX that NVIDIA's assembler takes: without a GPU, through a stand-in for the driver that
 * keeps the PTX and runs nothing. Needs the properties ptx.sdk (TornadoVM with the PTX backend), ptx.driver (the
 * stand-in libcuda.so.1) and ptx.check (the program that assembles a folder and checks registers, memory and launches).
 */
@Tag("fallback")
class OfflinePtxTest {
    private static final List<String> SHAPE = List.of("model=models/tiny.json", "model.layers=1", "length=32",
        "batch=2", "device=auto");

    private final String sdk = System.getProperty("ptx.sdk");
    private final String driver = System.getProperty("ptx.driver");
    private final String check = System.getProperty("ptx.check");

    @TempDir
    Path folder;

    @BeforeEach
    void isPossible() {
        assumeTrue(sdk != null && driver != null && check != null, "the properties ptx.sdk, ptx.driver and ptx.check"
            + " do not name a TornadoVM SDK for PTX, a stand-in driver and an assembler");
    }

    @Test
    void everyPrimitiveCompilesWithFp32Products() throws Exception {
        compile(60, "bench check-kernels", "write=" + folder.resolve("nowhere"), "device.matmul=fp32");
    }

    @Test
    void everyPrimitiveCompilesWithFp16Products() throws Exception {
        compile(60, "bench check-kernels", "write=" + folder.resolve("nowhere"), "device.matmul=fp16");
    }

    @Test
    void aTrainingStepAndGenerationCompile() throws Exception {
        compile(80, "pretrain", "run=" + folder.resolve("run"), "steps=1", "check-finite=false",
            "sample.tokens=2", "sample.every=1", "evaluate.tokens=64", "data.builtin-megabytes=0.02");
    }

    /** Gradients of two micro-batches add up, and activations are computed twice. */
    @Test
    void aShapedTrainingStepCompilesWithFp16Products() throws Exception {
        compile(90, "pretrain", "run=" + folder.resolve("run"), "steps=1", "check-finite=false",
            "device.matmul=fp16", "objective.beta=-0.25", "objective.lambda-head=0.1", "objective.lambda-tail=-0.1",
            "objective.k=10", "tokens-per-step=128", "memory.checkpoint-layers=true", "sample.every=0",
            "evaluate.every=0", "evaluate.tokens=64", "data.builtin-megabytes=0.02");
    }

    /** Answers are sampled, packed and taught; the divergence needs a reference and gives all a backward pass. */
    @ParameterizedTest
    @CsvSource({"fp32, 150", "fp16, 180"})
    void aStepOfReinforcementLearningCompiles(String products, int kernels) throws Exception {
        Path policy = folder.resolve("policy");
        new Commandline().succeed(Stream.concat(Stream.of("pretrain", "run=" + policy, "steps=0", "device=cpu",
            "sample.every=0", "evaluate.tokens=64", "data.builtin-megabytes=0.02"),
            SHAPE.stream().filter(s -> !s.startsWith("device="))).toArray(String[]::new));
        assemble(kernels, List.of("rl", "checkpoint=" + policy, "run=" + folder.resolve("run"), "task=sums",
            "task.level=1", "steps=1", "group=2", "prompts=2", "slots=4", "max-new-tokens=4", "micro-batch=64",
            "dynamic-sampling=false", "kl=0.1", "check-finite=false", "evaluate.problems=0", "sample.every=0",
            "device=auto", "device.matmul=" + products));
    }

    @Test
    void theCeilingsCompileWithTheirTensorCores() throws Exception {
        compile(10, "bench kernels", "only=residual", "seconds=0.01", "device.matmul=fp16");
    }

    /** As {@link #assemble}, for a command that takes the shape of a model. */
    private void compile(int kernels, String command, String... settings) throws Exception {
        assemble(kernels, Stream.of(Stream.of(command.split(" ")), SHAPE.stream(), Stream.of(settings))
            .flatMap(s -> s).toList());
    }

    /** Runs a command on the stand-in and has what it compiled assembled: so many kernels at least, none bad. */
    private void assemble(int kernels, List<String> arguments) throws Exception {
        OfflineProcess processes = new OfflineProcess(folder);
        Path ptx = Files.createDirectories(folder.resolve("ptx"));
        int code = processes.java(sdk, Map.of("OFFLINE_PTX_DIR", ptx.toString(), "LD_PRELOAD", driver,
            "LD_LIBRARY_PATH", Path.of(driver).getParent().toString()), Main.class, arguments);
        assertEquals(0, code, processes::output);
        assertEquals(0, processes.run(List.of(check, ptx.toString()), Map.of("MAX_SPILL", "0")), processes::output);
        long compiled = processes.output().lines().filter(l -> l.endsWith(" OK")).count();
        assertTrue(compiled >= kernels, compiled + " kernels");
    }
}
