package org.llmrlpt.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.llmrlpt.config.UserError;
import org.llmrlpt.random.RandomStream;

/** A second JVM writes checkpoints and metrics as fast as it can, and is killed in the middle of it. */
class KilledWriterTest {
    private static final int FILES = 20;

    @TempDir
    Path temporary;

    /** The victim: resumes the run it is given and saves until it is killed. */
    static final class Victim {
        private Victim() { }

        public static void main(String[] arguments) throws IOException {
            RunFolder run = RunFolder.open(Path.of(arguments[0]));
            long step = run.checkpoints().latest().map(Checkpoints::step).orElse(0L);
            JsonLines metrics = run.openMetrics();
            if (step > 0) {
                metrics.truncateTo(JsonFile.readObject(run.checkpoints().at(step).resolve("state.json"))
                    .path("metrics").longValue());
            }
            System.out.println("saving");
            while (true) {
                step++;
                metrics.write(Map.of("step", step));
                long position = metrics.sync();
                String text = "step " + step;
                run.checkpoints().save(step, 2, folder -> {
                    for (int i = 0; i < FILES; i++) { Files.writeString(folder.resolve("file" + i), text); }
                    JsonFile.write(folder.resolve("state.json"), Map.of("metrics", position));
                });
            }
        }
    }

    @Test
    void whateverTheMomentOfAKillCheckpointsAreWholeAndMetricsHaveNoDuplicates() throws Exception {
        Path path = temporary.resolve("run");
        RunFolder.create(path, Map.of()).close();
        RandomStream delays = RandomStream.of(1, "kill");
        long before = 0;
        for (int round = 0; round < 4; round++) {
            Process victim = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"), Victim.class.getName(),
                path.toString()).redirectError(ProcessBuilder.Redirect.INHERIT).start();
            try (BufferedReader out = victim.inputReader()) {
                assertNotNull(out.readLine());
                UserError taken = assertThrows(UserError.class, () -> RunFolder.open(path));
                assertTrue(taken.getMessage().contains("in use by process " + victim.pid()), taken.getMessage());
                long wanted = before;
                Checkpoints checkpoints = new Checkpoints(path.resolve("checkpoints"));
                while (checkpoints.list().isEmpty() || Checkpoints.step(checkpoints.list().getLast()) <= wanted) {
                    Thread.sleep(5);
                }
                Thread.sleep(delays.between(0, 60));
            } finally {
                victim.destroyForcibly().waitFor();
            }
            before = checkWhole(path, before);
        }
    }

    private static long checkWhole(Path path, long before) throws IOException {
        try (RunFolder run = RunFolder.open(path)) {
            List<Path> all = run.checkpoints().list();
            assertFalse(all.isEmpty());
            for (Path checkpoint : all) {
                Checksums.verify(checkpoint);
                for (int i = 0; i < FILES; i++) {
                    assertEquals("step " + Checkpoints.step(checkpoint), Files.readString(checkpoint.resolve("file"
                        + i)));
                }
            }
            long step = Checkpoints.step(run.checkpoints().latest().orElseThrow());
            assertTrue(step > before);
            List<JsonNode> metrics = JsonLines.read(path.resolve(RunFolder.METRICS));
            for (int i = 0; i < metrics.size(); i++) {
                assertEquals(i + 1, metrics.get(i).path("step").longValue());
            }
            assertTrue(metrics.size() >= step);
            return step;
        }
    }
}
