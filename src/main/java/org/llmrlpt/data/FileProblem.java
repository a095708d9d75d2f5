package org.llmrlpt.data;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import org.llmrlpt.config.UserError;

/** What went wrong with a file, in a sentence. */
public final class FileProblem {
    private FileProblem() {
    }

    /** Something, named with its path, cannot be read. */
    public static UserError reading(Object what, IOException e) {
        return new UserError("Cannot read " + what + ": " + reason(e) + "; check the path and its permissions.", e);
    }

    /** Something, named with its path, cannot be written. */
    public static UserError writing(Object what, IOException e) {
        return new UserError("Cannot write " + what + ": " + reason(e) + "; free space or choose another folder.", e);
    }

    /** Java names only the file in its most frequent messages. */
    private static String reason(IOException e) {
        return switch (e) {
            case AccessDeniedException denied -> "permission denied";
            case NoSuchFileException missing -> "no such file or folder";
            case FileAlreadyExistsException exists -> "a file of that name is in the way";
            case FileSystemException other when other.getReason() != null -> other.getReason();
            default -> String.valueOf(e.getMessage());
        };
    }
}
