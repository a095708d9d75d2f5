package org.llmrlpt.files;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.llmrlpt.config.FileProblem;
import org.llmrlpt.config.UserError;

/**
 * Puts a folder in place whole: written under a temporary name beside it, forced to the disk file by file, then
 * renamed. Whatever moment the program is killed or the power fails at, a folder that is there is complete.
 */
public final class AtomicFolder {
    private AtomicFolder() { }

    /** Writes the files of a folder into the temporary one it is given. */
    @FunctionalInterface
    public interface Content {
        void writeInto(Path temporary) throws IOException;
    }

    /** Creates {@code folder}; one that is there already is refused. Failures are {@link UserError}s. */
    public static void create(Path folder, Content content) {
        if (Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
            throw new UserError(folder + " is there already; choose another name or remove it first.");
        }
        put(folder, false, content);
    }

    /** Creates {@code folder}, or replaces the one that is there, which stays until the new one is complete. */
    public static void replace(Path folder, Content content) {
        put(folder, true, content);
    }

    /** Deletes a folder in a way that never leaves a half of it under its name. */
    public static void delete(Path folder) {
        try {
            Path doomed = Durable.temporaryFor(folder.toAbsolutePath());
            Files.move(folder, doomed, StandardCopyOption.ATOMIC_MOVE);
            Durable.deleteTree(doomed);
        } catch (IOException e) {
            throw new UserError("Cannot delete " + folder + ": " + FileProblem.reason(e) + ".", e);
        }
    }

    /** Clears up what earlier crashes left in {@code parent}; only when no other process may be writing there. */
    public static void deleteLeftovers(Path parent) {
        try {
            Durable.deleteLeftovers(parent);
        } catch (IOException e) {
            throw new UserError("Cannot clean up " + parent + ": " + FileProblem.reason(e) + ".", e);
        }
    }

    private static void put(Path folder, boolean replacing, Content content) {
        Path target = folder.toAbsolutePath();
        Path temporary = Durable.temporaryFor(target);
        try {
            Files.createDirectories(target.getParent());
            Files.createDirectory(temporary);
            content.writeInto(temporary);
            Durable.forceTree(temporary);
            if (replacing && Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
                exchange(temporary, target);
            } else {
                Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
                Durable.forceFolder(target.getParent());
            }
        } catch (IOException e) {
            Durable.deleteAfterFailure(temporary, e);
            throw new UserError("Cannot write " + failed(e, temporary, folder) + ": " + FileProblem.reason(e)
                + "; free space or choose another folder. What was written before is intact.", e);
        } catch (UserError e) {
            Durable.deleteAfterFailure(temporary, e);
            // The temporary name means nothing to the reader of the message.
            throw new UserError(e.getMessage().replace(temporary.toString(), folder.toString()), e);
        } catch (RuntimeException | Error e) {
            Durable.deleteAfterFailure(temporary, e);
            throw e;
        }
    }

    /** A full folder cannot be renamed over, so there is a moment without one: {@link Durable#deleteLeftovers}. */
    private static void exchange(Path temporary, Path target) throws IOException {
        Path old = Durable.replaced(target);
        Durable.deleteTree(old);
        Files.move(target, old, StandardCopyOption.ATOMIC_MOVE);
        try {
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            Files.move(old, target, StandardCopyOption.ATOMIC_MOVE);
            throw e;
        }
        Durable.forceFolder(target.getParent());
        Durable.deleteTree(old);
    }

    /** The file that could not be written, under the name it was meant to have. */
    private static Path failed(IOException e, Path temporary, Path folder) {
        if (e instanceof FileSystemException named && named.getFile() != null) {
            Path file = Path.of(named.getFile()).toAbsolutePath();
            if (file.startsWith(temporary)) { return folder.resolve(temporary.relativize(file)); }
        }
        return folder;
    }
}
