package org.llmrlpt.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.llmrlpt.config.UserError;

class SafetensorsFaultsTest {
    @TempDir
    Path folder;

    private byte[] small() throws IOException {
        Path file = folder.resolve("small.safetensors");
        Files.deleteIfExists(file);
        new SafetensorsWriter()
            .longs("l", MemorySegment.ofArray(new long[] {1, 2}), 0, 2)
            .floats("a", TensorType.F32, MemorySegment.ofArray(new float[] {1, 2, 3, 4, 5, 6}), 0, 2, 3)
            .floats("h", TensorType.BF16, MemorySegment.ofArray(new float[] {1, 2}), 0, 2)
            .write(file);
        return Files.readAllBytes(file);
    }

    /** Parses; where the damage left a valid file, everything it promises must lie inside it. */
    private static boolean accepted(byte[] bytes) {
        SafetensorsHeader header;
        try {
            header = SafetensorsHeader.parse("f", MemorySegment.ofArray(bytes));
        } catch (UserError e) {
            assertTrue(e.getMessage().startsWith("f") && e.getMessage().endsWith("."), e.getMessage());
            return false;
        }
        for (SafetensorsHeader.Placed tensor : header.tensors().values()) {
            assertTrue(tensor.begin() >= 0 && tensor.end() <= bytes.length && tensor.begin() <= tensor.end());
            assertEquals(tensor.end() - tensor.begin(), tensor.info().elements() * tensor.info().type().bytes());
        }
        return true;
    }

    @Test
    void aChangeOfAnyByteOfTheHeaderIsRefusedOrLeavesAValidFile() throws IOException {
        byte[] bytes = small();
        int headerEnd = bytes.length - 16 - 24 - 4;
        int refused = 0;
        int tried = 0;
        for (int at = 0; at < headerEnd; at++) {
            byte original = bytes[at];
            for (int value : changes(original)) {
                bytes[at] = (byte) value;
                tried++;
                refused += accepted(bytes) ? 0 : 1;
            }
            bytes[at] = original;
        }
        assertTrue(accepted(bytes));
        assertTrue(refused > tried / 2, refused + " of " + tried + " changes were refused");
    }

    /** Every single flipped bit, and the characters that mean something in JSON. */
    private static int[] changes(byte original) {
        return IntStream.concat(IntStream.range(0, 8).map(bit -> original ^ 1 << bit),
            "{}[]\":,\\ -.e09n\0".chars()).filter(value -> (byte) value != original).distinct().toArray();
    }

    @Test
    void aFileCutAnywhereIsRefused() throws IOException {
        byte[] bytes = small();
        for (int length = 0; length < bytes.length; length++) {
            Path file = TestFiles.write(folder.resolve("cut.safetensors"), Arrays.copyOf(bytes, length));
            UserError error = assertThrows(UserError.class, () -> TensorSource.open(file), "length " + length);
            assertTrue(error.getMessage().contains("cut.safetensors"), error.getMessage());
        }
    }

