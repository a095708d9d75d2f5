package org.llmrlpt.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.llmrlpt.cli.Commandline;
import org.llmrlpt.files.JsonFile;

@Tag("programs")
class FlightRecorderTest {
    private static final int STEPS = 4;

    @TempDir
    private Path folder;

    @Test
    void phasesAndProgramsAreEventsAndAProfiledRunLeavesItsProfile() throws Exception {
        Path file = folder.resolve("run.jfr");
        String shown;
        try (Recording recording = new Recording()) {
            recording.enable("org.llmrlpt.Phase").withThreshold(Duration.ZERO);
            recording.enable("org.llmrlpt.ProgramRun").withThreshold(Duration.ZERO);
            recording.start();
            shown = new Commandline().succeed("pretrain", "model.layers=2", "model.width=16", "model.heads=2",
                "model.kv-heads=1", "model.head-width=8", "model.ffn=24", "length=16", "batch=4",
                "tokens-per-step=128", "data.builtin-megabytes=0.05", "evaluate.every=2", "evaluate.tokens=64",
                "sample.tokens=2", "steps=" + STEPS, "run=" + folder.resolve("run"), "profile=true");
            recording.stop();
            recording.dump(file);
        }
        Map<String, Integer> phases = new HashMap<>();
        Map<String, Integer> programs = new HashMap<>();
        for (RecordedEvent event : RecordingFile.readAllEvents(file)) {
            if (event.getEventType().getName().equals("org.llmrlpt.Phase")) {
                phases.merge(event.getString("phase"), 1, Integer::sum);
            } else {
                programs.merge(event.getString("program"), 1, Integer::sum);
            }
        }
        assertEquals(STEPS, phases.get("data"));
        assertEquals(STEPS, phases.get("forward and backward"));
        assertEquals(STEPS, phases.get("update"));
        assertEquals(2, phases.get("validation"), "one on the way, one at the end");
        assertEquals(1, phases.get("sample"));
        assertEquals(1, phases.get("checkpoint"));
        assertEquals(2 * STEPS, programs.get("train"), "two micro-batches a step");
        assertEquals(STEPS, programs.get("update"));
        JsonNode profile = JsonFile.readObject(folder.resolve("run").resolve("profile.json"));
        double share = 0;
        for (JsonNode operation : profile.get("operations")) {
            share += operation.get("share").asDouble();
        }
        assertEquals(1, share, 1e-9);
        assertTrue(profile.get("ceiling_gflops").asDouble() > 1, profile.toString());
        assertTrue(shown.contains("attention_backward") && shown.contains("ceilings"), shown);
        assertTrue(Files.size(file) > 0);
    }
}
