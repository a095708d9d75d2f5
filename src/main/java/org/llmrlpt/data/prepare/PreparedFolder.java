package org.llmrlpt.data.prepare;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.llmrlpt.config.FileProblem;
import org.llmrlpt.config.UserError;
import org.llmrlpt.data.shards.DatasetIndex;

/**
 * A folder in the making, beside its final place under the name {@code .NAME.partial}: published by a rename when it is
 * complete, deleted when it is closed before.
 */
final class PreparedFolder implements AutoCloseable {
    private final Path target;
    private final Path partial;

    /** Begins a folder; what an interrupted preparation left of it is deleted. */
    PreparedFolder(Path folder) {
        target = folder.toAbsolutePath().normalize();
        partial = target.resolveSibling("." + target.getFileName() + ".partial");
        try {
            delete(partial);
            Files.createDirectories(partial);
        } catch (IOException e) {
            throw FileProblem.writing(partial, e);
        }
    }

    /** Refuses a folder that may not be written. */
    static void check(Path folder, boolean overwrite) {
        if (!Files.exists(folder)) {
            return;
        }
        if (!Files.isDirectory(folder)) {
            throw new UserError(folder + " is a file; give the path of a folder for the prepared data.");
        }
        if (isEmpty(folder)) {
            return;
        }
        if (!Files.exists(folder.resolve(DatasetIndex.FILE))) {
            throw new UserError("The folder " + folder + " holds files that are not prepared data;"
                    + " choose another folder.");
        }
        if (!overwrite) {
            throw new UserError("There is prepared data in " + folder
                    + " already; choose another folder, or set overwrite=true to replace it.");
        }
    }

    private static boolean isEmpty(Path folder) {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.findAny().isEmpty();
        } catch (IOException e) {
            throw FileProblem.reading("the folder " + folder, e);
        }
    }

    Path path() {
        return partial;
    }

    /** Makes sure that all is on the disk and gives the folder its name. */
    void publish() {
        Path old = target.resolveSibling("." + target.getFileName() + ".old");
        try {
            List<Path> files;
            try (Stream<Path> entries = Files.list(partial)) {
                files = entries.toList();
            }
            for (Path file : files) {
                force(file);
            }
            force(partial);
            delete(old);
            if (Files.exists(target)) {
                Files.move(target, old, StandardCopyOption.ATOMIC_MOVE);
            }
            Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE);
            force(target.getParent());
            delete(old);
        } catch (IOException e) {
            throw FileProblem.writing(target, e);
        }
    }

    private static void force(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException e) {
            // Some systems cannot open folders; their files are forced all the same.
            if (!Files.isDirectory(path)) {
                throw e;
            }
        }
    }

    private static void delete(Path path) throws IOException {
        if (Files.exists(path)) {
            try (Stream<Path> all = Files.walk(path)) {
                for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(each);
                }
            }
        }
    }

    @Override
    public void close() {
        try {
            delete(partial);
        } catch (IOException e) {
            throw FileProblem.writing(partial, e);
        }
    }
}
