package org.llmrlpt.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.zip.ZipException;

/** What went wrong with a file, in a sentence. */
public final class FileProblem {
    private FileProblem() {
    }

    /** Something, named with its path, cannot be read. */
    public static UserError reading(Object what, IOException e) {
        String remedy = e instanceof EOFException || e instanceof ZipException ? "get the whole file again"
            : "check the path and its permissions";
        return new UserError("Cannot read " + what + ": " + reason(e) + "; " + remedy + ".", e);
    }

    /** Something, named with its path, cannot be written. */
    public static UserError writing(Object what, IOException e) {
        return new UserError("Cannot write " + what + ": " + reason(e) + "; free space or choose another folder.", e);
    }

    /** Why it failed, in the operating system's words where it has some, and without the file's name. */
    public static String reason(IOException e) {
        return switch (e) {
            case FileSystemException told when told.getReason() != null -> told.getReason();
            case AccessDeniedException denied -> "permission denied";
            case NoSuchFileException missing -> "no such file or folder";
            case FileAlreadyExistsException exists -> "a file of that name is in the way";
            // Without the library's words on where the text came from and what it could be told to accept.
            case JsonProcessingException json -> json.getOriginalMessage().replaceAll("(?s) \\(start marker.*", "")
                .replaceAll(" \\(not recognized as one.*?\\)", "")
                .replaceAll("(?s)Trailing token.*", "more text behind its end")
                .lines().findFirst().orElse("");
            case EOFException end -> "it is cut short";
            case ZipException zip -> "it is not a sound .gz file (" + zip.getMessage() + ")";
            case CharacterCodingException coding -> "it is not UTF-8 text";
            default -> e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        };
    }
}
