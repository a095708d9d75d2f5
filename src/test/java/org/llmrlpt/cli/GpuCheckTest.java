package org.llmrlpt.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.llmrlpt.files.JsonFile;

@Tag("fallback")
class GpuCheckTest {
    private static final String[] SHAPE = {"bench", "check-kernels", "model.layers=1", "model.width=20",
        "model.heads=2", "model.kv-heads=1", "model.head-width=10", "model.ffn=12", "model.vocabulary=65",
        "length=9", "batch=2", "device=gpu"};

    @TempDir
    Path folder;

    private final Commandline commands = new Commandline();

    @Test
    void aRehearsalComparesEveryKernelOfBothProductsAndWritesAReport() throws Exception {
        String shown = commands.succeed("bench", "gpu-check", "device=gpu", "size=small", "only=kernels-ragged",
            "folder=" + folder);
        assertEquals(3, shown.lines().filter(l -> l.startsWith("ok")).count(), shown);
        JsonNode steps = JsonFile.readObject(folder.resolve("gpu-check.json")).path("steps");
        assertEquals("kernels-ragged-fp16", steps.get(2).path("name").asText());
        assertEquals(0, steps.get(2).path("result").path("wrong").asInt(-1));
        assertTrue(steps.get(1).path("result").path("tensors").asInt() > 40, steps.toString());
        String page = Files.readString(folder.resolve("gpu-check.md"));
        assertTrue(page.contains("| kernels-ragged-fp32 |") && page.contains("A rehearsal"), page);
    }

    @Test
    void aStepThatNeedsOneThatDidNotSucceedIsLeftOut() throws Exception {
        Files.createDirectories(folder.resolve("runs"));
        Files.writeString(folder.resolve("runs/training-cpu"), "a file where the run's folder should be");
        assertEquals(3, commands.run("bench", "gpu-check", "device=gpu", "size=small", "only=training-fp",
            "folder=" + folder));
        JsonNode all = JsonFile.readObject(folder.resolve("gpu-check.json"));
        assertEquals("FAILED", all.path("steps").get(0).path("outcome").asText());
        for (int i = 1; i <= 2; i++) {
            assertEquals("left out", all.path("steps").get(i).path("outcome").asText());
            assertEquals("it needs training-cpu", all.path("steps").get(i).path("message").asText());
        }
        assertEquals("3 steps: 1 FAILED, 2 left out; not checked: training-fp32, training-fp16",
            all.path("summary").asText());
    }

    @Test
    void onlyNamesStepsThatThereAre() {
        commands.refuse(new String[] {"'only'", "kernel-checks", "kernels-ragged-fp32", "throughput"}, "bench",
            "gpu-check", "device=gpu", "only=kernel-checks", "folder=" + folder);
    }

    @Test
    void aDifferenceFromTheReferenceIsFound() {
        String[] write = with("write=" + folder);
        String[] against = with("against=" + folder, "device.matmul=fp16", "tolerance=1e-7");
        commands.succeed(write);
        assertEquals(3, commands.run(against));
        commands.succeed(with("against=" + folder));
    }

    private static String[] with(String... more) {
        String[] all = Arrays.copyOf(SHAPE, SHAPE.length + more.length);
        System.arraycopy(more, 0, all, SHAPE.length, more.length);
        return all;
    }
}
