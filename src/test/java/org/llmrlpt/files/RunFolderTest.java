package org.llmrlpt.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.llmrlpt.config.UserError;

class RunFolderTest {
    @TempDir
    Path temporary;
    private Path path;

    @BeforeEach
    void name() {
        path = temporary.resolve("runs/first");
    }

    private static void save(RunFolder run, long step, int keep) {
        run.checkpoints().save(step, keep, folder -> {
            Files.writeString(folder.resolve("model.safetensors"), "weights after " + step);
            Files.createDirectories(folder.resolve("trainer"));
            Files.writeString(folder.resolve("trainer/state.json"), "{\"step\":" + step + "}");
        });
    }

    private static List<String> names(RunFolder run) {
        return run.checkpoints().list().stream().map(entry -> entry.getFileName().toString()).toList();
    }

    @Test
    void aRunIsOneFolderWithItsSettings() {
        try (RunFolder run = RunFolder.create(path, Map.of("seed", 7, "beta", Double.NaN))) {
            JsonNode config = JsonFile.readObject(path.resolve("config.json"));
            assertEquals(7, config.path("seed").intValue());
            assertTrue(config.path("beta").isNull());
            assertTrue(Files.isDirectory(run.samples()));
            assertEquals(Optional.empty(), run.checkpoints().latest());
            run.openMetrics().close();
            run.summary(Map.of("loss", 1.5));
            assertTrue(Files.exists(path.resolve("metrics.jsonl")) && Files.exists(path.resolve("summary.json")));
        }
    }

    @Test
    void checkpointsHaveTheSameNamesWhereDigitsAreOthers() {
        Locale before = Locale.getDefault();
        Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
        try {
            assertEquals("step-000012", new Checkpoints(path).at(12).getFileName().toString());
        } finally {
            Locale.setDefault(before);
        }
    }

    @Test
    void aRunThatIsThereIsNotBegunAgain() {
        RunFolder.create(path, Map.of()).close();
        String message = assertThrows(UserError.class, () -> RunFolder.create(path, Map.of())).getMessage();
        assertTrue(message.contains("runs/first is there already") && message.contains("resume=" + path), message);
    }

    @Test
    void aRunThatIsNotThereIsNotResumed() throws IOException {
        assertTrue(assertThrows(UserError.class, () -> RunFolder.open(path)).getMessage()
            .contains("There is no run folder " + path));
        Files.createDirectories(path);
        assertTrue(assertThrows(UserError.class, () -> RunFolder.open(path)).getMessage()
            .contains("is not a run folder"));
    }

    @Test
    void aRunIsHeldByOneAtATime() {
        try (RunFolder run = RunFolder.create(path, Map.of())) {
            assertTrue(assertThrows(UserError.class, () -> RunFolder.open(run.path())).getMessage()
                .contains("runs/first is in use by this process"));
        }
        RunFolder.open(path).close();
    }

    @Test
    void resumingRemovesWhatACrashLeft() throws IOException {
        RunFolder.create(path, Map.of()).close();
        for (String left : List.of(".tmp-summary.json-1-1", "checkpoints/.tmp-step-000002-1-1", "samples/.tmp-a-1-1")) {
            Files.createDirectories(path.resolve(left));
            Files.writeString(path.resolve(left).resolve("half"), "x");
        }
        try (RunFolder run = RunFolder.open(path)) {
            assertEquals(List.of(), run.checkpoints().list());
            for (String left : List.of(".tmp-summary.json-1-1", "checkpoints/.tmp-step-000002-1-1",
                    "samples/.tmp-a-1-1")) {
                assertFalse(Files.exists(path.resolve(left)), left);
            }
        }
    }

    @Test
    void theNewestCheckpointsAreKeptInTheOrderOfTheirSteps() {
        try (RunFolder run = RunFolder.create(path, Map.of())) {
            for (long step : new long[] {5, 10, 999_999, 1_000_000}) { save(run, step, 3); }
            assertEquals(List.of("step-000010", "step-999999", "step-1000000"), names(run));
            assertEquals(1_000_000, Checkpoints.step(run.checkpoints().latest().orElseThrow()));
            save(run, 2_000_000, 1);
            assertEquals(List.of("step-2000000"), names(run));
        }
    }

