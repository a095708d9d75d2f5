package org.llmrlpt.files;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.llmrlpt.config.UserError;

class SafetensorsRoundTripTest {
    @TempDir
    Path folder;

    @Test
    void whatIsWrittenIsReadBackBitByBit() throws IOException {
        float[] values = {0f, -0f, 1f, Float.MIN_VALUE, Float.MAX_VALUE, Float.NEGATIVE_INFINITY, Float.NaN, 0.1f};
        long[] longs = {Long.MIN_VALUE, 3, Long.MAX_VALUE};
        Path file = folder.resolve("a.safetensors");
        new SafetensorsWriter()
            .floats("floats", TensorType.F32, MemorySegment.ofArray(values), 2, 3, 2)
            .longs("longs", MemorySegment.ofArray(longs), 0, 3)
            .floats("scalar", TensorType.F32, (from, into, count) -> into[0] = 5)
            .floats("empty", TensorType.F32, MemorySegment.ofArray(values), 0, 0, 4)
            .write(file);
        try (SafetensorsFile read = SafetensorsFile.open(file)) {
            assertEquals(Map.of("format", "pt"), read.metadata());
            assertEquals(List.of("longs", "floats", "scalar", "empty"), List.copyOf(read.names()),
                "wider types first, else as named");
            assertEquals(List.of(3L, 2L), read.info("floats").shape());
            float[] floatsBack = new float[8];
            read.copyFloats("floats", MemorySegment.ofArray(floatsBack), 2);
            for (int i = 2; i < 8; i++) {
                assertEquals(Float.floatToRawIntBits(values[i]), Float.floatToRawIntBits(floatsBack[i]));
            }
            assertEquals(0f, floatsBack[1]);
            long[] longsBack = new long[3];
            read.copyLongs("longs", MemorySegment.ofArray(longsBack), 0);
            assertArrayEquals(longs, longsBack);
            assertArrayEquals(new float[] {5}, TestFiles.floats(read, "scalar"));
            assertEquals(0, read.info("empty").elements());
            read.copyFloats("empty", MemorySegment.ofArray(new float[0]), 0);
        }
    }

    @Test
    void dataBeginAtAMultipleOfEightWhateverTheNames() throws IOException {
        for (int length = 1; length <= 9; length++) {
            Path file = folder.resolve(length + ".safetensors");
            new SafetensorsWriter().floats("n".repeat(length), TensorType.F32, (from, into, count) -> into[0] = 1, 1)
                .write(file);
            byte[] bytes = Files.readAllBytes(file);
            assertEquals(0, bytes[0] % 8);
            assertEquals(8 + bytes[0] + 4, bytes.length);
            assertEquals('{', bytes[8]);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"F16", "BF16"})
    void everySixteenBitPatternSurvivesReadingAndWriting(TensorType type) throws IOException {
        byte[] bits = new byte[2 << 16];
        for (int i = 0; i < 1 << 16; i++) {
            bits[2 * i] = (byte) i;
            bits[2 * i + 1] = (byte) (i >> 8);
        }
        byte[] original = TestFiles.safetensors("{\"x\":{\"dtype\":\"" + type
            + "\",\"shape\":[65536],\"data_offsets\":[0,131072]}} ", bits);
        Path written = folder.resolve("written.safetensors");
        float[] values;
        try (TensorSource read = TensorSource.open(TestFiles.write(folder.resolve("read.safetensors"), original))) {
            values = TestFiles.floats(read, "x");
            new SafetensorsWriter().floats("x", type, MemorySegment.ofArray(values), 0, 65536).write(written);
        }
        try (TensorSource again = TensorSource.open(written)) {
            MemorySegment bytes = again.bytes("x");
            for (int i = 0; i < 1 << 16; i++) {
                int back = bytes.get(ValueLayout.JAVA_SHORT_UNALIGNED, 2L * i) & 0xFFFF;
                if (Float.isNaN(values[i])) {
                    assertTrue(Float.isNaN(type == TensorType.F16 ? Float.float16ToFloat((short) back)
                        : Float.intBitsToFloat(back << 16)));
                } else {
                    assertEquals(i, back);
                }
            }
        }
    }

    @Test
    void bfloat16RoundsToNearestAndTiesToEven() throws IOException {
        float[] values = {0x1.01p0f, 0x1.03p0f, 0x1.010002p0f, 0x1.00fffep0f, -0x1.01p0f, Float.MAX_VALUE,
            Float.intBitsToFloat(0x7F800001)};
        float[] wanted = {0x1.00p0f, 0x1.04p0f, 0x1.02p0f, 0x1.00p0f, -0x1.00p0f, Float.POSITIVE_INFINITY, Float.NaN};
        Path file = folder.resolve("rounded.safetensors");
        new SafetensorsWriter().floats("x", TensorType.BF16, MemorySegment.ofArray(values), 0, 7).write(file);
        try (TensorSource read = TensorSource.open(file)) {
            assertArrayEquals(wanted, TestFiles.floats(read, "x"));
        }
    }

