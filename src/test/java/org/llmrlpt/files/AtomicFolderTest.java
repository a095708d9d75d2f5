package org.llmrlpt.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.lang.foreign.MemorySegment;
import java.nio.channels.WritableByteChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.llmrlpt.config.UserError;

class AtomicFolderTest {
    @TempDir
    Path parent;

    private List<String> entries() throws IOException {
        try (Stream<Path> entries = Files.list(parent)) {
            return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
        }
    }

    /** A disk that is full after some bytes. */
    static final class FullDisk implements WritableByteChannel {
        private int left;

        FullDisk(int bytes) {
            left = bytes;
        }

        @Override
        public int write(ByteBuffer source) throws IOException {
            int count = Math.min(left, source.remaining());
            if (count == 0) { throw new IOException("No space left on device"); }
            source.position(source.position() + count);
            left -= count;
            return count;
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() { }
    }

    @Test
    void aFolderIsNotThereBeforeItIsWhole() throws IOException {
        Path folder = parent.resolve("deep/er/folder");
        AtomicFolder.create(folder, temporary -> {
            Files.createDirectories(temporary.resolve("trainer"));
            Files.writeString(temporary.resolve("trainer/a"), "a");
            assertFalse(Files.exists(folder));
            assertEquals(folder.getParent(), temporary.getParent());
        });
        assertEquals("a", Files.readString(folder.resolve("trainer/a")));
        try (Stream<Path> entries = Files.list(folder.getParent())) {
            assertEquals(List.of(folder), entries.toList());
        }
    }

    @Test
    void aFullDiskNamesTheFileAndLeavesNothingBehind() throws IOException {
        Files.writeString(parent.resolve("before"), "intact");
        UserError error = assertThrows(UserError.class, () -> AtomicFolder.create(parent.resolve("new"), temporary -> {
            Files.write(temporary.resolve("model.safetensors"), new byte[100]);
            throw new FileSystemException(temporary.resolve("model.safetensors").toString(), null,
                "No space left on device");
        }));
        assertEquals("Cannot write " + parent.resolve("new/model.safetensors") + ": No space left on device; free "
            + "space or choose another folder. What was written before is intact.", error.getMessage());
        assertEquals(List.of("before"), entries());
    }

    @Test
    void theSafetensorsWriterPassesAFullDiskOnWhereverItHappens() throws IOException {
        SafetensorsWriter writer = new SafetensorsWriter().floats("x", TensorType.F32,
            MemorySegment.ofArray(new float[10]), 0, 10);
        Path file = parent.resolve("whole.safetensors");
        writer.write(file);
        int size = (int) Files.size(file);
        for (int bytes = 0; bytes < size; bytes++) {
            FullDisk disk = new FullDisk(bytes);
            assertThrows(IOException.class, () -> writer.writeTo(disk), "after " + bytes + " bytes");
        }
        writer.writeTo(new FullDisk(size));
    }

    @Test
    void aFileThatCannotBeWrittenKeepsItsOldContent() throws IOException {
        Path file = parent.resolve("summary.json");
        JsonFile.write(file, List.of(1));
        String before = Files.readString(file);
        UserError error = assertThrows(UserError.class, () -> AtomicFile.write(file, out -> {
            out.write(new byte[3]);
            throw new IOException("No space left on device");
        }));
        assertEquals("Cannot write " + file + ": No space left on device; what was there before is intact.",
            error.getMessage());
        assertEquals(before, Files.readString(file));
        assertEquals(List.of("summary.json"), entries());
        assertThrows(IllegalStateException.class, () -> AtomicFile.write(file, out -> {
            throw new IllegalStateException("a fault of the program");
        }));
        assertEquals(List.of("summary.json"), entries());
    }

    @Test
    void anErrorOfTheContentIsPassedOnAfterCleaningUp() throws IOException {
        assertThrows(IllegalStateException.class, () -> AtomicFolder.create(parent.resolve("new"), temporary -> {
            Files.writeString(temporary.resolve("a"), "a");
            throw new IllegalStateException("a fault of the program");
        }));
        assertEquals(List.of(), entries());
    }

    @Test
    void aUsersMistakeIsToldWithTheNameTheFolderWasMeantToHave() throws IOException {
        Path folder = parent.resolve("new");
        UserError error = assertThrows(UserError.class, () -> AtomicFolder.create(folder, temporary ->
            AtomicFile.write(temporary.resolve("config.json"), out -> {
                throw new IOException("No space left on device");
            })));
        assertTrue(error.getMessage().startsWith("Cannot write " + folder.resolve("config.json") + ": No space"),
            error.getMessage());
        assertEquals(List.of(), entries());
    }

    @Test
    void anExistingFolderIsRefusedByCreateAndExchangedByReplace() throws IOException {
        Path folder = parent.resolve("f");
        AtomicFolder.create(folder, temporary -> Files.writeString(temporary.resolve("old"), "1"));
        assertTrue(assertThrows(UserError.class, () -> AtomicFolder.create(folder, temporary -> { })).getMessage()
            .contains("is there already"));
        assertThrows(UserError.class, () -> AtomicFolder.replace(folder, temporary -> {
            throw new IOException("No space left on device");
        }));
        assertEquals("1", Files.readString(folder.resolve("old")));
        AtomicFolder.replace(folder, temporary -> Files.writeString(temporary.resolve("new"), "2"));
        assertFalse(Files.exists(folder.resolve("old")));
        assertEquals("2", Files.readString(folder.resolve("new")));
        assertEquals(List.of("f"), entries());
    }

    @Test
    void whatWasAboutToBeReplacedWhenTheProgramWasKilledIsPutBack() throws IOException {
        Files.writeString(Files.createDirectory(parent.resolve(".old-step-000001")).resolve("x"), "only one");
        Files.createDirectory(parent.resolve(".tmp-step-000001-77-1"));
        Files.writeString(Files.createDirectory(parent.resolve(".old-step-000002")).resolve("x"), "old");
        Files.writeString(Files.createDirectory(parent.resolve("step-000002")).resolve("x"), "new");
        AtomicFolder.deleteLeftovers(parent);
        assertEquals(List.of("step-000001", "step-000002"), entries());
        assertEquals("only one", Files.readString(parent.resolve("step-000001/x")));
        assertEquals("new", Files.readString(parent.resolve("step-000002/x")));
    }

    @Test
    void leftoversOfACrashAreRemovedAndNothingElse() throws IOException {
        Files.createDirectories(parent.resolve(".tmp-step-000001-77-1/trainer"));
        Files.writeString(parent.resolve(".tmp-step-000001-77-1/trainer/x"), "x");
        Files.writeString(parent.resolve(".tmp-summary.json-77-2"), "x");
        Files.createDirectories(parent.resolve("step-000001"));
        Path outside = Files.createDirectory(parent.resolve("outside"));
        Files.writeString(outside.resolve("precious"), "x");
        Files.createSymbolicLink(parent.resolve(".tmp-step-000001-77-1/link"), outside);
        AtomicFolder.deleteLeftovers(parent);
        assertEquals(List.of("outside", "step-000001"), entries());
        assertTrue(Files.exists(outside.resolve("precious")));
    }
}
