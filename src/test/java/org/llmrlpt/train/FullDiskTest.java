package org.llmrlpt.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.llmrlpt.cli.Commandline;
import org.llmrlpt.files.AtomicFolder;
import org.llmrlpt.kernels.cpu.CpuKernels;

/**
 * A disk that is full, for which a shell's limit on the size of files stands in: a write beyond it fails as one on a
 * full disk does, and it needs no rights.
 */
@DisabledOnOs(OS.WINDOWS)
@Tag("fallback")
class FullDiskTest {
    /** In the shell's blocks of 512 or 1024 bytes: metrics fit, weights do not. */
    private static final int BLOCKS = 16;

    @TempDir
    private Path folder;
    private final Commandline commands = new Commandline();

    private String refusedOnAFullDisk(String... args) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("/bin/sh", "-c", "ulimit -f " + BLOCKS + "; exec \"$@\"", "sh",
            Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:-UsePerfData", "-Xmx300m",
            "--add-modules", "jdk.incubator.vector", CpuKernels.JAVA_FLAG, "--enable-native-access=ALL-UNNAMED", "-cp",
            System.getProperty("java.class.path"), "org.llmrlpt.cli.Main"));
        command.addAll(List.of(args));
        Process process = new ProcessBuilder(command).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
        String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(2, process.waitFor(), err);
        String sentence = err.lines().filter(l -> l.startsWith("llm-rlpt: ")).findFirst().orElse(err);
        assertFalse(err.contains("\tat "), err);
        return sentence;
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.map(e -> e.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void aCheckpointThatDoesNotFitLeavesTheOlderOnesAndTheRunGoesOnLater() throws Exception {
        List<String> settings = List.of("pretrain", "model.layers=2", "model.width=16", "model.heads=2",
            "model.kv-heads=1", "model.head-width=8", "model.ffn=24", "length=16", "batch=4",
            "data.builtin-megabytes=0.05", "evaluate.every=0", "evaluate.tokens=256", "sample.every=0", "steps=6",
            "checkpoint.every=2", "checkpoint.keep=9");
        for (String run : List.of("whole", "broken")) {
            List<String> args = new ArrayList<>(settings);
            args.add("run=" + folder.resolve(run));
            commands.succeed(args.toArray(String[]::new));
        }
        Path checkpoints = folder.resolve("broken/checkpoints");
        AtomicFolder.delete(checkpoints.resolve("step-000006"));
        Files.delete(folder.resolve("broken/summary.json"));
        List<String> before = names(checkpoints);
        String sentence = refusedOnAFullDisk("pretrain", "resume=" + folder.resolve("broken"));
        assertTrue(sentence.contains("step-000006") && sentence.contains("intact"), sentence);
        assertEquals(before, names(checkpoints));
        commands.succeed("pretrain", "resume=" + folder.resolve("broken"));
        assertArrayEquals(Files.readAllBytes(folder.resolve("whole/checkpoints/step-000006/model.safetensors")),
            Files.readAllBytes(checkpoints.resolve("step-000006/model.safetensors")));
    }

    @Test
    void preparedDataThatDoNotFitLeaveNothing() throws Exception {
        Path text = Files.writeString(folder.resolve("text.txt"), "words to keep for later. ".repeat(4000));
        String sentence = refusedOnAFullDisk("data", "prepare", "data=" + text, "output=" + folder.resolve("out"));
        assertTrue(sentence.contains(folder.toString()) && sentence.contains("free space"), sentence);
        assertEquals(List.of("text.txt"), names(folder));
    }
}
