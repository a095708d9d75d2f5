package org.llmrlpt.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.llmrlpt.files.Checkpoints;
import org.llmrlpt.files.JsonLines;

@Tag("programs")
class StopSignalTest {
    private static final int STEPS = 1500;

    @TempDir
    private Path folder;
    private final Commandline commands = new Commandline();

    private String[] pretrain(String run) {
        return new String[] {"pretrain", "run=" + folder.resolve(run), "steps=" + STEPS, "model.layers=1",
            "model.width=16", "model.heads=2", "model.kv-heads=1", "model.head-width=8", "model.ffn=24", "length=16",
            "batch=2", "data.builtin-megabytes=0.02", "evaluate.tokens=64", "evaluate.every=0", "sample.every=0"};
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void aSignalEndsARunWithACheckpointFromWhichItGoesOnToTheSameBits() throws Exception {
        List<String> args = new ArrayList<>(List.of(pretrain("stopped")));
        args.add("checkpoint.every=10");
        Process process = new ProcessBuilder(Relaunch.command(Path.of(System.getProperty("java.home"), "bin", "java")
            .toString(), List.of(), System.getProperty("java.class.path"), args.toArray(String[]::new)))
            .redirectError(ProcessBuilder.Redirect.DISCARD).start();
        StringBuilder shown = new StringBuilder();
        try (BufferedReader lines = process.inputReader()) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                shown.append(line).append('\n');
                if (line.startsWith("step 10 checkpoint")) {
                    process.destroy();
                }
            }
        }
        assertEquals(143, process.waitFor(), shown.toString());
        Path stopped = folder.resolve("stopped");
        assertTrue(shown.toString().contains("stopped; go on with: scripts/llm-rlpt pretrain resume="));
        assertFalse(Files.exists(stopped.resolve("summary.json")), "it was stopped on the way");
        long at = Checkpoints.step(new Checkpoints(stopped.resolve("checkpoints")).latest().orElseThrow());
        assertEquals(at, JsonLines.read(stopped.resolve("metrics.jsonl")).size(), "no step is lost");

        commands.succeed("pretrain", "resume=" + stopped, "checkpoint.every=0");
        commands.succeed(pretrain("undisturbed"));
        assertArrayEquals(weights("undisturbed"), weights("stopped"));
        assertEquals(IntStream.rangeClosed(1, STEPS).boxed().toList(), JsonLines.read(stopped.resolve("metrics.jsonl"))
            .stream().filter(m -> m.get("split").asText().equals("train")).map(m -> m.get("step").asInt()).toList());
    }

    private byte[] weights(String run) throws IOException {
        return Files.readAllBytes(new Checkpoints(folder.resolve(run).resolve("checkpoints")).at(STEPS)
            .resolve("model.safetensors"));
    }
}