    @Test
    void aCheckpointOfTheSameStepIsReplaced() throws IOException {
        try (RunFolder run = RunFolder.create(path, Map.of())) {
            save(run, 5, 2);
            run.checkpoints().save(5, 2, folder -> Files.writeString(folder.resolve("other"), "x"));
            Path latest = run.checkpoints().latest().orElseThrow();
            assertEquals("x", Files.readString(latest.resolve("other")));
            assertFalse(Files.exists(latest.resolve("model.safetensors")));
        }
    }

    @Test
    void aCheckpointThatCannotBeWrittenLeavesTheOneBefore() {
        try (RunFolder run = RunFolder.create(path, Map.of())) {
            save(run, 5, 1);
            UserError error = assertThrows(UserError.class, () -> run.checkpoints().save(6, 1, folder -> {
                Files.writeString(folder.resolve("model.safetensors"), "half");
                throw new IOException("No space left on device");
            }));
            assertTrue(error.getMessage().contains("step-000006: No space left on device")
                && error.getMessage().contains("intact"), error.getMessage());
            assertEquals("step-000005", run.checkpoints().latest().orElseThrow().getFileName().toString());
        }
    }

    private String damage(IOAction damage) throws IOException {
        damage.run();
        return assertThrows(UserError.class, () -> new Checkpoints(path.resolve("checkpoints")).latest()).getMessage();
    }

    @FunctionalInterface
    private interface IOAction {
        void run() throws IOException;
    }

    @Test
    void aDamagedNewestCheckpointIsNamedWithTheWayOut() throws IOException {
        try (RunFolder run = RunFolder.create(path, Map.of())) {
            save(run, 5, 2);
            save(run, 6, 2);
        }
        Path newest = path.resolve("checkpoints/step-000006");
        Path model = newest.resolve("model.safetensors");
        byte[] good = Files.readAllBytes(model);
        for (int bit = 0; bit < good.length * 8; bit++) {
            byte[] bad = good.clone();
            bad[bit / 8] ^= (byte) (1 << bit % 8);
            String message = damage(() -> Files.write(model, bad));
            assertTrue(message.contains("step-000006 is damaged") && message.contains("model.safetensors")
                && message.endsWith("delete that folder to resume from step-000005."), message);
        }
        assertTrue(damage(() -> Files.write(model, new byte[3])).contains("has 3 bytes but was written with 15"));
        assertTrue(damage(() -> Files.delete(model)).contains("model.safetensors is missing"));
        Files.write(model, good);
        Path list = newest.resolve(Checksums.FILE);
        String listed = Files.readString(list);
        assertTrue(damage(() -> Files.writeString(list, listed.replace("model.safetensors", "../../../../x")))
            .contains("not in its folder"));
        assertTrue(damage(() -> Files.writeString(list, "{}")).contains("lists no files"));
        assertTrue(damage(() -> Files.writeString(list, "{\"files\":[1]}")).contains("lists no files"));
        assertTrue(damage(() -> Files.writeString(list, "{")).contains("not valid JSON"));
        assertTrue(damage(() -> Files.delete(list)).contains("checksums.json"));
        AtomicFolder.delete(newest);
        assertEquals("step-000005", new Checkpoints(path.resolve("checkpoints")).latest().orElseThrow()
            .getFileName().toString());
        assertTrue(damage(() -> Files.delete(path.resolve("checkpoints/step-000005/trainer/state.json")))
            .endsWith("delete that folder to start from the beginning."));
    }

    @Test
    void aChecksumIsTheStandardOne() throws IOException {
        Path file = Files.writeString(temporary.resolve("check"), "123456789");
        assertEquals("e3069283", Checksums.crc32c(file));
    }

    @Test
    void aFolderOfAnotherNameIsNotACheckpoint() {
        assertThrows(UserError.class, () -> Checkpoints.step(Path.of("step-12")));
        assertThrows(UserError.class, () -> Checkpoints.step(Path.of("final")));
    }
}
