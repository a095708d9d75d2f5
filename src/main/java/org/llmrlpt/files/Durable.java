package org.llmrlpt.files;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/** What atomic files and folders share: temporary names, forcing to the disk, deleting. */
final class Durable {
    /** Every temporary name begins with this, so that what a crash leaves behind can be told and removed. */
    static final String TEMPORARY = ".tmp-";
    /** And this is before the name of what is about to be replaced: a crash leaves it to be put back. */
    private static final String REPLACED = ".old-";
    private static final boolean FOLDERS_CAN_BE_FORCED = !System.getProperty("os.name").startsWith("Windows");
    private static final AtomicLong SERIAL = new AtomicLong();

    private Durable() { }

    /** A name beside {@code target} that nobody else uses. */
    static Path temporaryFor(Path target) {
        return target.resolveSibling(TEMPORARY + target.getFileName() + "-" + ProcessHandle.current().pid() + "-"
            + SERIAL.incrementAndGet());
    }

    /** Where {@code target} is while another takes its place. */
    static Path replaced(Path target) {
        return target.resolveSibling(REPLACED + target.getFileName());
    }

    /** Makes the entries of a folder (a rename, for instance) survive a power failure. */
    static void forceFolder(Path folder) throws IOException {
        if (FOLDERS_CAN_BE_FORCED) {
            try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }

    /** Forces every file and folder below {@code root}, and {@code root} itself, to the disk. */
    static void forceTree(Path root) throws IOException {
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                if (attributes.isRegularFile()) {
                    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                        channel.force(true);
                    }
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path folder, IOException failure) throws IOException {
                if (failure != null) { throw failure; }
                forceFolder(folder);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    /** Deletes a file, or a folder with all it holds; links are removed, not followed; absent is fine. */
    static void deleteTree(Path root) throws IOException {
        if (!Files.exists(root, LinkOption.NOFOLLOW_LINKS)) { return; }
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path folder, IOException failure) throws IOException {
                if (failure != null) { throw failure; }
                Files.delete(folder);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    /** Deletes on the way out of a failure; a second failure is noted on the first, which matters more. */
    static void deleteAfterFailure(Path root, Throwable failure) {
        try {
            deleteTree(root);
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }

    /**
     * Deletes what crashes left in {@code folder}, and puts back what was to be replaced if nothing is in its place.
     * Only for a folder that no other process is writing to.
     */
    static void deleteLeftovers(Path folder) throws IOException {
        List<Path> leftovers;
        try (Stream<Path> entries = Files.list(folder)) {
            leftovers = entries.filter(entry -> begins(entry, TEMPORARY) || begins(entry, REPLACED)).toList();
        }
        for (Path leftover : leftovers) {
            if (!begins(leftover, REPLACED) || !putBack(leftover)) {
                deleteTree(leftover);
            }
        }
    }

    /** Whether nothing was in the place of what was to be replaced, so that it could be put back. */
    private static boolean putBack(Path replaced) throws IOException {
        Path target = replaced.resolveSibling(replaced.getFileName().toString().substring(REPLACED.length()));
        if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
            return false;
        }
        Files.move(replaced, target, StandardCopyOption.ATOMIC_MOVE);
        return true;
    }

    private static boolean begins(Path entry, String prefix) {
        return entry.getFileName().toString().startsWith(prefix);
    }
}
