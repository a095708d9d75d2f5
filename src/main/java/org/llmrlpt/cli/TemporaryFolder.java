package org.llmrlpt.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.llmrlpt.config.FileProblem;

/** A temporary folder of a command that needs tokens for a moment; it goes when the command ends, by a signal too. */
final class TemporaryFolder implements AutoCloseable {
    private static final int ATTEMPTS = 100;

    private final Path folder;
    private final Thread hook = new Thread(this::deleteAtExit, "delete-temporary-folder");

    private TemporaryFolder(Path folder) {
        this.folder = folder;
    }

    static TemporaryFolder create(String prefix) {
        TemporaryFolder temporary;
        try {
            temporary = new TemporaryFolder(Files.createTempDirectory(prefix));
        } catch (IOException e) {
            throw FileProblem.writing(System.getProperty("java.io.tmpdir"), e);
        }
        Runtime.getRuntime().addShutdownHook(temporary.hook);
        return temporary;
    }

    Path folder() {
        return folder;
    }

    /**
     * The command still runs and writes. Under another name the folder is out of its reach, but for a file that is just
     * being made: hence some more attempts.
     */
    private void deleteAtExit() {
        Path gone = folder.resolveSibling(folder.getFileName() + "-gone");
        try {
            Files.move(folder, gone);
        } catch (IOException e) {
            gone = folder;
        }
        for (int i = 0; i < ATTEMPTS && Files.exists(gone); i++) {
            try {
                delete(gone);
            } catch (IOException | UncheckedIOException e) {
                Thread.yield(); // Tried again; the system cleans its temporary folder where that does not help.
            }
        }
    }

    private static void delete(Path root) throws IOException {
        List<Path> all;
        try (Stream<Path> tree = Files.walk(root)) {
            all = tree.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path p : all) {
            Files.deleteIfExists(p);
        }
    }

    @Override
    public void close() throws IOException {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            return; // The program is ending, and the hook deletes the folder.
        }
        delete(folder);
    }
}
