package org.llmrlpt.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.llmrlpt.cli.Commandline;
import org.llmrlpt.files.JsonLines;

/** The whole way once, on whatever runtime the tests have: train, go on, measure, write text. */
class EndToEndTest {
    @TempDir
    private Path folder;
    private final Commandline commands = new Commandline();

    @Test
    void aModelIsTrainedResumedMeasuredAndWrites() throws IOException {
        Path run = folder.resolve("run");
        commands.succeed("pretrain", "run=" + run, "model.layers=1", "model.width=16", "model.heads=2",
            "model.kv-heads=1", "model.head-width=8", "model.ffn=24", "length=16", "batch=4",
            "data.builtin-megabytes=0.02", "evaluate.every=0", "evaluate.tokens=64", "sample.every=0", "steps=4",
            "checkpoint.every=2", "optimizer.lr=1e-2", "schedule.warmup=0");
        Files.delete(run.resolve("summary.json"));
        commands.succeed("pretrain", "resume=" + run);
        var train = JsonLines.read(run.resolve("metrics.jsonl")).stream()
            .filter(m -> m.get("split").asText().equals("train")).toList();
        assertEquals(4, train.size());
        assertTrue(train.getLast().get("nll").asDouble() < train.getFirst().get("nll").asDouble(), train.toString());
        Path text = Files.writeString(folder.resolve("text.txt"), "12 + 30 = 42\n".repeat(20));
        String measured = commands.succeed("eval", "model=" + run, "data=" + text, "tokens=64", "--json");
        assertTrue(measured.contains("\"nll\":"), measured);
        String written = commands.succeed("generate", "model=" + run, "prompt=12", "tokens=3", "temperature=0");
        assertTrue(written.startsWith("12") && written.length() > 3, written);
    }
}