    @Test
    void doublesAreNarrowed() {
        byte[] data = new byte[8];
        MemorySegment.ofArray(data).set(ValueLayout.JAVA_DOUBLE_UNALIGNED, 0, 0.1);
        // Two spaces of padding are left out on purpose: the data are not aligned.
        Path file = TestFiles.write(folder.resolve("wide.safetensors"), TestFiles.safetensors(
            "{\"d\":{\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":[0,8]}}", data));
        try (TensorSource read = TensorSource.open(file)) {
            assertArrayEquals(new float[] {0.1f}, TestFiles.floats(read, "d"));
        }
    }

    @Test
    void aTensorOfSeveralChunksKeepsItsOrder() throws IOException {
        int n = 2_500_000;
        float[] values = new float[n];
        for (int i = 0; i < n; i++) { values[i] = i; }
        Path file = folder.resolve("chunks.safetensors");
        new SafetensorsWriter().floats("stored", TensorType.F32, MemorySegment.ofArray(values), 0, n)
            .floats("made", TensorType.F32, (from, into, count) -> {
                for (int i = 0; i < count; i++) { into[i] = from + i; }
            }, n)
            .floats("half", TensorType.BF16, MemorySegment.ofArray(values), 1000, n - 1000).write(file);
        try (TensorSource read = TensorSource.open(file)) {
            assertArrayEquals(values, TestFiles.floats(read, "stored"));
            assertArrayEquals(values, TestFiles.floats(read, "made"));
            float[] half = TestFiles.floats(read, "half");
            for (int i = 0; i < half.length; i++) { assertEquals(i + 1000, half[i], (i + 1000) / 256f); }
        }
    }

    @Test
    void theBrainFloatsOfAForeignCheckpointAreReadExactly() {
        try (TensorSource llama = TensorSource.open(TestFiles.resource("tiny_llama_hf"))) {
            assertEquals(39, llama.names().size());
            assertEquals(TensorType.BF16, llama.info("lm_head.weight").type());
            float[] head = TestFiles.floats(llama, "lm_head.weight");
            // The first and last values and the sum as PyTorch reads them.
            assertArrayEquals(new float[] {0.008544921875f, -0.009521484375f, -0.0147705078125f, 0.024658203125f},
                Arrays.copyOf(head, 4));
            assertArrayEquals(new float[] {-0.001708984375f, 0.034912109375f, -0.0062255859375f, 0.017578125f},
                Arrays.copyOfRange(head, head.length - 4, head.length));
            double sum = 0;
            for (float value : head) { sum += value; }
            assertEquals(-0.4152096211910248, sum);
        }
    }

    @Test
    void aShapeThatIsNotTheModelsIsNamed() {
        try (TensorSource qwen = TensorSource.open(TestFiles.resource("golden/tiny_qwen3/qwen3_gqa_tied"))) {
            qwen.expect("model.norm.weight", 16);
            UserError error = assertThrows(UserError.class, () -> qwen.expect("model.norm.weight", 16, 1));
            assertTrue(error.getMessage().contains("model.norm.weight has shape [16] but the model needs [16, 1]"),
                error.getMessage());
            assertFalse(qwen.has("lm_head.weight"));
            assertTrue(assertThrows(UserError.class, () -> qwen.info("lm_head.weight")).getMessage()
                .contains("model.safetensors has no tensor lm_head.weight"));
        }
    }

    @Test
    void aTypeThatIsNotConvertedIsNamed() {
        Path file = TestFiles.write(folder.resolve("bool.safetensors"), TestFiles.safetensors(
            "{\"mask\":{\"dtype\":\"BOOL\",\"shape\":[2],\"data_offsets\":[0,2]}}", (byte) 1, (byte) 0));
        try (TensorSource read = TensorSource.open(file)) {
            MemorySegment into = MemorySegment.ofArray(new float[2]);
            for (Runnable copy : List.<Runnable>of(() -> read.copyFloats("mask", into, 0),
                    () -> read.copyLongs("mask", into, 0))) {
                assertTrue(assertThrows(UserError.class, copy::run).getMessage().contains("tensor mask is BOOL but"));
            }
        }
    }

    @Test
    void aDestinationThatIsTooSmallIsNeverWrittenPast() {
        try (TensorSource llama = TensorSource.open(TestFiles.resource("tiny_llama_hf"))) {
            MemorySegment small = MemorySegment.ofArray(new float[127]);
            assertThrows(IndexOutOfBoundsException.class,
                () -> llama.copyFloats("model.norm.weight", small, 0));
        }
    }
}
