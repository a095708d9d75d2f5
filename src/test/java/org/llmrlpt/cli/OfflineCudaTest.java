package org.llmrlpt.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.llmrlpt.kernels.CublasNumbers;

/**
 * Library tasks through TornadoVM's CUDA backend, without a GPU. Needs the properties cuda.sdk (TornadoVM with that
 * backend), cuda.preload (stand-ins for the driver, which run no kernel and have host memory as device memory),
 * cuda.home (CUDA's toolkit) and cuda.libraries (folders for the linker, first of all that of a stand-in for libcublas
 * which computes cublasGemmEx on the host and appends each call to $OFFLINE_PTX_DIR/cublas.log).
 */
@Tag("fallback")
class OfflineCudaTest {
    private static final List<String> MODEL = List.of("model=models/tiny.json", "model.layers=1", "model.width=72",
        "model.heads=6", "model.kv-heads=2", "model.head-width=20", "model.ffn=100", "model.vocabulary=517",
        "length=37", "batch=3");
    /** Of a layer's four products and the head's: forward, for the inputs' gradients and for the weights'. */
    private static final int PRODUCTS_OF_A_STEP = 15;
    private static final int STEPS = 3;

    @TempDir
    Path folder;

    private OfflineProcess process;
    private Map<String, String> environment;

    @BeforeEach
    void findTheStandIns() {
        List<String> values = Stream.of("cuda.sdk", "cuda.preload", "cuda.home", "cuda.libraries")
            .map(System::getProperty).toList();
        assumeTrue(!values.contains(null), "the properties cuda.sdk, cuda.preload, cuda.home and cuda.libraries do not"
            + " name a TornadoVM SDK for CUDA, stand-ins for the driver, CUDA and a stand-in for cuBLAS");
        process = new OfflineProcess(folder);
        environment = new HashMap<>(Map.of("OFFLINE_PTX_DIR", folder.toString(), "LD_PRELOAD", values.get(1),
            "CUDA_PATH", values.get(2), "LD_LIBRARY_PATH", values.get(3)));
    }

    @Test
    void productsOfAnyShapeAndLayoutAreRight() throws Exception {
        assertEquals(0, java(CublasNumbers.class), process::output);
        assertTrue(process.output().contains("72 products are right"), process::output);
        assertEquals(72, calls().size());
    }

    /** The other kernels, which do nothing here, differ of course. */
    @Test
    void checkKernelsFindsTheProductsToBeThoseOfTheCpu() throws Exception {
        new Commandline().succeed(Stream.concat(Stream.of("bench", "check-kernels", "write=" + folder.resolve("cpu")),
            MODEL.stream()).toArray(String[]::new));
        assertEquals(3, main("bench check-kernels", "against=" + folder.resolve("cpu"), "device.matmul=cublas-fp32",
            "json=true"), process::output);
        JsonNode all = new ObjectMapper().readTree(process.output().lines().filter(l -> l.startsWith("{"))
            .findFirst().orElseThrow());
        List<JsonNode> products = new ArrayList<>();
        all.path("differences").forEach(d -> {
            if (d.path("primitive").asText().startsWith("linear")) {
                products.add(d);
            }
        });
        assertEquals(12, products.size(), process::output);
        assertTrue(products.stream().allMatch(d -> d.path("rms").asDouble(1) < 5e-5), products::toString);
    }

    @Test
    void aTrainingStepCallsCublasForEachProduct() throws Exception {
        assertEquals(0, train("profile=true"), process::output);
        List<String> calls = calls();
        assertEquals(STEPS * PRODUCTS_OF_A_STEP, calls.size());
        assertTrue(calls.stream().allMatch(c -> c.contains("types=0,0,0 compute=75 algo=-1 alpha=1 beta=")));
        // Only the head's weights have a gradient already, that of the embedding.
        List<String> added = calls.stream().filter(c -> c.endsWith("beta=1")).distinct().toList();
        assertEquals(List.of("gemmEx 0 1 m=72 n=517 k=111 lda=72 ldb=517 ldc=72 types=0,0,0 compute=75 algo=-1 alpha=1"
            + " beta=1"), added);
        assertEquals(List.of("create 1", "stream given", "workspace bytes=33554432 misaligned=0", "destroy 1"),
            log().stream().filter(l -> !l.startsWith("gemmEx")).toList());
        assertTrue(process.output().contains("linearBackwardWeight"), process::output);
    }

    @Test
    void aCudaGraphIsCapturedOnceAndReplayedWithoutCalls() throws Exception {
        assertEquals(0, train("device.cuda-graphs=true"), process::output);
        assertEquals(PRODUCTS_OF_A_STEP, calls().size());
    }

    @Test
    void whatCublasRefusesIsToldInOneSentence() throws Exception {
        environment.put("OFFLINE_CUBLAS_REFUSE", "15");
        assertEquals(2, train(), process::output);
        String said = process.output().lines().filter(l -> l.startsWith("llm-rlpt: ")).findFirst().orElse("");
        assertTrue(Stream.of("cublasGemmEx", "status 15", "not supported", "m=", "device.matmul=fp32")
            .allMatch(said::contains), process::output);
    }

    @Test
    void autoMultipliesWithCublasInFp32WhereItIsFound() throws Exception {
        assertEquals(0, main("devices"), process::output);
        assertTrue(process.output().contains("cuBLAS, FP32"), process::output);
        environment.put("LD_LIBRARY_PATH", folder.toString());
        assertEquals(0, main("devices"), process::output);
        assumeTrue(process.output().contains("cuBLAS was not found"), "the linker finds a libcublas by itself");
        assertTrue(process.output().contains("FP32, 64 x 64 tiles"), process::output);
    }

    @Test
    void aMissingLibraryIsToldInOneSentence() throws Exception {
        environment.put("LD_LIBRARY_PATH", folder.toString());
        int code = main("devices", "device.matmul=cublas");
        assumeTrue(code != 0, "the linker finds a libcublas by itself");
        assertEquals(2, code, process::output);
        String said = process.output().lines().filter(l -> l.startsWith("llm-rlpt: ")).findFirst().orElse("");
        assertTrue(Stream.of("cuBLAS was not found", "libcublas.so.13", "LD_LIBRARY_PATH", "device.matmul=auto")
            .allMatch(said::contains), process::output);
    }

    private int train(String... more) throws Exception {
        return main("bench train", Stream.concat(Stream.of("device.matmul=cublas", "steps=" + (STEPS - 1), "warmup=1",
            "warmup-seconds=0"), Stream.of(more)).toArray(String[]::new));
    }

    private int main(String command, String... settings) throws Exception {
        List<String> shape = command.equals("devices") ? List.of() : MODEL;
        return java(Main.class, Stream.of(Stream.of(command.split(" ")), shape.stream(), Stream.of(settings))
            .flatMap(s -> s).toArray(String[]::new));
    }

    private int java(Class<?> main, String... arguments) throws Exception {
        return process.java(System.getProperty("cuda.sdk"), environment, main, List.of(arguments));
    }

    private List<String> calls() throws Exception {
        return log().stream().filter(l -> l.startsWith("gemmEx")).toList();
    }

    private List<String> log() throws Exception {
        return Files.readAllLines(folder.resolve("cublas.log"));
    }
}
