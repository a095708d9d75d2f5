package org.llmrlpt.files;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.llmrlpt.config.UserError;

class ShardedSafetensorsTest {
    @TempDir
    Path folder;

    @BeforeEach
    void twoShards() throws IOException {
        for (int shard = 1; shard <= 2; shard++) {
            new SafetensorsWriter().floats("t" + shard, TensorType.F32, MemorySegment.ofArray(new float[] {shard}), 0,
                1).write(folder.resolve("model-0000" + shard + "-of-00002.safetensors"));
        }
    }

    private void index(String json) throws IOException {
        Files.writeString(folder.resolve(TensorSource.INDEX), json);
    }

    @Test
    void tensorsAreFoundInWhicheverFileHoldsThem() throws IOException {
        index("""
            {"metadata": {"total_size": 8}, "weight_map": {
              "t2": "model-00002-of-00002.safetensors", "t1": "model-00001-of-00002.safetensors"}}
            """);
        try (TensorSource source = TensorSource.open(folder)) {
            assertEquals(List.of("t2", "t1"), List.copyOf(source.names()));
            assertArrayEquals(new float[] {1}, TestFiles.floats(source, "t1"));
            assertArrayEquals(new float[] {2}, TestFiles.floats(source, "t2"));
            assertTrue(assertThrows(UserError.class, () -> source.info("t3")).getMessage().contains("no tensor t3"));
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "{}                                                                | no weight_map",
        "{\"weight_map\":{}}                                               | no weight_map",
        "{\"weight_map\":[]}                                               | no weight_map",
        "[]                                                                | one JSON object",
        "{\"weight_map\":                                                  | not valid JSON",
        "{\"weight_map\":{\"t1\":\"model-00003-of-00002.safetensors\"}}    | no file",
        "{\"weight_map\":{\"t1\":\"model-00002-of-00002.safetensors\"}}    | does not hold it",
        "{\"weight_map\":{\"t1\":\"../model.safetensors\"}}                | not a .safetensors file beside it",
        "{\"weight_map\":{\"t1\":\"/etc/x.safetensors\"}}                  | not a .safetensors file beside it",
        "{\"weight_map\":{\"t1\":7}}                                       | not a .safetensors file beside it",
    })
    void aFaultyIndexIsRefusedWithASentence(String json, String words) throws IOException {
        index(json);
        String message = assertThrows(UserError.class, () -> TensorSource.open(folder)).getMessage();
        assertTrue(message.contains(words), message);
    }
}
