package org.llmrlpt.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every gpu kernel becomes PTX that NVIDIA's assembler takes: without a GPU, through a stand-in for the driver that
 * keeps the PTX and runs nothing. Needs the properties ptx.sdk (TornadoVM with the PTX backend), ptx.driver (the
 * stand-in libcuda.so.1) and ptx.check (the program that assembles a folder and checks registers, memory and launches).
 */
@Tag("fallback")
class OfflinePtxTest {
    private static final List<String> SHAPE = List.of("model=models/tiny.json", "model.layers=1", "length=32",
        "batch=2", "device=auto");

    @TempDir
    Path folder;

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

    @Test
    void theCeilingsCompileWithTheirTensorCores() throws Exception {
        compile(10, "bench kernels", "only=residual", "seconds=0.01", "device.matmul=fp16");
    }

    /** Runs a command on the stand-in and has what it compiled assembled: so many kernels at least, none bad. */
    private void compile(int kernels, String command, String... settings) throws Exception {
        String sdk = System.getProperty("ptx.sdk");
        String driver = System.getProperty("ptx.driver");
        String check = System.getProperty("ptx.check");
        assumeTrue(sdk != null && driver != null && check != null, "the properties ptx.sdk, ptx.driver and ptx.check"
            + " do not name a TornadoVM SDK for PTX, a stand-in driver and an assembler");
        OfflineProcess processes = new OfflineProcess(folder);
        Path ptx = Files.createDirectories(folder.resolve("ptx"));
        int code = processes.java(sdk, Map.of("OFFLINE_PTX_DIR", ptx.toString(), "LD_PRELOAD", driver,
            "LD_LIBRARY_PATH", Path.of(driver).getParent().toString()), Main.class, Stream.of(
                Stream.of(command.split(" ")), SHAPE.stream(), Stream.of(settings)).flatMap(s -> s).toList());
        assertEquals(0, code, processes::output);
        assertEquals(0, processes.run(List.of(check, ptx.toString()), Map.of("MAX_SPILL", "0")), processes::output);
        long compiled = processes.output().lines().filter(l -> l.endsWith(" OK")).count();
        assertTrue(compiled >= kernels, compiled + " kernels");
    }
}