    @Test
    void bytesAfterTheLastTensorAreRefused() throws IOException {
        byte[] bytes = small();
        Path file = TestFiles.write(folder.resolve("long.safetensors"), Arrays.copyOf(bytes, bytes.length + 1));
        assertTrue(assertThrows(UserError.class, () -> TensorSource.open(file)).getMessage()
            .endsWith("long.safetensors has 1 bytes after its last tensor; it is damaged."));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "[]                                                                | is not a JSON object",
        "{\"a\":1}                                                         | tensor a has no dtype",
        "{\"a\":{\"dtype\":\"F99\",\"shape\":[2],\"data_offsets\":[0,8]}}  | tensor a has the unknown dtype \"F99\"",
        "{\"a\":{\"dtype\":7,\"shape\":[2],\"data_offsets\":[0,8]}}        | tensor a has the unknown dtype 7",
        "{\"a\":{\"dtype\":\"F32\",\"data_offsets\":[0,8]}}                | tensor a has no array shape",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2]}}                         | tensor a has no array data_offsets",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[-2],\"data_offsets\":[0,8]}} | tensor a has -2 in its shape",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2.0],\"data_offsets\":[0,8]}}    | tensor a has 2.0 in its shape",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8,8]}}    | are not a begin and an end",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8,0]}}      | are not a begin and an end",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,12]}}     | tensor a ends at byte 12 of data",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,8]}}      | tensor a has shape [3] of F32 but 8",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}      | tensor a leaves a gap",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}      | 4 bytes after its last tensor",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[4611686018427387904,4],\"data_offsets\":[0,8]}} | impossible shape",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[99999999999999999999],\"data_offsets\":[0,8]}} | in its shape",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},\"a\":{}}           | Duplicate",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}{}                  | not valid JSON",
        "{\"__metadata__\":3}                                              | __metadata__ of its header is not",
        "{\"__metadata__\":{\"format\":3}}                                 | entry format of its __metadata__",
        "{}                                                                | 8 bytes after its last tensor",
    })
    void eachFaultOfAHeaderHasASentenceOfItsOwn(String header, String words) {
        Path file = TestFiles.write(folder.resolve("bad.safetensors"), TestFiles.safetensors(header, new byte[8]));
        String message = assertThrows(UserError.class, () -> TensorSource.open(file)).getMessage();
        assertTrue(message.contains("bad.safetensors") && message.contains(words), message);
    }

    @Test
    void overlappingTensorsAreRefused() {
        String tensor = "{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}";
        Path file = TestFiles.write(folder.resolve("bad.safetensors"),
            TestFiles.safetensors("{\"a\":" + tensor + ",\"b\":" + tensor + "}", new byte[8]));
        assertTrue(assertThrows(UserError.class, () -> TensorSource.open(file)).getMessage()
            .contains("tensor b overlaps"));
    }

    @Test
    void aHeaderThatIsNotUtf8OrTooDeepIsRefused() {
        byte[] bytes = TestFiles.safetensors("{\"xy\":{}}");
        bytes[10] = (byte) 0xFF;
        assertTrue(assertThrows(UserError.class, () -> SafetensorsHeader.parse("f", MemorySegment.ofArray(bytes)))
            .getMessage().contains("not UTF-8"));
        byte[] deep = TestFiles.safetensors("{\"a\":" + "[".repeat(200_000));
        assertTrue(assertThrows(UserError.class, () -> SafetensorsHeader.parse("f", MemorySegment.ofArray(deep)))
            .getMessage().contains("not valid JSON"));
    }

    @Test
    void anEnormousHeaderLengthAsksForNoMemory() {
        for (long length : new long[] {-1, Long.MAX_VALUE, Long.MIN_VALUE, SafetensorsHeader.LONGEST + 1, 0, 1}) {
            byte[] bytes = "01234567{}".getBytes(StandardCharsets.US_ASCII);
            MemorySegment.ofArray(bytes).set(ValueLayout.JAVA_LONG_UNALIGNED, 0, length);
            assertTrue(assertThrows(UserError.class,
                () -> SafetensorsHeader.parse("f", MemorySegment.ofArray(bytes))).getMessage()
                .contains("claims a header of " + Long.toUnsignedString(length) + " bytes"));
        }
    }

    @Test
    void aMissingFileAFolderAndAFolderWithoutWeightsAreNamed() {
        for (Path path : List.of(folder.resolve("absent.safetensors"), folder, folder.resolve("x.index.json"))) {
            String message = assertThrows(UserError.class, () -> TensorSource.open(path)).getMessage();
            assertTrue(message.contains(path.toString()), message);
        }
        assertTrue(assertThrows(UserError.class, () -> SafetensorsFile.open(folder)).getMessage()
            .endsWith(" is not a file."));
    }
}
