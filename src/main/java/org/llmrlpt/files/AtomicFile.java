package org.llmrlpt.files;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.llmrlpt.config.FileProblem;
import org.llmrlpt.config.UserError;

/** Puts a single file in place whole: written beside it, forced to the disk, then renamed over it. */
public final class AtomicFile {
    private AtomicFile() { }

    /** Writes the content of a file to the stream it is given, and leaves that open. */
    @FunctionalInterface
    public interface Content {
        void writeTo(OutputStream out) throws IOException;
    }

    /** Writes {@code file}, replacing what was there; a failure leaves that as it was and is a {@link UserError}. */
    public static void write(Path file, Content content) {
        Path target = file.toAbsolutePath();
        Path temporary = Durable.temporaryFor(target);
        try {
            Files.createDirectories(target.getParent());
            try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.CREATE_NEW,
                    StandardOpenOption.WRITE)) {
                content.writeTo(Channels.newOutputStream(channel));
                channel.force(true);
            }
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
            Durable.forceFolder(target.getParent());
        } catch (IOException e) {
            Durable.deleteAfterFailure(temporary, e);
            throw new UserError("Cannot write " + file + ": " + FileProblem.reason(e)
                + "; what was there before is intact.", e);
        } catch (RuntimeException | Error e) {
            Durable.deleteAfterFailure(temporary, e);
            throw e;
        }
    }

    /** The same with a text, in UTF-8. */
    public static void writeText(Path file, String text) {
        write(file, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
    }
}
